/**
 * The arena: all arrays of a segment in one `SharedArrayBuffer`, after a table of where each lies. The same bytes are
 * what another thread is handed (without a copy) and what a snapshot file holds.
 *
 * Head: 4 numbers of 8 bytes (format, number of arrays, records, service), then 3 per array (kind, byte offset, length).
 * Every array starts at a multiple of 8. Little-endian, as every machine that Node runs on.
 */

/** Raised whenever the meaning of the bytes changes: snapshots of another format are not read. */
export const ARENA_FORMAT = 1

export type ArenaArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const
const HEAD = 4
const PER_ARRAY = 3

export interface ArenaHead {
  readonly format: number
  readonly arrays: number
  readonly records: number
  /** 0: company, 1: contact. */
  readonly service: number
}

export function writeArena(arrays: readonly ArenaArray[], records: number, service: number): SharedArrayBuffer {
  const table = new Float64Array(HEAD + PER_ARRAY * arrays.length)
  table.set([ARENA_FORMAT, arrays.length, records, service])
  let end = table.byteLength
  arrays.forEach((array, index) => {
    table.set([kindOf(array), end, array.length], HEAD + PER_ARRAY * index)
    end += Math.ceil(array.byteLength / 8) * 8
  })
  const buffer = new SharedArrayBuffer(end)
  new Float64Array(buffer, 0, table.length).set(table)
  arrays.forEach((array, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    new Uint8Array(buffer, table[HEAD + PER_ARRAY * index + 1], bytes.length).set(bytes)
  })
  return buffer
}

export function readHead(buffer: SharedArrayBuffer): ArenaHead {
  const [format, arrays, records, service] = new Float64Array(buffer, 0, HEAD)
  return { format, arrays, records, service }
}

/** A view of an array; nothing is copied. */
export function readArray(buffer: SharedArrayBuffer, index: number): ArenaArray {
  const [kind, offset, length] = new Float64Array(buffer, 8 * (HEAD + PER_ARRAY * index), PER_ARRAY)
  const Kind = KINDS[kind] as new (buffer: SharedArrayBuffer, offset: number, length: number) => ArenaArray
  return new Kind(buffer, offset, length)
}

function kindOf(array: ArenaArray): number {
  return KINDS.findIndex(kind => array instanceof kind)
}

/** Unsigned integers up to `max` in the fewest bytes that hold it. */
export function narrow(numbers: Uint32Array, max: number): Uint8Array | Uint16Array | Uint32Array {
  if (max < 2 ** 8) return Uint8Array.from(numbers)
  if (max < 2 ** 16) return Uint16Array.from(numbers)
  return numbers
}
