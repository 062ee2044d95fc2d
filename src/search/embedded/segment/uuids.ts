/**
 * UUIDs as sorted rows of 16 bytes. The byte order equals the order of the usual notation in lower case. A string takes
 * 36 bytes and an object; 1,000,000 rows of 16 bytes are a single array.
 */
export const UUID_BYTES = 16

/** The value of each hexadecimal digit, by character code. Other characters count as 0. */
const DIGIT = new Uint8Array(256)
for (let digit = 0; digit < 16; digit++) {
  DIGIT[digit.toString(16).charCodeAt(0)] = digit
  DIGIT[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

/** Writes the 16 bytes of `uuid` (8-4-4-4-12 hexadecimal digits) at `at`. */
export function writeUuid(uuid: string, target: Uint8Array, at: number): void {
  let byte = at
  for (let place = 0; place < 36; place += 2) {
    if (place === 8 || place === 13 || place === 18 || place === 23) place++
    target[byte++] = (DIGIT[uuid.charCodeAt(place)] << 4) | DIGIT[uuid.charCodeAt(place + 1)]
  }
}

export function uuidBytes(uuid: string): Uint8Array {
  const bytes = new Uint8Array(UUID_BYTES)
  writeUuid(uuid, bytes, 0)
  return bytes
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The text of row `index`. */
export function uuidAt(rows: Uint8Array, index: number): string {
  const at = index * UUID_BYTES
  let text = ''
  for (let byte = 0; byte < UUID_BYTES; byte++) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) text += '-'
    text += HEX[rows[at + byte]]
  }
  return text
}

const DIGITS = 2 * UUID_BYTES
/** The positions of the digits in the text. The other four are hyphens. */
const DIGIT_PLACES = [...'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'].flatMap((mark, place) => (mark === 'x' ? place : []))

/** Returns a test: whether the text of a row contains `part`. Comparing digits is four times as fast as building the text. */
export function uuidTest(part: string): (rows: Uint8Array, index: number) => boolean {
  if (part === '' || part === '-') return () => true
  const digits = Uint8Array.from(part.replaceAll('-', ''), digit => DIGIT[digit.charCodeAt(0)])
  // The digits at which `part` can start, so that its digits and hyphens line up with those of the text.
  const starts = Array.from({ length: DIGITS + 1 - digits.length }, (_, start) => start).filter(start =>
    couldStartAt(part, start),
  )
  return (rows, index) => {
    const first = 2 * UUID_BYTES * index
    for (let place = 0; place < starts.length; place++) {
      const start = first + starts[place]
      let count = 0
      while (count < digits.length && digitAt(rows, start + count) === digits[count]) count++
      if (count === digits.length) return true
    }
    return false
  }
}

function couldStartAt(part: string, digit: number): boolean {
  // `part` may start with a hyphen.
  const from = DIGIT_PLACES[digit] - (part.startsWith('-') ? 1 : 0)
  return [...part].every((mark, index) =>
    DIGIT_PLACES.includes(from + index) ? /^[0-9a-f]$/.test(mark) : mark === '-' && from + index < 36 && from >= 0,
  )
}

function digitAt(rows: Uint8Array, digit: number): number {
  const byte = rows[digit >>> 1]
  return (digit & 1) === 0 ? byte >>> 4 : byte & 15
}

/** The offsets that turn rows of 16 bytes into terms, so that they can be sorted as such. */
export function rowOffsets(count: number): Uint32Array {
  const offsets = new Uint32Array(count + 1)
  for (let index = 1; index <= count; index++) offsets[index] = index * UUID_BYTES
  return offsets
}

/** Compares row `a` of `rows` with row `b` of `others`: negative, 0 or positive. */
export function compareUuids(rows: Uint8Array, a: number, others: Uint8Array, b: number): number {
  const x = a * UUID_BYTES
  const y = b * UUID_BYTES
  for (let byte = 0; byte < UUID_BYTES; byte++) {
    const difference = rows[x + byte] - others[y + byte]
    if (difference !== 0) return difference
  }
  return 0
}

/** The first of the sorted `rows`, at or after `from`, that is not less than row `b` of `others`. */
export function lowerBoundUuid(rows: Uint8Array, others: Uint8Array, b: number, from = 0): number {
  let low = from
  let high = rows.length / UUID_BYTES
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareUuids(rows, middle, others, b) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The index of the row that equals row `b` of `others`, or -1. */
export function findUuid(rows: Uint8Array, others: Uint8Array, b: number): number {
  const place = lowerBoundUuid(rows, others, b)
  return place < rows.length / UUID_BYTES && compareUuids(rows, place, others, b) === 0 ? place : -1
}

/** A row of an array of uuids. */
export interface UuidRow {
  readonly rows: Uint8Array
  readonly index: number
}

export function smaller(a: UuidRow, b: UuidRow): UuidRow {
  return compareUuids(a.rows, a.index, b.rows, b.index) < 0 ? a : b
}
