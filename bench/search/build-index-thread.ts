/** Builds the index of generated records, in the same way as the engine's build processes do from the database, and posts it. */
import { parentPort, workerData } from 'node:worker_threads'
import { SERVICES, type Service } from '../../src/fields.ts'
import { createBulkBuilder } from '../../src/search/embedded/build/build-segments.ts'
import type { Entry, IndexState } from '../../src/search/embedded/index-state.ts'
import { createGenerator, type Sizes } from '../data/generate.ts'

const sizes = workerData as Sizes
const generator = createGenerator(sizes)
const entries: Record<Service, Entry[]> = { company: [], contact: [] }
for (const service of SERVICES) {
  const builder = createBulkBuilder(service, segment => {
    entries[service].push({ segment, dead: null, live: segment.size })
  })
  const count = service === 'company' ? sizes.companies : sizes.contacts
  for (let index = 0; index < count; index++) builder.add(generator.record(service, index))
  builder.finish()
}
parentPort!.postMessage(entries satisfies IndexState)
