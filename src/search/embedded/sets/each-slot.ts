/** Iterates over a set of slots in ascending order. */
import { nextBit } from './bitset.ts'
import type { Slots } from './slots.ts'

export function eachSlot(slots: Slots, visit: (slot: number) => void): void {
  if (slots.kind === 'sparse') {
    const { list } = slots
    for (let place = 0; place < list.length; place++) visit(list[place])
    return
  }
  const { bits } = slots
  for (let index = 0; index < bits.length; index++) {
    for (let word = bits[index]; word !== 0; word &= word - 1) visit((index << 5) + 31 - Math.clz32(word & -word))
  }
}

/** The first slot for which `test` returns true, or -1. */
export function firstSlot(slots: Slots, test: (slot: number) => boolean): number {
  if (slots.kind === 'sparse') return slots.list.find(test) ?? -1
  for (let slot = nextBit(slots.bits, 0); slot >= 0; slot = nextBit(slots.bits, slot + 1)) if (test(slot)) return slot
  return -1
}
