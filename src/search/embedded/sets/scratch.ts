/**
 * Bitsets for the length of a query, from a pool: a query over 1,000,000 records takes several of 125 kB, and allocating
 * them anew makes the garbage collector stop some queries for longer than they take. Sizes are powers of two, so that the
 * pool stays small while segments come and go.
 */
import { type Bits, wordsFor } from './bitset.ts'

export interface Scratch {
  /** A bitset for `size` slots, empty. */
  zeroed(size: number): Bits
  /** The same with arbitrary content, to be overwritten whole. */
  raw(size: number): Bits
  /** Gives everything back: nothing of it may be used afterwards. */
  release(): void
}

const KEPT_PER_SIZE = 16
/** By the exponent of their length. */
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
    release() {
      for (const whole of taken) {
        const kept = pool[31 - Math.clz32(whole.length)]
        if (kept.length < KEPT_PER_SIZE) kept.push(whole)
      }
      taken.length = 0
    },
  }
}
