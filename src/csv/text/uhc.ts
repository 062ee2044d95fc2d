/**
 * Decodes Korean as Windows writes it (code page 949, Unified Hangul Code). `TextDecoder` knows only the 2,350 syllables of
 * KS X 1001. The other 8,822 are in the free places of the table, in the order of Unicode.
 */

type Decode = (bytes: Uint8Array) => string

const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3

let others: ReadonlyMap<number, string> | null = null

/** Lead and trail byte → syllable. */
function otherSyllables(ksx1001: Decode): Map<number, string> {
  const known = new Set<string>()
  for (let lead = 0xb0; lead <= 0xc8; lead++)
    for (let trail = 0xa1; trail <= 0xfe; trail++) known.add(ksx1001(Uint8Array.of(lead, trail)))
  const places: number[] = []
  for (let lead = 0x81; lead <= 0xc6; lead++)
    for (const [first, last] of [
      [0x41, 0x5a] as const,
      [0x61, 0x7a] as const,
      [0x81, lead <= 0xa0 ? 0xfe : 0xa0] as const,
    ])
      for (let trail = first; trail <= last; trail++) places.push((lead << 8) | trail)
  // Added to the standard later.
  const table = new Map([
    [0xa2e6, '€'],
    [0xa2e7, '®'],
  ])
  for (let code = FIRST_SYLLABLE, next = 0; code <= LAST_SYLLABLE; code++) {
    const syllable = String.fromCharCode(code)
    if (!known.has(syllable)) table.set(places[next++]!, syllable)
  }
  return table
}

/** `ksx1001`: the decoder for everything else. */
export function decodeUhc(bytes: Uint8Array, ksx1001: Decode): string {
  others ??= otherSyllables(ksx1001)
  let text = ''
  let from = 0
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at]!
    if (lead < 0x81) continue
    const syllable = others.get((lead << 8) | (bytes[at + 1] ?? 0))
    if (syllable !== undefined) {
      text += ksx1001(bytes.subarray(from, at)) + syllable
      from = at + 2
    }
    if (syllable !== undefined || (bytes[at + 1] ?? 0) >= 0xa1) at++
  }
  return text + ksx1001(bytes.subarray(from))
}
