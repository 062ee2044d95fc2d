/**
 * Assigns numbers to distinct texts in the order of arrival; a repeated text gets the same number. The texts are stored as
 * bytes in one growing blob, with a hash table of numbers (open addressing, FNV-1a). A Map of strings needs an object per
 * text, which took half of the time of building a segment, most of it garbage collection. Texts that arrive as bytes are
 * used as they are, without creating strings.
 */
import type { TermBytes } from '../segment/terms.ts'
import { UUID_BYTES, writeUuid } from '../segment/uuids.ts'

export interface TermTable {
  /** Folds the text and returns its number. Numbers start at 0. */
  numberOf(text: string): number
  /** The same for a text in UTF-8. */
  numberOfBytes(bytes: Buffer, start: number, end: number): number
  /** The number of these bytes, without folding. */
  numberOfExact(bytes: Uint8Array, start: number, end: number): number
  /** The number of the 16 bytes of a uuid, which is given in its usual notation. */
  numberOfUuid(uuid: string): number
  /** The number of distinct texts so far. */
  size(): number
  /** Their total size in bytes. */
  bytes(): number
  /** All texts in the order of their numbers. The buffer is replaced when it grows. */
  blob(): Buffer
  /** Where the text of a number starts in the blob. */
  startOf(number: number): number
  /** Returns the texts by number. The table is then empty. */
  take(): TermBytes
}

const BACKTICK = 0x60
const APOSTROPHE = 0x27
const FIRST_BYTES = 256
const FIRST_PLACES = 16
const REMEMBERED = 50_000

/** `fold` is called for texts that are not ASCII. ASCII texts are folded here, as `fold` in text/fold.ts folds them. */
export function createTermTable(fold: (text: string) => string = text => text): TermTable {
  let blob = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Where the next text will start. */
  let end = 0
  let count = 0
  /** Two entries per place: the number + 1 of the text stored here (0 if empty), and its hash, which is compared first. */
  let table = new Uint32Array(2 * FIRST_PLACES)
  let offsets = new Uint32Array(FIRST_PLACES + 1)
  /** A cache: folding takes one or two microseconds, and names with accents recur. */
  const foldedBefore = new Map<string, number>()

  function reserve(bytes: number): void {
    if (end + bytes <= blob.length) return
    const larger = Buffer.allocUnsafeSlow(2 * blob.length + bytes)
    blob.copy(larger, 0, 0, end)
    blob = larger
  }

  /** The number of the text that was just written from `end` to `next`, with the hash `fnv`. */
  function numberTo(next: number, fnv: number): number {
    const hash = mix(fnv)
    const place = find(hash, blob, end, next)
    return table[2 * place] === 0 ? addAt(place, next, hash) : table[2 * place] - 1
  }

  /** The place of the text `bytes[start .. stop]`, or an empty place for it. */
  function find(hash: number, bytes: Uint8Array, start: number, stop: number): number {
    const mask = (table.length >>> 1) - 1
    let place = hash & mask
    while (table[2 * place] !== 0) {
      if (table[2 * place + 1] === hash && isSame(table[2 * place] - 1, bytes, start, stop)) break
      place = (place + 1) & mask
    }
    return place
  }

  /** Adds the text from `end` to `next` at an empty place. Returns its number. */
  function addAt(place: number, next: number, hash: number): number {
    const number = count++
    table[2 * place] = number + 1
    table[2 * place + 1] = hash
    if (count === offsets.length) growOffsets()
    offsets[count] = next
    end = next
    if (4 * count > table.length) growTable()
    return number
  }

  function isSame(number: number, bytes: Uint8Array, start: number, stop: number): boolean {
    const own = offsets[number]
    const length = stop - start
    if (offsets[number + 1] - own !== length) return false
    for (let byte = 0; byte < length; byte++) if (blob[own + byte] !== bytes[start + byte]) return false
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
      // A UTF-16 code unit takes at most three bytes in UTF-8.
      reserve(3 * text.length)
      let hash = FNV_BASIS
      let next = end
      for (let place = 0; place < text.length; place++) {
        let code = text.charCodeAt(place)
        if (code > 0x7f) return numberOfFolded(text)
        if (code >= 0x41 && code <= 0x5a) code |= 0x20
        else if (code === BACKTICK) code = APOSTROPHE
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
        else if (code === BACKTICK) code = APOSTROPHE
        blob[next++] = code
        hash = Math.imul(hash ^ code, FNV_PRIME)
      }
      return numberTo(next, hash)
    },
    // Most words occur again and again, so the bytes are compared where they are, and copied only if they are new.
    numberOfExact(bytes, start, stop) {
      const hash = mix(hashBytes(bytes, start, stop))
      const place = find(hash, bytes, start, stop)
      if (table[2 * place] !== 0) return table[2 * place] - 1
      reserve(stop - start)
      let next = end
      for (let from = start; from < stop; from++) blob[next++] = bytes[from]
      return addAt(place, next, hash)
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

/** The low bits of FNV are the weakest. */
function mix(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0
}

function hashBytes(blob: Uint8Array, start: number, end: number): number {
  let hash = FNV_BASIS
  for (let byte = start; byte < end; byte++) hash = Math.imul(hash ^ blob[byte], FNV_PRIME)
  return hash
}
