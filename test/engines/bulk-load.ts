import type { Service } from '../../src/fields.ts'
import { createBulkBuilder } from '../../src/search/embedded/build/build-segments.ts'
import type { Entry, IndexState } from '../../src/search/embedded/index-state.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'

/** Builds an index of the records by bulk load, with segments of limited size. */
export function bulkLoad(records: Readonly<Record<Service, Iterable<IndexedRecord>>>, mostRecords: number): IndexState {
  const load = (service: Service): Entry[] => {
    const entries: Entry[] = []
    const builder = createBulkBuilder(
      service,
      segment => entries.push({ segment, dead: null, live: segment.size }),
      mostRecords,
    )
    for (const record of records[service]) builder.add(record)
    builder.finish()
    return entries
  }
  return { company: load('company'), contact: load('contact') }
}
