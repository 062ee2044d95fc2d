/** Repeats work for as long as the cluster cannot answer. */
import { setTimeout as delay } from 'node:timers/promises'
import { ConnectraError } from '../../../errors.ts'
import { OpenSearchError } from '../cluster/client.ts'

export interface OutageLimits {
  /** After an outage of this length, the error of the last attempt is thrown. */
  readonly longest: number
  readonly firstPause: number
  readonly longestPause: number
}

/**
 * Milliseconds. A node that crashed is back within a minute or two. If it is gone for good, its part of the index is lost, and only a
 * new build on the other nodes helps.
 */
const LIMITS: OutageLimits = { longest: 120_000, firstPause: 100, longestPause: 1_000 }

/** `work` may be repeated although it has succeeded: the reply may have been lost. Rejects if `signal` aborts. */
export async function outlast<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  { longest, firstPause, longestPause }: OutageLimits = LIMITS,
): Promise<T> {
  let since: number | null = null
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      return await work()
    } catch (error) {
      since ??= performance.now()
      if (!isOutage(error) || performance.now() - since > longest) throw error
    }
    await delay(pause, undefined, { signal })
  }
}

/** No node answers, or the nodes with a part of the index are missing. */
function isOutage(error: unknown): boolean {
  if (error instanceof OpenSearchError) return error.status === 503
  return error instanceof ConnectraError && error.code === 'ERR_UNAVAILABLE'
}
