import { count } from '../../src/search/embedded/answer/count.ts'
import { extent } from '../../src/search/embedded/answer/extent.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { scan, search } from '../../src/search/embedded/answer/search.ts'
import { emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { rounds } from '../helpers/rounds.ts'
import { bulkLoad } from './bulk-load.ts'
import { contract, type EngineUnderTest } from './contract.ts'

async function openEngine(): Promise<EngineUnderTest> {
  let state: IndexState = emptyState()
  return {
    search: async query => search(state, query),
    count: async (service, where) => count(state, service, where),
    scan: async function* (query) {
      yield* scan(state, query)
    },
    facet: async request => facet(state, request),
    extent: async (service, field, where) => extent(state, service, field, where),
    async load(records) {
      state = bulkLoad(records, 7)
    },
    async apply(changes) {
      state = applyChanges(state, changes)
    },
    async close() {},
  }
}

contract('the embedded index', openEngine, { rounds: rounds(5, 60), queries: 8 })
