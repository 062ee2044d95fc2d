/** Returns a function that builds the value when it is called first, and returns the same one from then on. */
export function onFirstUse<T extends object>(build: () => T): () => T {
  let built: T | null = null
  return () => {
    built ??= build()
    return built
  }
}
