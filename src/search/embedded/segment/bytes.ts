/** Bytes compared. */

/** How many bytes, `most` at most, are the same from `a[atA]` and `b[atB]` on. */
export function sharedBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, most: number): number {
  let place = 0
  while (place < most && a[atA + place] === b[atB + place]) place++
  return place
}
