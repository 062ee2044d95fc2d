/** Remembers the results of a pure function of a text: files repeat their countries, domains and industries. */
export function memo<T>(compute: (text: string) => T, maxEntries = 10_000, maxLength = 200): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const result = compute(text)
    if (text.length <= maxLength) {
      if (known.size >= maxEntries) known.clear()
      known.set(text, result)
    }
    return result
  }
}
