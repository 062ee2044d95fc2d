/**
 * Numbers for texts as they come: a text that came before gets its number again. The texts are kept as bytes in one growing
 * blob with a hash table of numbers (open addressing, FNV-1a) beside it. A Map of strings does the same with an object per
 * text: at building a segment that was half of the time, most of it garbage collection.
 */

import { createNumberList } from './number-list.ts'
import type { TermBytes } from './terms.ts'
import { UUID_BYTES, writeUuid } from './uuids.ts'

export interface TermTable {
  /** The number of the folded text; numbers are given from 0 on. */
  numberOf(text: string): number
  /** The same for the 16 bytes of a uuid. */
  numberOfUuid(uuid: string): number
  /** Distinct texts so far. */
  size(): number
  /** Bytes of them. */
  bytes(): number
  /** The texts by their numbers; the table is empty afterwards. */
  take(): TermBytes
}

const FIRST_BYTES = 256
const FIRST_PLACES = 16
const REMEMBERED = 10_000

/** `fold` is asked for texts that are not plain ASCII; those are folded by putting capitals into lower case. */
export function createTermTable(fold: (text: string) => string = text => text): TermTable {
  let blob: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let end = 0
  const offsets = createNumberList()
  const hashes = createNumberList()
  /** Number + 1 of the text whose hash leads here, 0 where none does. */
  let table = new Uint32Array(FIRST_PLACES)
  offsets.push(0)
  /** Folding costs a microsecond or two, and names with accents repeat. */
  const foldedBefore = new Map<string, number>()

  function reserve(bytes: number): void {
    if (end + bytes <= blob.length) return
    const larger = Buffer.allocUnsafeSlow(2 * blob.length + bytes)
    blob.copy(larger, 0, 0, end)
    blob = larger
  }

  /** The number of the text that was written from `end` up to `next`. */
  function numberTo(next: number): number {
    const hash = hashBytes(blob, end, next)
    const mask = table.length - 1
    let place = hash & mask
    for (; table[place] !== 0; place = (place + 1) & mask) {
      const number = table[place] - 1
      if (hashes.at(number) === hash && isSame(number, next)) return number
    }
    const number = hashes.length()
    table[place] = number + 1
    hashes.push(hash)
    offsets.push(next)
    end = next
    if (2 * number > table.length) grow()
    return number
  }

  function isSame(number: number, next: number): boolean {
    const start = offsets.at(number)
    const length = next - end
    if (offsets.at(number + 1) - start !== length) return false
    for (let byte = 0; byte < length; byte++) if (blob[start + byte] !== blob[end + byte]) return false
    return true
  }

  function grow(): void {
    table = new Uint32Array(4 * table.length)
    const mask = table.length - 1
    for (let number = 0; number < hashes.length(); number++) {
      let place = hashes.at(number) & mask
      while (table[place] !== 0) place = (place + 1) & mask
      table[place] = number + 1
    }
  }

  return {
    numberOf(text) {
      // A code unit takes three bytes at most.
      reserve(3 * text.length)
      const next = writeAscii(blob, end, text)
      if (next >= 0) return numberTo(next)
      let number = foldedBefore.get(text)
      if (number === undefined) {
        const folded = fold(text)
        reserve(3 * folded.length)
        number = numberTo(end + blob.write(folded, end))
        if (foldedBefore.size >= REMEMBERED) foldedBefore.clear()
        foldedBefore.set(text, number)
      }
      return number
    },
    numberOfUuid(uuid) {
      reserve(UUID_BYTES)
      writeUuid(uuid, blob, end)
      return numberTo(end + UUID_BYTES)
    },
    size: hashes.length,
    bytes: () => end,
    take() {
      const terms = { blob: blob.subarray(0, end), offsets: offsets.toArray() }
      blob = Buffer.allocUnsafeSlow(FIRST_BYTES)
      end = 0
      table = new Uint32Array(FIRST_PLACES)
      offsets.clear()
      offsets.push(0)
      hashes.clear()
      foldedBefore.clear()
      return terms
    },
  }
}

/** Writes a text in lower case and returns where it ends, or -1 when it is not plain ASCII. */
function writeAscii(blob: Uint8Array, start: number, text: string): number {
  const { length } = text
  for (let place = 0; place < length; place++) {
    const code = text.charCodeAt(place)
    if (code > 0x7f) return -1
    blob[start + place] = code >= 0x41 && code <= 0x5a ? code | 0x20 : code
  }
  return start + length
}

function hashBytes(blob: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let byte = start; byte < end; byte++) hash = Math.imul(hash ^ blob[byte], 0x01000193)
  // FNV's low bits are its weakest.
  return (hash ^ (hash >>> 15)) >>> 0
}
