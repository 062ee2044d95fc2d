/**
 * Returns the result of `work`, or that of `late` if `work` takes longer than `ms` milliseconds (Infinity: no limit). In that
 * case `work` continues, but nothing waits for it.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  if (ms === Infinity) return await work
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  try {
    return await Promise.race([work, elapsed.then(late)])
  } finally {
    clearTimeout(timer)
  }
}
