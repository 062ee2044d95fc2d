/**
 * A compact array of ascending numbers. Every block of 32 stores its first number in full. Each number is stored as the
 * difference from it, in as few bytes as the largest difference needs. The offsets of 1,000,000 rows that mostly have one
 * entry take 1.1 MB instead of 4, and the timestamps of 1,000,000 records 4.3 MB instead of 8. Reading a number costs one
 * extra addition.
 */
import { narrow } from './arena.ts'

const SHIFT = 5
const IN_BLOCK = 2 ** SHIFT - 1

export interface Ascending {
  readonly bases: Uint32Array | Float64Array
  readonly steps: Uint8Array | Uint16Array | Uint32Array | Float64Array
}

export function numberAt({ bases, steps }: Ascending, index: number): number {
  return bases[index >>> SHIFT] + steps[index]
}

/** `numbers` are integers in ascending order. Duplicates are allowed. */
export function packAscending(numbers: Uint32Array | Float64Array): Ascending {
  const { length } = numbers
  const blocks = (length + IN_BLOCK) >>> SHIFT
  const bases = numbers instanceof Uint32Array ? new Uint32Array(blocks) : new Float64Array(blocks)
  let widest = 0
  for (let block = 0; block < blocks; block++) {
    const first = block << SHIFT
    bases[block] = numbers[first]
    const width = numbers[Math.min(length - 1, first + IN_BLOCK)] - bases[block]
    if (width > widest) widest = width
  }
  // Differences that a double cannot represent exactly are not used; the numbers are stored in full instead.
  if (widest > Number.MAX_SAFE_INTEGER) return { bases: bases.fill(0), steps: Float64Array.from(numbers) }
  const steps = widest < 2 ** 32 ? new Uint32Array(length) : new Float64Array(length)
  for (let index = 0; index < length; index++) steps[index] = numbers[index] - bases[index >>> SHIFT]
  return { bases, steps: steps instanceof Uint32Array ? narrow(steps, widest) : steps }
}

/** The first index whose number is not less than `value`, or the length if there is none. */
export function firstNotBelow(numbers: Ascending, value: number): number {
  let low = 0
  let high = numbers.steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numberAt(numbers, middle) < value) low = middle + 1
    else high = middle
  }
  return low
}
