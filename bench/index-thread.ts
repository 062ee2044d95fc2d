/** Builds the index of a generator's records, as the engine's own writer thread does from the database, and posts it. */
import { parentPort, workerData } from 'node:worker_threads'
import { SERVICES, type Service } from '../src/fields.ts'
import { createStateBuilder } from '../src/search/embedded/build-state.ts'
import { createGenerator, type Sizes, uuidOf } from './generate.ts'

const PORTION = 5000

const sizes = workerData as Sizes
const generator = createGenerator(sizes)
const builder = createStateBuilder()
for (const service of SERVICES) {
  const count = service === 'company' ? sizes.companies : sizes.contacts
  const indexes = byUuid(service, count)
  for (let from = 0; from < count; from += PORTION) {
    const records = Array.from(indexes.subarray(from, from + PORTION), index => generator.record(service, index))
    builder.add(records.map(record => ({ service, uuid: record.uuid, record })))
  }
}
parentPort!.postMessage(builder.finish())

/** The database gives its records in the order of uuid, which decides what lies in which segment. */
function byUuid(service: Service, count: number): Uint32Array {
  const room = 2 ** 24
  if (count > room) throw new RangeError(`at most ${room} records of a service`)
  // The first bits of the uuid and the index as one number of 52 bits, which is sorted without a comparator.
  const keys = Float64Array.from(
    { length: count },
    (_, index) => (Number.parseInt(uuidOf(service, index).slice(0, 8), 16) >>> 4) * room + index,
  ).sort()
  return Uint32Array.from(keys, key => key % room)
}
