/** An engine over a generator's records without a database: for sizes at which filling PostgreSQL takes an hour. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { count } from '../src/search/embedded/count.ts'
import { extent } from '../src/search/embedded/extent.ts'
import { facet } from '../src/search/embedded/facet.ts'
import type { IndexState } from '../src/search/embedded/index-state.ts'
import { scan, search } from '../src/search/embedded/search.ts'
import type { Asked } from './ask.ts'
import type { Sizes } from './generate.ts'

export async function indexOfGenerator(sizes: Sizes): Promise<Asked> {
  const thread = new Worker(new URL('./index-thread.ts', import.meta.url), { workerData: sizes })
  const [state] = (await once(thread, 'message')) as [IndexState]
  await thread.terminate()
  return {
    search: async query => search(state, query),
    count: async (service, where) => count(state, service, where),
    async *scan(query) {
      yield* scan(state, query)
    },
    facet: async request => facet(state, request),
    extent: async (service, field, where) => extent(state, service, field, where),
  }
}
