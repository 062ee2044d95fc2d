/**
 * The arena: all arrays of a segment in one `SharedArrayBuffer`, which another thread is handed without a copy. First
 * comes a table: 3 numbers of 8 bytes per array (kind, byte offset, length). Every array starts at a multiple of 8.
 */

export type ArenaArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const
const PER_ARRAY = 3

export function writeArena(arrays: readonly ArenaArray[]): SharedArrayBuffer {
  const table = new Float64Array(PER_ARRAY * arrays.length)
  let end = table.byteLength
  arrays.forEach((array, index) => {
    table.set([kindOf(array), end, array.length], PER_ARRAY * index)
    end += Math.ceil(array.byteLength / 8) * 8
  })
  const buffer = new SharedArrayBuffer(end)
  new Float64Array(buffer, 0, table.length).set(table)
  arrays.forEach((array, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    new Uint8Array(buffer, table[PER_ARRAY * index + 1], bytes.length).set(bytes)
  })
  return buffer
}

/** A view of an array; nothing is copied. */
export function readArray(buffer: SharedArrayBuffer, index: number): ArenaArray {
  const [kind, offset, length] = new Float64Array(buffer, 8 * PER_ARRAY * index, PER_ARRAY)
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
