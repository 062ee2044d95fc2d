/**
 * Numbers for texts as they come: a text that came before gets its number again. The texts are kept as bytes in one growing
 * blob with a hash table of numbers (open addressing, FNV-1a) beside it. A Map of strings does the same with an object per
 * text: at building a segment that was half of the time, most of it garbage collection. Texts that come as bytes are taken as
 * they are; no string is made of them.
 */
import type { TermBytes } from '../segment/terms.ts'
import { UUID_BYTES, writeUuid } from '../segment/uuids.ts'

export interface TermTable {
  /** The number of the folded text; numbers are given from 0 on. */
  numberOf(text: string): number
  /** The same of a text in UTF-8. */
  numberOfBytes(bytes: Buffer, start: number, end: number): number
  /** The number of bytes that are not folded. */
  numberOfExact(bytes: Uint8Array, start: number, end: number): number
  /** The same for the 16 bytes of a uuid in its usual notation. */
  numberOfUuid(uuid: string): number
  /** Distinct texts so far. */
  size(): number
  /** Bytes of them. */
  bytes(): number
  /** All of them, by number one after the other, in a buffer that moves as it grows; and where one starts in it. */
  blob(): Buffer
  startOf(number: number): number
  /** The texts by their numbers; the table is empty afterwards. */
  take(): TermBytes
}

const FIRST_BYTES = 256
const FIRST_PLACES = 16
const REMEMBERED = 50_000

/** `fold` is asked for texts that are not plain ASCII; those are folded by putting capitals into lower case. */
export function createTermTable(fold: (text: string) => string = text => text): TermTable {
  let blob = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Where the next text will start. */
  let end = 0
  let count = 0
  /** Per place two numbers: the number + 1 of the text whose hash leads here, 0 where none does; and the hash, which is compared first. */
  let table = new Uint32Array(2 * FIRST_PLACES)
  let offsets = new Uint32Array(FIRST_PLACES + 1)
  /** Folding costs a microsecond or two, and names with accents repeat. */
  const foldedBefore = new Map<string, number>()

  function reserve(bytes: number): void {
    if (end + bytes <= blob.length) return
    const larger = Buffer.allocUnsafeSlow(2 * blob.length + bytes)
    blob.copy(larger, 0, 0, end)
    blob = larger
  }

  /** The number of the text that was written from `end` up to `next`, of that hash. */
  function numberTo(next: number, mixed: number): number {
    // FNV's low bits are its weakest.
    const hash = (mixed ^ (mixed >>> 15)) >>> 0
    const mask = (table.length >>> 1) - 1
    let place = hash & mask
    for (; table[2 * place] !== 0; place = (place + 1) & mask) {
      const number = table[2 * place] - 1
      if (table[2 * place + 1] === hash && isSame(number, next)) return number
    }
    const number = count++
    table[2 * place] = number + 1
    table[2 * place + 1] = hash
    if (count === offsets.length) growOffsets()
    offsets[count] = next
    end = next
    if (4 * count > table.length) growTable()
    return number
  }

  function isSame(number: number, next: number): boolean {
    const start = offsets[number]
    const length = next - end
    if (offsets[number + 1] - start !== length) return false
    for (let byte = 0; byte < length; byte++) if (blob[start + byte] !== blob[end + byte]) return false
    return true
  }

  function growOffsets(): void {
    const more = new Uint32Array(2 * offsets.length)
    more.set(offsets)
    offsets = more
  }

  function growTable(): void {
    const old = table
    table = new Uint32Array(4 * old.length)
    const mask = (table.length >>> 1) - 1
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue
      let place = old[from + 1] & mask
      while (table[2 * place] !== 0) place = (place + 1) & mask
      table[2 * place] = old[from]
      table[2 * place + 1] = old[from + 1]
    }
  }

  function numberOfFolded(text: string): number {
    let number = foldedBefore.get(text)
    if (number === undefined) {
      const folded = fold(text)
      reserve(3 * folded.length)
      const next = end + blob.write(folded, end)
      number = numberTo(next, hashBytes(blob, end, next))
      if (foldedBefore.size >= REMEMBERED) foldedBefore.clear()
      foldedBefore.set(text, number)
    }
    return number
  }

  return {
    numberOf(text) {
      // A code unit takes three bytes at most.
      reserve(3 * text.length)
      let hash = FNV_BASIS
      let next = end
      for (let place = 0; place < text.length; place++) {
        let code = text.charCodeAt(place)
        if (code > 0x7f) return numberOfFolded(text)
        if (code >= 0x41 && code <= 0x5a) code |= 0x20
        blob[next++] = code
        hash = Math.imul(hash ^ code, FNV_PRIME)
      }
      return numberTo(next, hash)
    },
    numberOfBytes(bytes, start, stop) {
      reserve(stop - start)
      let hash = FNV_BASIS
      let next = end
      for (let place = start; place < stop; place++) {
        let code = bytes[place]
        if (code > 0x7f) return numberOfFolded(bytes.toString('utf8', start, stop))
        if (code >= 0x41 && code <= 0x5a) code |= 0x20
        blob[next++] = code
        hash = Math.imul(hash ^ code, FNV_PRIME)
      }
      return numberTo(next, hash)
    },
    numberOfExact(bytes, start, stop) {
      reserve(stop - start)
      let next = end
      for (let place = start; place < stop; place++) blob[next++] = bytes[place]
      return numberTo(next, hashBytes(blob, end, next))
    },
    numberOfUuid(uuid) {
      reserve(UUID_BYTES)
      writeUuid(uuid, blob, end)
      const next = end + UUID_BYTES
      return numberTo(next, hashBytes(blob, end, next))
    },
    size: () => count,
    bytes: () => end,
    blob: () => blob,
    startOf: number => offsets[number],
    take() {
      const terms = { blob: blob.subarray(0, end), offsets: offsets.slice(0, count + 1) }
      blob = Buffer.allocUnsafeSlow(FIRST_BYTES)
      end = 0
      count = 0
      table = new Uint32Array(2 * FIRST_PLACES)
      offsets = new Uint32Array(FIRST_PLACES + 1)
      foldedBefore.clear()
      return terms
    },
  }
}

const FNV_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193

function hashBytes(blob: Uint8Array, start: number, end: number): number {
  let hash = FNV_BASIS
  for (let byte = start; byte < end; byte++) hash = Math.imul(hash ^ blob[byte], FNV_PRIME)
  return hash
}
