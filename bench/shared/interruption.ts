/** Ctrl-C, for benchmarks that leave something behind unless they clean up. */

/** Rejects at the first SIGINT or SIGTERM, which then does not end the process. */
export function interruption(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`interrupted by ${signal}`)))
  })
  // The signal may come before anything awaits this promise.
  interrupted.catch(() => {})
  return interrupted
}
