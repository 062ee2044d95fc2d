/** Runs a task. If `signal` aborts before the task has started, it is never started, and the promise rejects with the reason. */
export type Gate = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>

/** Returns a function that runs tasks, at most `size` at a time. The others wait in the order in which they came. */
export function createGate(size: number): Gate {
  let running = 0
  const waiting: (() => void)[] = []

  /** Resolves when an earlier task has given its place to this one. */
  function waitForPlace(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(start), 1)
        reject(signal!.reason)
      }
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      waiting.push(start)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  return async (task, signal) => {
    signal?.throwIfAborted()
    if (running === size) await waitForPlace(signal)
    else running++
    try {
      return await task()
    } finally {
      // The place goes to the next one directly, so that no newcomer takes it.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
