/**
 * The words of each value in order, so that a phrase is verified without reading the value itself. A word takes 1 to 5 bytes;
 * frequent words take fewer. The words of a million profile URLs ("https www linkedin com in", two names and a number) take
 * 12 MB, compared with 30 MB as 4-byte numbers.
 *
 * The encoding depends on the first byte. Multi-byte numbers are big-endian.
 * - 0 to 127: one of the 128 most frequent words.
 * - 128 to 191, and one byte: one of the next 16,384.
 * - 192 to 254, and two bytes: the ordinal of a word, below 4,128,768.
 * - 255, and four bytes: any ordinal.
 */
import { type Ascending, numberAt } from './ascending.ts'

export interface Sequences {
  readonly bytes: Uint8Array
  /** Where the words of each value start, in bytes, and where the last ones end. */
  readonly offsets: Ascending
  /** The ordinals of the most frequent words, the most frequent first. */
  readonly frequent: Uint32Array
}

const ONE = 128
const TWO = 64 << 8
const THREE = 63 << 16
/** A word that occurs less often is not worth an entry in `frequent`. */
const WORTH = 4

/**
 * `sequences` holds ordinals below `words`; those of value i are at `offsets[i]` to `offsets[i + 1]`. The offsets of the
 * result are not packed.
 */
export function packSequences(sequences: Uint32Array, offsets: Uint32Array, words: number) {
  const frequent = mostFrequent(sequences, words)
  const codes = new Uint16Array(words)
  frequent.forEach((word, place) => {
    codes[word] = place + 1
  })
  const bytes = new Uint8Array(5 * sequences.length)
  const ends = new Uint32Array(offsets.length)
  let end = 0
  for (let value = 0; value + 1 < offsets.length; value++) {
    for (let place = offsets[value]; place < offsets[value + 1]; place++) {
      const word = sequences[place]
      const code = codes[word] - 1
      if (code >= ONE) {
        bytes[end++] = 128 + ((code - ONE) >>> 8)
        bytes[end++] = code - ONE
      } else if (code >= 0) {
        bytes[end++] = code
      } else if (word < THREE) {
        bytes[end++] = 192 + (word >>> 16)
        bytes[end++] = word >>> 8
        bytes[end++] = word
      } else {
        bytes[end++] = 255
        for (let shift = 24; shift >= 0; shift -= 8) bytes[end++] = word >>> shift
      }
    }
    ends[value + 1] = end
  }
  return { bytes: bytes.slice(0, end), offsets: ends, frequent }
}

function mostFrequent(sequences: Uint32Array, words: number): Uint32Array {
  const counts = new Uint32Array(words)
  for (let place = 0; place < sequences.length; place++) counts[sequences[place]]++
  const worth: number[] = []
  for (let word = 0; word < words; word++) if (counts[word] >= WORTH) worth.push(word)
  worth.sort((a, b) => counts[b] - counts[a] || a - b)
  return Uint32Array.from(worth.slice(0, ONE + TWO))
}

/** Reads the words of `value` into `into.words`, which is replaced by a larger array if needed. Returns their number. */
export function readSequence({ bytes, offsets, frequent }: Sequences, value: number, into: WordBuffer): number {
  const end = numberAt(offsets, value + 1)
  let at = numberAt(offsets, value)
  if (end - at > into.words.length) into.words = new Uint32Array(2 * (end - at))
  const { words } = into
  let count = 0
  while (at < end) {
    const first = bytes[at++]
    if (first < 128) {
      words[count++] = frequent[first]
    } else if (first < 192) {
      words[count++] = frequent[ONE + (((first & 63) << 8) | bytes[at++])]
    } else if (first < 255) {
      words[count++] = ((first - 192) << 16) | (bytes[at++] << 8) | bytes[at++]
    } else {
      words[count++] = ((bytes[at++] << 24) | (bytes[at++] << 16) | (bytes[at++] << 8) | bytes[at++]) >>> 0
    }
  }
  return count
}

/** A reusable buffer for the words of one value. */
export interface WordBuffer {
  words: Uint32Array
}
