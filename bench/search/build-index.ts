/** Builds an index of generated records without a database, for sizes at which filling PostgreSQL takes an hour. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SERVICES } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { extent } from '../../src/search/embedded/answer/extent.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { scan, search } from '../../src/search/embedded/answer/search.ts'
import type { IndexState } from '../../src/search/embedded/index-state.ts'
import type { Sizes } from '../data/generate.ts'
import type { MeasuredEngine } from '../queries/ask.ts'

export interface BuiltIndex {
  readonly state: IndexState
  readonly engine: MeasuredEngine
  /** Size of all segments. */
  readonly megabytes: number
  readonly segments: number
  /** Time to generate the records and build the index. */
  readonly seconds: number
}

export async function buildIndex(sizes: Sizes): Promise<BuiltIndex> {
  const started = performance.now()
  const thread = new Worker(new URL('./build-index-thread.ts', import.meta.url), { workerData: sizes })
  const [state] = (await once(thread, 'message')) as [IndexState]
  await thread.terminate()
  const segments = SERVICES.flatMap(service => state[service].map(({ segment }) => segment))
  return {
    state,
    engine: {
      search: async query => search(state, query),
      count: async (service, where) => count(state, service, where),
      async *scan(query) {
        yield* scan(state, query)
      },
      facet: async request => facet(state, request),
      extent: async (service, field, where) => extent(state, service, field, where),
    },
    megabytes: segments.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) / 1e6,
    segments: segments.length,
    seconds: (performance.now() - started) / 1000,
  }
}
