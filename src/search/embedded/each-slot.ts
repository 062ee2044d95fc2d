/** Visits every slot of a set, ascending. */
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
