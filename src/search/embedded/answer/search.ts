/** Pages and scans: the ordered slots of every segment, merged. */
import { formatCursor } from '../../../vql/cursor.ts'
import type { Cursor, Order, Query } from '../../../vql/query.ts'
import type { Hit } from '../../engine.ts'
import type { IndexState } from '../index-state.ts'
import { type Meter, UNLIMITED } from '../query/meter.ts'
import { planCondition } from '../query/plan.ts'
import { isJoined, openReader, type Part, type Reader, withReader } from '../query/reader.ts'
import { uuidAt, uuidBytes } from '../segment/uuids.ts'
import { companyKey } from './company-key.ts'
import { matchForPage } from './match-page.ts'
import { mergeStreams, type Run } from './merge-streams.ts'
import { type Key, ownKey } from './order-keys.ts'
import { type After, orderedSlots } from './ordered.ts'
import { type Range, requiredRange } from './required-range.ts'

/** The cost of testing whether a slot matches, in nanoseconds. */
const TEST = 20

/** The rows of the query's page, after its cursor. */
export function search(state: IndexState, query: Query, meter = UNLIMITED): readonly Hit[] {
  return withReader(state, meter, reader => {
    const hits: Hit[] = []
    for (const { part, keys, slots } of runs(reader, query, (query.page - 1) * query.limit)) {
      for (let place = 0; place < slots.length && hits.length < query.limit; place++) {
        hits.push(toHit(part, keys, slots[place], query.orderBy))
      }
      if (hits.length >= query.limit) break
    }
    return hits
  })
}

/**
 * All uuids of the query in order, up to its limit, in portions. Between two portions other queries may run and newer states
 * may be published; the scan continues on the state that it started with.
 */
export function* scan(
  state: IndexState,
  query: Query,
  portion = 1000,
  meter = UNLIMITED,
): Generator<readonly string[]> {
  const reader = openReader(state, meter)
  try {
    let uuids: string[] = []
    let left = query.limit
    for (const { part, slots } of left > 0 ? runs(reader, query, 0) : []) {
      for (let place = 0; place < slots.length && left > 0; place++, left--) {
        uuids.push(uuidAt(part.segment.uuids, slots[place]))
        if (uuids.length === portion) {
          yield uuids
          uuids = []
        }
      }
      if (left <= 0) break
    }
    if (uuids.length > 0) yield uuids
  } finally {
    reader.scratch.release()
  }
}

/** The rows after the first `skip`, in order. */
function* runs(reader: Reader, query: Query, skip: number): Generator<Run> {
  const need = skip + query.limit
  const node = planCondition(query.service, query.where)
  // The slots may include some that do not match; `test` leaves them out. `share` is the share of those that match.
  const candidates = matchForPage(reader, query.service, node, need)
  // Keys after the uuid have no effect, because it is unique.
  const byUuid = query.orderBy.findIndex(order => order.field.name === 'uuid')
  const orders = byUuid < 0 ? query.orderBy : query.orderBy.slice(0, byUuid)
  const uuidDescending = byUuid >= 0 && query.orderBy[byUuid].descending
  const after = query.cursor === null ? null : toAfter(query.cursor, orders.length)
  const ranges = orders.map(({ field }) => requiredRange(node, field))
  const streams = candidates.map(({ part, slots, test, share }) => {
    const keys = orders.map((order, index) => orderKey(part, order, ranges[index]))
    const batches = orderedSlots(part, slots, { keys, uuidDescending }, after, Math.ceil(need / share))
    return { part, keys, batches: test === null ? batches : filterBatches(batches, test, reader.meter) }
  })
  yield* mergeStreams(streams, uuidDescending, skip)
}

function* filterBatches(
  batches: Generator<Uint32Array>,
  test: (slot: number) => boolean,
  meter: Meter,
): Generator<Uint32Array> {
  for (const batch of batches) {
    meter.spend(batch.length * TEST)
    const kept = batch.filter(test)
    if (kept.length > 0) yield kept
  }
}

function orderKey(part: Part, order: Order, range: Range | null): Key {
  return (isJoined(part.segment.service, order.field) ? companyKey : ownKey)(part, order, range)
}

function toAfter(cursor: Cursor, keys: number): After {
  return { values: cursor.values.slice(0, keys), uuid: uuidBytes(cursor.uuid) }
}

function toHit(part: Part, keys: readonly Key[], slot: number, orders: readonly Order[]): Hit {
  const uuid = uuidAt(part.segment.uuids, slot)
  const values = orders.map((order, index) =>
    order.field.name === 'uuid' ? uuid : (keys[index] ?? orderKey(part, order, null)).value(slot),
  )
  return { uuid, cursor: formatCursor(orders, values, uuid) }
}
