/** Remembers the results of a pure function of a text: files repeat their countries, domains and industries. */
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

/** A copy: V8 keeps a part of a text as a view of the whole, so that remembering a cell would keep 64 KB of its file. */
function detached(text: string): string {
  const encoding = /[^\0-\xff]/.test(text) ? 'utf16le' : 'latin1'
  return Buffer.from(text, encoding).toString(encoding)
}
