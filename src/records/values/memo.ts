/** Memoizes a pure function of a text: files repeat their countries, domains and industries. */
export function memo<T>(compute: (text: string) => T, maxEntries = 10_000, maxLength = 200): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    if (text.length > maxLength) return compute(text)
    const own = detached(text)
    const result = compute(own)
    if (known.size >= maxEntries) known.clear()
    known.set(own, result)
    return result
  }
}

/**
 * Copies the text. V8 stores a slice as a view of its parent, so a remembered cell would keep 64 KB of the file in
 * memory.
 */
function detached(text: string): string {
  const encoding = /[^\0-\xff]/.test(text) ? 'utf16le' : 'latin1'
  return Buffer.from(text, encoding).toString(encoding)
}
