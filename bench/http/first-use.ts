/**
 * The first requests of each class after a start from a snapshot. The server is restarted for each class, so that no class finds what
 * another one has left behind.
 */
import type { HttpClass } from '../queries/http-classes.ts'
import { quantile } from '../shared/figures.ts'
import { type ServeOptions, startServe } from '../shared/serve-process.ts'
import { drawRequests } from './measure-class.ts'
import type { Client } from './open-client.ts'

export interface FirstUseFigures {
  readonly name: string
  /** Milliseconds: of the very first request, and of the first `FIRST` at one connection. */
  readonly first: number
  readonly p50: number
  readonly p99: number
}

export const FIRST = 50
const SEED = 7

/** The data directory has to have a snapshot: a server that was stopped left one. */
export async function measureFirstUse(
  client: Client,
  classes: readonly HttpClass[],
  options: ServeOptions,
): Promise<FirstUseFigures[]> {
  const measured: FirstUseFigures[] = []
  for (const httpClass of classes) {
    const serve = await startServe(options)
    const requests = drawRequests(httpClass, SEED, FIRST)
    const { milliseconds } = await client.run({ url: serve.url, connections: 1, requests })
    await serve.stop()
    measured.push({
      name: httpClass.name,
      first: milliseconds[0]!,
      p50: quantile(milliseconds, 0.5),
      p99: quantile(milliseconds, 0.99),
    })
  }
  return measured
}
