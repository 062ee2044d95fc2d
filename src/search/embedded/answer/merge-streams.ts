/** Merges several ordered streams of slots, of one segment or of many. Compares values, not ordinals. */

import type { Part } from '../query/reader.ts'
import { compareUuids } from '../segment/uuids.ts'
import { compareValues, type Key, type KeyValue } from './order-keys.ts'

export interface Stream {
  readonly part: Part
  readonly keys: readonly Key[]
  /** No batch is empty. */
  readonly batches: Generator<Uint32Array>
}

/** Slots of one stream that are adjacent in the merged order. */
export interface Run {
  readonly part: Part
  readonly keys: readonly Key[]
  readonly slots: Uint32Array
}

interface Head {
  readonly stream: Stream
  readonly slots: Uint32Array
  /** The index of the next slot in `slots`, and its values. */
  readonly place: number
  readonly values: readonly KeyValue[]
}

/**
 * Yields all slots after the first `skip`. The heads are kept sorted. A run consists of the slots of the first head that
 * come before the second head. The rest of the first head is then inserted again, searching from the front, where it usually
 * belongs.
 */
export function* mergeStreams(streams: readonly Stream[], uuidDescending: boolean, skip = 0): Generator<Run> {
  const heads: Head[] = []
  const file = (stream: Stream, slots: Uint32Array, place: number) => {
    const head = headAt(stream, slots, place)
    let rank = 0
    while (rank < heads.length && compareHeads(heads[rank], head, uuidDescending) < 0) rank++
    heads.splice(rank, 0, head)
  }
  const { batches, left } = skipBatches(streams, uuidDescending, skip)
  for (const { stream, slots } of batches) file(stream, slots, 0)
  let skipped = 0
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    const { stream, slots, place } = head
    const [second] = heads
    let end = place + 1
    if (second === undefined) end = slots.length
    else while (end < slots.length && compareHeads(headAt(stream, slots, end), second, uuidDescending) < 0) end++
    const from = Math.min(end, place + left - skipped)
    skipped += from - place
    if (from < end) yield { part: stream.part, keys: stream.keys, slots: slots.subarray(from, end) }
    if (end < slots.length) {
      file(stream, slots, end)
    } else {
      const next = stream.batches.next()
      if (!next.done) file(stream, next.value, 0)
    }
  }
}

interface Batch {
  readonly stream: Stream
  readonly slots: Uint32Array
}

/**
 * Drops whole batches while they are certain to lie within the slots to skip. If the current batches of all streams have n
 * slots together, the batch that ends first lies entirely within the first n slots.
 */
function skipBatches(streams: readonly Stream[], uuidDescending: boolean, skip: number) {
  const batches: Batch[] = []
  const pull = (stream: Stream) => {
    const next = stream.batches.next()
    if (!next.done) batches.push({ stream, slots: next.value })
  }
  const endOf = ({ stream, slots }: Batch) => headAt(stream, slots, slots.length - 1)
  streams.forEach(pull)
  let left = skip
  while (batches.length > 0 && batches.reduce((sum, { slots }) => sum + slots.length, 0) <= left) {
    const first = batches.reduce((a, b) => (compareHeads(endOf(a), endOf(b), uuidDescending) < 0 ? a : b))
    batches.splice(batches.indexOf(first), 1)
    left -= first.slots.length
    pull(first.stream)
  }
  return { batches, left }
}

function headAt(stream: Stream, slots: Uint32Array, place: number): Head {
  return { stream, slots, place, values: stream.keys.map(key => key.value(slots[place])) }
}

function compareHeads(a: Head, b: Head, uuidDescending: boolean): number {
  const { keys, part } = a.stream
  for (let index = 0; index < keys.length; index++) {
    const order = compareValues(a.values[index], b.values[index], keys[index].descending)
    if (order !== 0) return order
  }
  const order = compareUuids(part.segment.uuids, a.slots[a.place], b.stream.part.segment.uuids, b.slots[b.place])
  return uuidDescending ? -order : order
}
