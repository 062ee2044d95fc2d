/**
 * Expensive neighbours: four clients send expensive requests without pause, while another client sends requests of all classes of
 * `bench http` at a steady rate.
 */
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom } from '../data/random.ts'
import { type ExpensiveRequest, expensiveRequests } from '../queries/expensive-requests.ts'
import { type HttpClass, httpClasses } from '../queries/http-classes.ts'
import { runSearches } from '../shared/http-searches.ts'
import type { Client } from './open-client.ts'

export interface NeighbourFigures {
  readonly name: string
  /** What the four clients reached, and how many of their requests the server refused. */
  readonly perSecond: number
  readonly refused: number
  readonly requests: readonly NeighbourRequest[]
}

/** A request of the other client. */
export interface NeighbourRequest {
  /** Of its class. */
  readonly name: string
  readonly kind: HttpClass['kind']
  /** Infinity if it failed. */
  readonly milliseconds: number
}

export const CLIENTS = 4
const SECONDS = 15
/** Different requests of the four clients, which they repeat. */
const DRAWN = 500
const REQUESTS_A_SECOND = 50
const SEED = 11

export async function measureNeighbours(
  client: Client,
  url: string,
  generator: RecordGenerator,
  only: RegExp,
): Promise<NeighbourFigures[]> {
  const kinds = expensiveRequests(generator)
  const all: ExpensiveRequest = { name: 'all of these', draw: random => random.pick(kinds).draw(random) }
  const asked = httpClasses(generator)
  const measured: NeighbourFigures[] = []
  for (const { name: neighbour, draw } of [...kinds, all].filter(({ name }) => only.test(`neighbours: ${name}`))) {
    const random = createRandom(SEED)
    const requests = Array.from({ length: DRAWN }, () => draw(random))
    const drawn = Array.from({ length: SECONDS * REQUESTS_A_SECOND }, () => {
      const httpClass = random.pick(asked)
      return { name: httpClass.name, kind: httpClass.kind, request: httpClass.draw(random) }
    })
    const [load, times] = await Promise.all([
      client.run({ url, connections: CLIENTS, requests, seconds: SECONDS, endless: true }),
      runSearches(
        url,
        drawn.map(({ request }) => request),
        REQUESTS_A_SECOND,
        { failed: Infinity },
      ),
    ])
    measured.push({
      name: neighbour,
      perSecond: load.milliseconds.length / load.seconds,
      refused: load.refused,
      requests: drawn.map(({ name, kind }, place) => ({ name, kind, milliseconds: times[place]! })),
    })
  }
  return measured
}
