/** Several ordered streams of slots into one, of one segment or of many: values are compared, not ordinals. */
import { compareValues, type Key, type KeyValue } from './order-keys.ts'
import type { Part } from './reader.ts'
import { compareUuids } from './uuids.ts'

export interface Stream {
  readonly part: Part
  readonly keys: readonly Key[]
  readonly slots: Generator<number>
}

export interface Row {
  readonly part: Part
  readonly keys: readonly Key[]
  readonly slot: number
}

interface Head extends Row {
  readonly stream: Stream
  readonly values: readonly KeyValue[]
}

/** The heads are kept in order; the next row is the first, and its successor is filed from the front, where it mostly belongs. */
export function* mergeStreams(streams: readonly Stream[], uuidDescending: boolean): Generator<Row> {
  if (streams.length === 1) {
    const [{ part, keys, slots }] = streams
    for (const slot of slots) yield { part, keys, slot }
    return
  }
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
