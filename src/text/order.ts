/** The order of texts. */

/**
 * Compares two well-formed strings by their UTF-8 bytes, that is, by code point: negative, 0 or positive. JavaScript's `<`
 * compares UTF-16 code units, which puts U+10000 and above (surrogates, 0xD800 to 0xDFFF) before U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let place = 0; place < length; place++) {
    const x = a.charCodeAt(place)
    const y = b.charCodeAt(place)
    if (x === y) continue
    const xIsSurrogate = (x & 0xf800) === 0xd800
    const yIsSurrogate = (y & 0xf800) === 0xd800
    if (xIsSurrogate === yIsSurrogate) return x - y
    return xIsSurrogate ? 1 : -1
  }
  return a.length - b.length
}
