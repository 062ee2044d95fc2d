/** Requests of clients, which accept failures only while there is a fault. */
import assert from 'node:assert/strict'
import type { BalancedReply, Balancer } from '../../cluster/balancer.ts'

export interface LoadClient {
  /** Null if the request has failed in a way that the current fault explains. Any other failure rejects. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<BalancedReply | null>
  get(path: string): Promise<BalancedReply | null>
  /** Null if `work` rejects with an error that the current fault explains. */
  attempt<T>(what: string, work: () => Promise<T>): Promise<T | null>
}

export interface Tolerance {
  /** Whether requests may fail now. */
  mayFail: boolean
  readonly counts: { succeeded: number; failed: number }
}

/** An answer that is wrong, whatever the fault. */
export class WrongAnswer extends Error {}

export function openLoadClient(balancer: Balancer, tolerance: Tolerance): LoadClient {
  async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    const { mayFail: couldFail, counts } = tolerance
    try {
      const result = await work()
      counts.succeeded++
      return result
    } catch (error) {
      if (error instanceof WrongAnswer) throw error
      // The fault may have begun, or ended, meanwhile.
      if (!couldFail && !tolerance.mayFail)
        throw new Error(`${what} failed without a fault: ${(error as Error).message}`, { cause: error })
      counts.failed++
      return null
    }
  }
  const checked = (what: string, send: () => Promise<BalancedReply>) =>
    attempt(what, async () => {
      const reply = await send()
      if (reply.status === 200) return reply
      // A fault of a server is 503, and says when to try again.
      const text = `${what}: ${reply.status} ${JSON.stringify(reply.body)}`
      if (reply.status !== 503 || reply.retryAfter === undefined) throw new WrongAnswer(text)
      throw new Error(text)
    })
  return {
    attempt,
    post: (path, body, headers) => checked(`POST ${path}`, () => balancer.post(path, body, headers)),
    get: path => checked(`GET ${path}`, () => balancer.get(path)),
  }
}

/** An assertion about an answer. */
export function assertAnswer(actual: unknown, expected: unknown, what: string): void {
  try {
    assert.deepEqual(actual, expected)
  } catch {
    throw new WrongAnswer(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
  }
}
