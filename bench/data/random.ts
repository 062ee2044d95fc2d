/** Seeded random numbers: the same seed gives the same data on every machine. */

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for test data and fast. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return { next, int, chance: probability => next() < probability, pick: values => values[int(values.length)]! }
}

/** A seed for record `index` of a stream, so that each record can be generated independently. */
export function mixSeed(stream: number, index: number): number {
  let mixed = Math.imul(index ^ Math.imul(stream, 0x9e3779b1), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** A seed for the stream of a name. */
export function seedOf(name: string): number {
  return Array.from(name).reduce((seed, letter) => mixSeed(seed, letter.codePointAt(0)!), 0)
}

/** Draws ranks from 0 to count-1 with probability proportional to 1/(rank+1)^exponent (Zipf). */
export function zipf(count: number, exponent: number): (random: Random) => number {
  const sums = new Float64Array(count)
  let total = 0
  for (let rank = 0; rank < count; rank++) {
    total += 1 / (rank + 1) ** exponent
    sums[rank] = total
  }
  return random => {
    const wanted = random.next() * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! <= wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * Draws unbounded ranks from 0 by a power law: a rank above r has the probability (1 + r / head)^-tail. New values keep appearing however
 * many are drawn, as with names: n draws have about n^(1 / (1 + tail)) distinct values (Heaps' law).
 */
export function endlessZipf(head: number, tail: number): (random: Random) => number {
  const power = -1 / tail
  return random => Math.min(LAST_RANK, Math.floor(head * ((1 - random.next()) ** power - 1)))
}

const LAST_RANK = 2 ** 31 - 1
