/** Returns a function that runs tasks, at most `size` at a time. The others wait in the order in which they came. */
export function createGate(size: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async task => {
    if (running === size) await new Promise<void>(resolve => waiting.push(resolve))
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
