/**
 * The matching slots of one segment in the order of a query, as far as they are asked for. Few matches are
 * sorted. Of many, the first key's groups are walked (its postings are in order already) and the matches picked out,
 * each group in turn ordered by the keys that are left; so a page costs what it takes to come across its rows.
 */

import type { Part } from '../query/reader.ts'
import { compareUuids, lowerBoundUuid } from '../segment/uuids.ts'
import { hasBit, nextBit, previousBit } from '../sets/bitset.ts'
import { countSlots, intersect, lowerBoundIn, type Slots, toBits, toList } from '../sets/slots.ts'
import { mergeStreams } from './merge-streams.ts'
import { compareValues, type Key, type KeyValue, LAST_RANK } from './order-keys.ts'

/** The place after which an order begins. */
export interface After {
  /** One per key. */
  readonly values: readonly KeyValue[]
  readonly uuid: Uint8Array
}

export interface Ordering {
  readonly keys: readonly Key[]
  readonly uuidDescending: boolean
}

/** Nanoseconds, about, for each of the log2(n) comparisons of a slot that is sorted. */
const SORT = 12

/** Slots that are handed on together, at most. */
const BATCH = 256

/** In batches. `need`: how many will be asked for, as far as is known; it decides how they are found, not how many come. */
export function* orderedSlots(
  part: Part,
  slots: Slots,
  ordering: Ordering,
  after: After | null,
  need: number,
): Generator<Uint32Array> {
  const { keys, uuidDescending } = ordering
  if (keys.length === 0) {
    yield* byUuid(part, slots, uuidDescending, after, need)
    return
  }
  const count = countSlots(slots)
  if (count === 0) return
  const { size } = part.segment
  if (count * Math.log2(count + 1) * SORT < keys[0].walkCost(need, count)) {
    const streams = keys[0]
      .split(toList(slots))
      .map(list => ({ part, keys, batches: sorted(part, list, ordering, after) }))
    for (const run of mergeStreams(streams, uuidDescending)) yield run.slots
    return
  }
  const bits = toBits(slots, size, part.reader.scratch)
  const rest = { keys: keys.slice(1), uuidDescending }
  const from = after?.values[0]
  const batch = createBatch(need)
  const isLast = rest.keys.length === 0 && !uuidDescending
  for (const group of isLast && keys[0].runs ? keys[0].runs(from) : keys[0].groups(from)) {
    const restAfter = group.isFrom ? after : null
    if (restAfter === null && isLast && group.slots.kind === 'sparse') {
      // Values of a few slots come by the thousand: their matches are gathered.
      const { list } = group.slots
      for (let place = 0; place < list.length; place++) {
        if (hasBit(bits, list[place]) && batch.add(list[place])) yield batch.take()
      }
      continue
    }
    if (batch.size() > 0) yield batch.take()
    const members = intersect(group.slots, { kind: 'dense', bits }, part.reader.scratch)
    if (members.kind === 'sparse' && members.list.length === 0) continue
    const next = restAfter === null ? null : { values: restAfter.values.slice(1), uuid: restAfter.uuid }
    yield* orderedSlots(part, members, rest, next, need)
  }
  if (batch.size() > 0) yield batch.take()
}

function createBatch(need: number) {
  const room = Math.max(1, Math.min(BATCH, need))
  let slots = new Uint32Array(room)
  let size = 0
  return {
    size: () => size,
    /** True when it is full. */
    add(slot: number): boolean {
      slots[size++] = slot
      return size === room
    },
    take(): Uint32Array {
      const taken = slots.subarray(0, size)
      slots = new Uint32Array(room)
      size = 0
      return taken
    },
  }
}

function* byUuid(
  part: Part,
  slots: Slots,
  descending: boolean,
  after: After | null,
  need: number,
): Generator<Uint32Array> {
  const { uuids, size } = part.segment
  const start = after === null ? (descending ? size - 1 : 0) : startAfter(uuids, size, after.uuid, descending)
  if (slots.kind === 'sparse') {
    const { list } = slots
    const found = descending
      ? list.slice(0, lowerBoundIn(list, start + 1)).reverse()
      : list.subarray(lowerBoundIn(list, start))
    for (let place = 0; place < found.length; place += BATCH) yield found.subarray(place, place + BATCH)
    return
  }
  const step = descending ? -1 : 1
  const next = descending ? previousBit : nextBit
  const batch = createBatch(need)
  for (let slot = next(slots.bits, start); slot >= 0; slot = next(slots.bits, slot + step)) {
    if (batch.add(slot)) yield batch.take()
  }
  if (batch.size() > 0) yield batch.take()
}

/** The first slot after `uuid` in the direction; may lie outside of the segment. */
function startAfter(uuids: Uint8Array, size: number, uuid: Uint8Array, descending: boolean): number {
  const place = lowerBoundUuid(uuids, uuid, 0)
  if (descending) return place - 1
  return place < size && compareUuids(uuids, place, uuid, 0) === 0 ? place + 1 : place
}

function* sorted(part: Part, list: Uint32Array, ordering: Ordering, after: After | null): Generator<Uint32Array> {
  const slots = sortByKeys(list, ordering)
  let start = 0
  if (after !== null) {
    let high = slots.length
    while (start < high) {
      const middle = (start + high) >>> 1
      if (compareToAfter(part, slots[middle], ordering, after) <= 0) start = middle + 1
      else high = middle
    }
  }
  for (; start < slots.length; start += BATCH) yield slots.subarray(start, start + BATCH)
}

function compareToAfter(part: Part, slot: number, { keys, uuidDescending }: Ordering, after: After): number {
  for (const [index, key] of keys.entries()) {
    const order = compareValues(key.value(slot), after.values[index], key.descending)
    if (order !== 0) return order
  }
  const order = compareUuids(part.segment.uuids, slot, after.uuid, 0)
  return uuidDescending ? -order : order
}

/** By the first key; only what it leaves tied is ranked by the next, so that a later key costs nothing where it decides nothing. */
function sortByKeys(list: Uint32Array, { keys, uuidDescending }: Ordering): Uint32Array {
  if (keys.length === 0) return uuidDescending ? list.toReversed() : list
  if (list.length < 2) return list
  const ranks = keys[0].ranks(list)
  const rest = { keys: keys.slice(1), uuidDescending }
  const places = sortedPlaces(ranks)
  const sorted = places.map(place => list[place])
  if (rest.keys.length === 0 && !uuidDescending) return sorted
  let start = 0
  for (let end = 1; end <= sorted.length; end++) {
    if (end < sorted.length && ranks[places[end]] === ranks[places[start]]) continue
    if (end - start > 1) sorted.set(sortByKeys(sorted.slice(start, end), rest), start)
    start = end
  }
  return sorted
}

/** The places of `ranks` in their order, equal ones by place. */
function sortedPlaces(ranks: Uint32Array): Uint32Array {
  // Rank and place as one number: the engine's own sort without a comparator is ten times as fast.
  const unit = 2 ** Math.ceil(Math.log2(ranks.length + 1))
  if (LAST_RANK * unit < 2 ** 53) {
    const packed = Float64Array.from(ranks, (rank, place) => rank * unit + place).sort()
    return Uint32Array.from(packed, number => number % unit)
  }
  return Uint32Array.from(ranks, (_, place) => place).sort((a, b) => ranks[a] - ranks[b] || a - b)
}
