/** The loops over whole columns and bitsets, compared with loops over single slots, at the sizes where words and widths change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepByItems, slotsOfItems } from '../../src/search/embedded/query/column-slots.ts'
import type { Column, Ordinals } from '../../src/search/embedded/segment/segment.ts'
import { type Bits, hasBit, listBits, setBit, wordsFor } from '../../src/search/embedded/sets/bitset.ts'
import { createScratch } from '../../src/search/embedded/sets/scratch.ts'
import { eachCommon, toList } from '../../src/search/embedded/sets/slots.ts'

const SIZES = [0, 1, 31, 32, 33, 64, 1000]
const WIDTHS = [Uint8Array, Uint16Array, Uint32Array] as const

/** A set of the numbers 1 to `most`. */
function someBits(most: number): fc.Arbitrary<Bits> {
  return fc.array(fc.integer({ min: 1, max: most })).map(numbers => {
    const bits = new Int32Array(wordsFor(most + 1))
    for (const number of numbers) setBit(bits, number)
    return bits
  })
}

/** A column with one item per slot. Only what the loops read. */
function columnOf(items: Ordinals, values: number): Column {
  return { items, itemOffsets: null, size: items.length, values: { size: values } } as Column
}

for (const Width of WIDTHS) {
  const most = Math.min(2 ** (8 * Width.BYTES_PER_ELEMENT) - 1, 200_000)
  test(`reading a column of ${Width.name} finds the slots whose item is in the set`, () => {
    const item = fc.oneof(fc.constantFrom(0, 1, most), fc.integer({ min: 0, max: most }))
    const example = fc.constantFrom(...SIZES).chain(size =>
      fc.record({
        items: fc.array(item, { minLength: size, maxLength: size }),
        wanted: someBits(most),
        list: fc.subarray(Array.from({ length: size }, (_, slot) => slot)),
      }),
    )
    fc.assert(
      fc.property(example, ({ items, wanted, list }) => {
        const column = columnOf(Width.from(items), most)
        const scratch = createScratch()
        const expected = items.flatMap((one, slot) => (hasBit(wanted, one) ? [slot] : []))
        assert.deepEqual([...toList(slotsOfItems(column, wanted, items.length + 1, scratch))], expected)
        const kept = keepByItems(column, Uint32Array.from(list), wanted)
        assert.deepEqual(
          [...kept],
          expected.filter(slot => list.includes(slot)),
        )
        scratch.release()
      }),
      { numRuns: 60 },
    )
  })
}

test('the list of a bitset has its numbers, however dense it is', () => {
  const density = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom(...SIZES), density, fc.integer(), (size, share, seed) => {
      const bits = new Int32Array(wordsFor(size))
      const expected: number[] = []
      for (let slot = 0; slot < size; slot++) {
        if ((Math.imul(slot + 1, seed | 1) >>> 0) / 2 ** 32 >= share) continue
        setBit(bits, slot)
        expected.push(slot)
      }
      assert.deepEqual([...listBits(bits)], expected)
    }),
  )
})

test('the common elements of two sorted lists are found in both directions, however long each is', () => {
  const sorted = fc
    .tuple(fc.integer({ min: 1, max: 2000 }), fc.uniqueArray(fc.nat(3000), { maxLength: 300 }))
    .map(([most, numbers]) => Uint32Array.from(numbers.filter(number => number < most)).sort())
  fc.assert(
    fc.property(sorted, sorted, (list, other) => {
      const found: number[] = []
      eachCommon(list, other, (_, index) => found.push(index))
      assert.deepEqual(
        found,
        [...other.keys()].filter(index => list.includes(other[index]!)),
      )
    }),
  )
})
