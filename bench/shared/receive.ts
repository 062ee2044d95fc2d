/** Messages of child processes. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** The next message of a child. Rejects if it exits before. */
export async function receiveFrom<T>(child: ChildProcess): Promise<T> {
  const failed = new AbortController()
  const exit = once(child, 'exit', { signal: failed.signal }).then(([code]) => {
    throw new Error(`a measured process exited with code ${code}`)
  })
  try {
    return (await Promise.race([once(child, 'message'), exit]))[0] as T
  } finally {
    exit.catch(() => {})
    failed.abort()
  }
}
