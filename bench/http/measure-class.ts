/** Measures a class of requests at one and at eight connections, on one server or on several in turn. */
import { createRandom, mixSeed, seedOf } from '../data/random.ts'
import type { HttpClass } from '../queries/http-classes.ts'
import type { HttpRequest } from '../queries/http-requests.ts'
import { quantile } from '../shared/figures.ts'
import type { LoadResult } from './client.ts'
import type { Client } from './open-client.ts'

export interface HttpFigures {
  /** Milliseconds at one connection. */
  readonly p50: number
  readonly p99: number
  /** Requests per second, and milliseconds, at eight connections. */
  readonly rate: number
  readonly p99Together: number
  /** Mean size of a response body. */
  readonly bytes: number
}

/** The largest numbers of requests. */
export interface Amounts {
  readonly alone: number
  readonly together: number
}

const TOGETHER = 8
const BATCHES = 4
/** A batch ends earlier after as many seconds. */
const BATCH_SECONDS = 5
const WARM_UP_CONNECTIONS = 4

/**
 * Warms up, then sends each server the same requests in batches, with the servers in turn: A B, B A, … A slow moment of the machine
 * thus affects all of them. Returns the figures of each server.
 */
export async function measureClass(
  client: Client,
  urls: readonly string[],
  httpClass: HttpClass,
  { alone, together }: Amounts,
): Promise<HttpFigures[]> {
  // V8 compiles what thousands of requests use.
  const warmUp = drawRequests(httpClass, 1, together)
  for (const url of urls)
    await client.run({ url, connections: WARM_UP_CONNECTIONS, requests: warmUp, seconds: BATCH_SECONDS })
  const inTurn = async (connections: number, count: number): Promise<LoadResult[][]> => {
    const results: LoadResult[][] = urls.map(() => [])
    for (let batch = 0; batch < BATCHES; batch++) {
      const requests = drawRequests(httpClass, 100 * connections + batch, count / BATCHES)
      const order = batch % 2 === 0 ? [...urls.keys()] : [...urls.keys()].reverse()
      for (const server of order)
        results[server]!.push(await client.run({ url: urls[server]!, connections, requests, seconds: BATCH_SECONDS }))
    }
    return results
  }
  const single = await inTurn(1, alone)
  const eight = await inTurn(TOGETHER, together)
  return urls.map((_, server) => summarise(single[server]!, eight[server]!))
}

/** Draws requests of a class. Each class and each `seed` gives other parameters. */
export function drawRequests({ name, draw }: HttpClass, seed: number, count: number): HttpRequest[] {
  const random = createRandom(mixSeed(seedOf(name), seed))
  return Array.from({ length: count }, () => draw(random))
}

function summarise(single: readonly LoadResult[], eight: readonly LoadResult[]): HttpFigures {
  const alone = single.flatMap(({ milliseconds }) => milliseconds)
  const together = eight.flatMap(({ milliseconds }) => milliseconds)
  const sum = (results: readonly LoadResult[], of: 'seconds' | 'bytes') =>
    results.reduce((total, result) => total + result[of], 0)
  return {
    p50: quantile(alone, 0.5),
    p99: quantile(alone, 0.99),
    rate: together.length / sum(eight, 'seconds'),
    p99Together: quantile(together, 0.99),
    bytes: sum(single, 'bytes') / alone.length,
  }
}
