/**
 * Pooled bitsets and lists of counts for the duration of a query. A query over 1,000,000 records needs several of 125 kB each.
 * If they were allocated for every query, garbage collection would sometimes pause a query for longer than the query itself takes.
 * Sizes are powers of two, so that the pool stays small while segments come and go.
 */
import { type Bits, wordsFor } from './bitset.ts'

export interface Scratch {
  /** An empty bitset for `size` slots. */
  zeroed(size: number): Bits
  /** A bitset for `size` slots with arbitrary content. The caller overwrites all of it. */
  raw(size: number): Bits
  /** `size` numbers, all 0. */
  numbers(size: number): Int32Array
  /** Returns all bitsets to the pool. None of them may be used afterwards. */
  release(): void
}

const KEPT_PER_SIZE = 16
/** Indexed by the exponent of the length. */
const pool: Bits[][] = Array.from({ length: 32 }, () => [])

export function createScratch(): Scratch {
  const taken: Bits[] = []
  function raw(size: number): Bits {
    const words = wordsFor(size)
    const exponent = words <= 1 ? 0 : 32 - Math.clz32(words - 1)
    const whole = pool[exponent].pop() ?? new Int32Array(2 ** exponent)
    taken.push(whole)
    return whole.subarray(0, words)
  }
  return {
    raw,
    zeroed: size => raw(size).fill(0),
    numbers: size => raw(32 * size).fill(0),
    release() {
      for (const whole of taken) {
        const kept = pool[31 - Math.clz32(whole.length)]
        if (kept.length < KEPT_PER_SIZE) kept.push(whole)
      }
      taken.length = 0
    },
  }
}
