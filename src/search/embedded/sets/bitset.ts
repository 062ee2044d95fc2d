/**
 * Sets of slots as bits, 32 per word. Words are signed because JavaScript's bit operators produce signed 32-bit integers.
 * With `Int32Array`, loops stay in machine integers; half of the values of a `Uint32Array` would become doubles.
 */
export type Bits = Int32Array

export function wordsFor(size: number): number {
  return (size + 31) >>> 5
}

export function hasBit(bits: Bits, slot: number): boolean {
  return (bits[slot >>> 5] & (1 << (slot & 31))) !== 0
}

export function setBit(bits: Bits, slot: number): void {
  bits[slot >>> 5] |= 1 << (slot & 31)
}

export function clearBit(bits: Bits, slot: number): void {
  bits[slot >>> 5] &= ~(1 << (slot & 31))
}

/** Sets the bits 0 to size - 1 and clears all others. */
export function fillBits(bits: Bits, size: number): void {
  const full = size >>> 5
  bits.fill(-1, 0, full)
  bits.fill(0, full)
  if ((size & 31) !== 0) bits[full] = (1 << (size & 31)) - 1
}

export function countBits(bits: Bits): number {
  let count = 0
  for (let index = 0; index < bits.length; index++) count += countWord(bits[index])
  return count
}

/** The number of bits that are set in both. */
export function countCommonBits(a: Bits, b: Bits): number {
  let count = 0
  for (let index = 0; index < a.length; index++) count += countWord(a[index] & b[index])
  return count
}

/** The number of set bits of a word, by the usual halving (Warren, Hacker's Delight, 5-1). */
function countWord(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

export function andInto(target: Bits, a: Bits, b: Bits): void {
  for (let index = 0; index < target.length; index++) target[index] = a[index] & b[index]
}

export function orInto(target: Bits, a: Bits, b: Bits): void {
  for (let index = 0; index < target.length; index++) target[index] = a[index] | b[index]
}

export function andNotInto(target: Bits, a: Bits, b: Bits): void {
  for (let index = 0; index < target.length; index++) target[index] = a[index] & ~b[index]
}

/**
 * The numbers of the set bits, ascending. Four numbers are written at a time, whatever their number,
 * which avoids half of the mispredicted branches (Lemire, "Really fast bitset decoding for average densities", 2019).
 */
export function listBits(bits: Bits): Uint32Array {
  const total = countBits(bits)
  // Up to three numbers are written after the last one.
  const list = new Uint32Array(total + 3)
  let count = 0
  for (let index = 0; index < bits.length; index++) {
    let word = bits[index]
    if (word === 0) continue
    const last = (index << 5) + 31
    const end = count + countWord(word)
    for (let place = count; place < end; place += 4) {
      list[place] = last - Math.clz32(word & -word)
      word &= word - 1
      list[place + 1] = last - Math.clz32(word & -word)
      word &= word - 1
      list[place + 2] = last - Math.clz32(word & -word)
      word &= word - 1
      list[place + 3] = last - Math.clz32(word & -word)
      word &= word - 1
    }
    count = end
  }
  return list.subarray(0, total)
}

/** The first set bit at or after `from`, or -1. */
export function nextBit(bits: Bits, from: number): number {
  let index = from >>> 5
  if (index >= bits.length) return -1
  let word = bits[index] & (-1 << (from & 31))
  while (word === 0) {
    if (++index >= bits.length) return -1
    word = bits[index]
  }
  return (index << 5) + 31 - Math.clz32(word & -word)
}

/** The last set bit at or before `from`, or -1. */
export function previousBit(bits: Bits, from: number): number {
  if (from < 0) return -1
  let index = from >>> 5
  let word = bits[index] & (-1 >>> (31 - (from & 31)))
  while (word === 0) {
    if (--index < 0) return -1
    word = bits[index]
  }
  return (index << 5) + 31 - Math.clz32(word)
}
