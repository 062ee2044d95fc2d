/** Sends searches over HTTP at a steady rate, without waiting for earlier responses. */
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom } from '../data/random.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { API_KEY } from './serve-process.ts'

export interface Search {
  readonly path: string
  readonly body: string
}

/** Lists and counts of all kinds, including fuzzy, substring and company conditions. */
const MIXED = [
  'three keywords',
  'phrase',
  'fuzzy',
  'substring of an e-mail',
  'text, keyword and range',
  'company conditions, title',
  'by string, frequent',
  'by number, frequent',
  'by e-mail',
  'count, one keyword',
  'count, phrase',
  'count, company range',
]
const CONNECTIONS = 8

export function drawSearches(generator: RecordGenerator, count: number, seed: number): readonly Search[] {
  const random = createRandom(seed)
  const classes = queryClasses(generator).filter(({ name }) => MIXED.includes(name))
  return Array.from({ length: count }, () => {
    const queryClass = random.pick(classes)
    if (queryClass.kind === 'facet') throw new TypeError('facets are not supported here')
    const { service, query } = queryClass.draw(random)
    const resource = service === 'contact' ? '/contacts/' : '/companies/'
    return { path: queryClass.kind === 'count' ? `${resource}count` : resource, body: JSON.stringify(query) }
  })
}

/** Sends `perSecond` searches a second until all are sent or `signal` aborts. Returns the milliseconds of each. */
export async function runSearches(
  url: string,
  searches: readonly Search[],
  perSecond: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const started = performance.now()
  const pending: Promise<number>[] = []
  for (const [place, search] of searches.entries()) {
    await delay(Math.max(0, started + (1000 * place) / perSecond - performance.now()))
    if (signal?.aborted) break
    pending.push(send(url, search, agent))
  }
  const times = await Promise.all(pending)
  agent.destroy()
  return times
}

/** Returns the milliseconds until the response is complete. `minSeq` asks for a response that includes this position of the feed. */
export async function send(url: string, { path, body }: Search, agent?: Agent, minSeq?: number): Promise<number> {
  const started = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const headers = {
    authorization: `Bearer ${API_KEY}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(minSeq === undefined ? {} : { 'x-connectra-min-seq': String(minSeq) }),
  }
  const sent = request(`${url}${path}`, { method: 'POST', headers, ...(agent && { agent }) }, response => {
    response.resume()
    response.on('end', () =>
      response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode} for ${path} ${body}`)),
    )
  })
  sent.on('error', reject)
  sent.end(body)
  await promise
  return performance.now() - started
}
