/** Comparison of bytes. */

/** The number of equal bytes starting at `a[atA]` and `b[atB]`, up to `most`. */
export function sharedBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, most: number): number {
  let place = 0
  while (place < most && a[atA + place] === b[atB + place]) place++
  return place
}
