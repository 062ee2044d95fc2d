/** Sends searches over HTTP at a steady rate, without waiting for earlier responses. */
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom } from '../data/random.ts'
import { httpClasses } from '../queries/http-classes.ts'
import type { HttpRequest } from '../queries/http-requests.ts'
import { API_KEY } from './serve-process.ts'

const CONNECTIONS = 8

/** Requests of all classes that `bench http` measures, in random order. */
export function drawSearches(generator: RecordGenerator, count: number, seed: number): readonly HttpRequest[] {
  const random = createRandom(seed)
  const classes = httpClasses(generator)
  return Array.from({ length: count }, () => random.pick(classes).draw(random))
}

export interface SteadyOptions {
  /** Ends the searches early. */
  readonly signal?: AbortSignal
  /** The milliseconds that count for a search that fails. By default a failure rejects. */
  readonly failed?: number
}

/** Sends `perSecond` searches a second. Returns the milliseconds of each that was sent, in order. */
export async function runSearches(
  url: string,
  searches: readonly HttpRequest[],
  perSecond: number,
  { signal, failed }: SteadyOptions = {},
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const started = performance.now()
  const pending: Promise<number>[] = []
  for (const [place, search] of searches.entries()) {
    await delay(Math.max(0, started + (1000 * place) / perSecond - performance.now()))
    if (signal?.aborted) break
    const sent = send(url, search, agent)
    pending.push(failed === undefined ? sent : sent.catch(() => failed))
  }
  const times = await Promise.all(pending)
  agent.destroy()
  return times
}

/** Returns the milliseconds until the response is complete. `minSeq` asks for a response that includes this position of the feed. */
export async function send(url: string, { path, body }: HttpRequest, agent?: Agent, minSeq?: number): Promise<number> {
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
