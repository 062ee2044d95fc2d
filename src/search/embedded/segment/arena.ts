/**
 * The arena: all arrays of a segment in one `SharedArrayBuffer`. It can be passed to another thread without a copy, and it is
 * written to disk as is. It starts with a table of 3 numbers of 4 bytes per array (kind, offset in units of 8 bytes, length).
 * Every array starts at a multiple of 8 bytes.
 */

export type ArenaArray = Uint8Array | Uint16Array | Uint32Array | Float64Array | Int32Array

const KINDS = [Uint8Array, Uint16Array, Uint32Array, Float64Array, Int32Array] as const
const PER_ARRAY = 3
const UNIT = 8

export function writeArena(arrays: readonly ArenaArray[]): SharedArrayBuffer {
  const table = new Uint32Array(PER_ARRAY * arrays.length)
  let end = unitsOf(table)
  arrays.forEach((array, index) => {
    table.set([KINDS.findIndex(kind => array instanceof kind), end, array.length], PER_ARRAY * index)
    end += unitsOf(array)
  })
  const buffer = new SharedArrayBuffer(UNIT * end)
  new Uint32Array(buffer, 0, table.length).set(table)
  arrays.forEach((array, index) => {
    if (array.length === 0) return
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    new Uint8Array(buffer, UNIT * table[PER_ARRAY * index + 1], bytes.length).set(bytes)
  })
  return buffer
}

function unitsOf(array: ArenaArray): number {
  return Math.ceil(array.byteLength / UNIT)
}

/** Returns a view of an array, without copying. */
export function readArray(buffer: SharedArrayBuffer, index: number): ArenaArray {
  const [kind, place, length] = new Uint32Array(buffer, 4 * PER_ARRAY * index, PER_ARRAY)
  const Kind = KINDS[kind] as new (buffer: SharedArrayBuffer, offset: number, length: number) => ArenaArray
  return new Kind(buffer, UNIT * place, length)
}

/** Converts unsigned integers up to `max` to the narrowest type that can hold them. */
export function narrow(numbers: Uint32Array, max: number): Uint8Array | Uint16Array | Uint32Array {
  if (max < 2 ** 8) return Uint8Array.from(numbers)
  if (max < 2 ** 16) return Uint16Array.from(numbers)
  return numbers
}
