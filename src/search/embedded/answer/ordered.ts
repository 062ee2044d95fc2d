/**
 * Yields the matching slots of one segment in the order of a query, as far as they are read. Few matches are sorted. With
 * many, the groups of the first key are walked (its postings are already in order), the matches are picked out, and each
 * group is ordered by the remaining keys. A page then costs no more than the walk to its last row.
 */

import type { Part } from '../query/reader.ts'
import { compareUuids, lowerBoundUuid } from '../segment/uuids.ts'
import { hasBit, nextBit, previousBit } from '../sets/bitset.ts'
import { countSlots, intersect, lowerBoundIn, type Slots, toBits, toList } from '../sets/slots.ts'
import { mergeStreams } from './merge-streams.ts'
import { compareValues, type Key, type KeyValue, LAST_RANK } from './order-keys.ts'

/** The row after which the result starts. */
export interface After {
  /** One per key. */
  readonly values: readonly KeyValue[]
  readonly uuid: Uint8Array
}

export interface Ordering {
  readonly keys: readonly Key[]
  readonly uuidDescending: boolean
}

/** The approximate cost, in nanoseconds, of each of the log2(n) comparisons per slot when sorting. */
const SORT = 12

/** The largest number of slots in a batch. */
const BATCH = 256

/**
 * Returns the slots in batches. `need` is the expected number of slots that will be read. It only decides how they are
 * found; the generator yields all of them.
 */
export function orderedSlots(
  part: Part,
  slots: Slots,
  ordering: Ordering,
  after: After | null,
  need: number,
): Generator<Uint32Array> {
  const { keys, uuidDescending } = ordering
  if (keys.length === 0) return byUuid(part, slots, uuidDescending, after, need)
  const count = countSlots(slots)
  if (count === 0) return nothing()
  const sortCost = count * Math.log2(count + 1) * SORT
  const walkCost = keys[0].walkCost(need, count)
  part.reader.meter.spend(Math.min(sortCost, walkCost))
  return sortCost < walkCost ? bySorting(part, slots, ordering, after) : byWalking(part, slots, ordering, after, need)
}

function* nothing(): Generator<never> {}

/**
 * Sorts the slots. The key splits them into lists whose ranks are comparable (a field of the company has one list per segment of
 * companies); each list is sorted, then they are merged.
 */
function* bySorting(part: Part, slots: Slots, ordering: Ordering, after: After | null): Generator<Uint32Array> {
  const { keys, uuidDescending } = ordering
  const streams = keys[0]
    .split(toList(slots))
    .map(list => ({ part, keys, batches: sorted(part, list, ordering, after) }))
  for (const run of mergeStreams(streams, uuidDescending)) yield run.slots
}

/** Walks the groups of the first key and picks out the matches. */
function* byWalking(
  part: Part,
  slots: Slots,
  { keys, uuidDescending }: Ordering,
  after: After | null,
  need: number,
): Generator<Uint32Array> {
  const bits = toBits(slots, part.segment.size, part.reader.scratch)
  const rest = { keys: keys.slice(1), uuidDescending }
  const from = after?.values[0]
  const batch = createBatch(need)
  const isLast = rest.keys.length === 0 && !uuidDescending
  for (const group of isLast && keys[0].runs ? keys[0].runs(from) : keys[0].groups(from)) {
    const restAfter = group.isFrom ? after : null
    if (restAfter === null && isLast && group.slots.kind === 'sparse') {
      // There may be thousands of values with a few slots each, so their matches are collected into batches.
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
    /** Returns true when the batch is full. */
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

/** The first slot after `uuid` in the given direction. It may be outside the segment. */
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

/** Sorts by the first key. Only ties are ranked by the next key, so that a key costs nothing where it is not needed. */
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

/** The indexes of `ranks` in ascending order of rank, ties by index. */
function sortedPlaces(ranks: Uint32Array): Uint32Array {
  // Rank and index are packed into one number: V8's numeric sort without a comparator is ten times as fast.
  const unit = 2 ** Math.ceil(Math.log2(ranks.length + 1))
  if (LAST_RANK * unit < 2 ** 53) {
    const packed = Float64Array.from(ranks, (rank, place) => rank * unit + place).sort()
    return Uint32Array.from(packed, number => number % unit)
  }
  return Uint32Array.from(ranks, (_, place) => place).sort((a, b) => ranks[a] - ranks[b] || a - b)
}
