/** Pages and scans: every segment's slots in order, merged. */
import type { Cursor, Order, Query } from '../../vql/query.ts'
import type { Hit } from '../engine.ts'
import type { IndexState } from './index-state.ts'
import { compareValues, type Key, type KeyValue, orderKey } from './order-keys.ts'
import { type After, orderedSlots } from './ordered.ts'
import { type Matched, matchAll, openReader, type Part, type Reader, withReader } from './reader.ts'
import { compareUuids, uuidAt, uuidBytes } from './uuids.ts'

/** The rows of the query's page, after its cursor. */
export function search(state: IndexState, query: Query): readonly Hit[] {
  return withReader(state, reader => {
    const skip = (query.page - 1) * query.limit
    const hits: Hit[] = []
    let place = 0
    for (const row of rows(reader, query, skip + query.limit)) {
      if (place++ < skip) continue
      hits.push(toHit(row, query.orderBy))
      if (hits.length >= query.limit) break
    }
    return hits
  })
}

/**
 * All uuids of the query in order, up to its limit, in portions. Other queries may run between two portions, and other
 * states replace this one: what is left of the scan keeps to the moment it began in.
 */
export function* scan(state: IndexState, query: Query, portion = 1000): Generator<readonly string[]> {
  const reader = openReader(state)
  try {
    let uuids: string[] = []
    let left = query.limit
    for (const { part, slot } of left > 0 ? rows(reader, query, query.limit) : []) {
      uuids.push(uuidAt(part.segment.uuids, slot))
      if (uuids.length === portion) {
        yield uuids
        uuids = []
      }
      if (--left <= 0) break
    }
    if (uuids.length > 0) yield uuids
  } finally {
    reader.scratch.release()
  }
}

interface Row {
  readonly part: Part
  readonly slot: number
  readonly keys: readonly Key[]
}

function* rows(reader: Reader, query: Query, need: number): Generator<Row> {
  const matched = matchAll(reader, query.service, query.where)
  // Nothing comes after the uuid: it is unique.
  const byUuid = query.orderBy.findIndex(order => order.field.name === 'uuid')
  const orders = byUuid < 0 ? query.orderBy : query.orderBy.slice(0, byUuid)
  const uuidDescending = byUuid >= 0 && query.orderBy[byUuid].descending
  const after = query.cursor === null ? null : toAfter(query.cursor, orders.length)
  const streams = matched.map(({ part, slots }: Matched) => {
    const keys = orders.map(order => orderKey(part, order))
    return { part, keys, slots: orderedSlots(part, slots, { keys, uuidDescending }, after, need) }
  })
  if (streams.length === 1) {
    const [{ part, keys, slots }] = streams
    for (const slot of slots) yield { part, slot, keys }
    return
  }
  yield* mergeStreams(streams, uuidDescending)
}

function toAfter(cursor: Cursor, keys: number): After {
  return { values: cursor.values.slice(0, keys), uuid: uuidBytes(cursor.uuid) }
}

interface Stream {
  readonly part: Part
  readonly keys: readonly Key[]
  readonly slots: Generator<number>
}

interface Head extends Row {
  readonly stream: Stream
  readonly values: readonly KeyValue[]
}

/** The heads are kept in order; the next row is the first, and its successor is filed from the front, where it mostly belongs. */
function* mergeStreams(streams: readonly Stream[], uuidDescending: boolean): Generator<Row> {
  const heads: Head[] = []
  const file = (stream: Stream) => {
    const next = stream.slots.next()
    if (next.done) return
    const { part, keys } = stream
    const head = { stream, part, keys, slot: next.value, values: keys.map(key => key.value(next.value)) }
    let place = 0
    while (place < heads.length && compareHeads(heads[place], head, uuidDescending) < 0) place++
    heads.splice(place, 0, head)
  }
  streams.forEach(file)
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    yield head
    file(head.stream)
  }
}

function compareHeads(a: Head, b: Head, uuidDescending: boolean): number {
  for (let index = 0; index < a.keys.length; index++) {
    const order = compareValues(a.values[index], b.values[index], a.keys[index].descending)
    if (order !== 0) return order
  }
  const order = compareUuids(a.part.segment.uuids, a.slot, b.part.segment.uuids, b.slot)
  return uuidDescending ? -order : order
}

function toHit({ part, slot, keys }: Row, orders: readonly Order[]): Hit {
  const uuid = uuidAt(part.segment.uuids, slot)
  const values = orders.map((order, index) => {
    if (order.field.name === 'uuid') return uuid
    const value = (keys[index] ?? orderKey(part, order)).value(slot)
    if (value === null) return ''
    return order.field.kind === 'date' ? new Date(value).toISOString() : String(value)
  })
  return { uuid, cursor: [...values, uuid] }
}
