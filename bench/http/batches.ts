/** Upserts of 1,000 contacts at one connection. */
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom, type Random } from '../data/random.ts'
import type { HttpRequest } from '../queries/http-requests.ts'
import { quantile } from '../shared/figures.ts'
import type { Client } from './open-client.ts'

export interface BatchFigures {
  readonly name: string
  /** Milliseconds until the records are stored and searchable. */
  readonly p50: number
  readonly p99: number
}

const SIZE = 1000
const BATCHES = 30
const WARM_UP = 6

export async function measureBatches(
  client: Client,
  url: string,
  generator: RecordGenerator,
  only: RegExp,
): Promise<BatchFigures[]> {
  const kinds = [
    { name: 'upsert of 1,000 new', draw: newBatches(generator) },
    { name: 'upsert of 1,000 changed', draw: changedBatches(generator) },
  ]
  const measured: BatchFigures[] = []
  for (const { name, draw } of kinds.filter(kind => only.test(kind.name))) {
    const random = createRandom(100)
    const send = (count: number) =>
      client.run({ url, connections: 1, requests: Array.from({ length: count }, () => draw(random)) })
    await send(WARM_UP)
    const { milliseconds } = await send(BATCHES)
    measured.push({ name, p50: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99) })
  }
  return measured
}

/** Each batch has contacts that are not stored yet. */
function newBatches({ sizes, write }: RecordGenerator): (random: Random) => HttpRequest {
  let next = sizes.contacts
  return () => {
    const from = next
    next += SIZE
    return batch(
      Array.from({ length: SIZE }, (_, place) => write('contact', from + place)),
      {},
    )
  }
}

/** Each batch has random stored contacts with a new title. */
function changedBatches({ sizes, write }: RecordGenerator): (random: Random) => HttpRequest {
  return random => {
    const chosen = new Set<number>()
    while (chosen.size < Math.min(SIZE, sizes.contacts)) chosen.add(random.int(sizes.contacts))
    return batch(
      Array.from(chosen, index => write('contact', index)),
      { title: `Chief Executive No. ${random.int(1e9)}` },
    )
  }
}

function batch(writes: readonly { uuid: string; values: object }[], changed: object): HttpRequest {
  const records = writes.map(({ uuid, values }) => ({ uuid, ...values, ...changed }))
  return { path: '/contacts/batch-upsert', body: JSON.stringify(records) }
}
