/** Compares bulk loads, with segments of any size, with changes applied one batch at a time. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Service } from '../../src/fields.ts'
import { search } from '../../src/search/embedded/answer/search.ts'
import { emptyState } from '../../src/search/embedded/index-state.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { Change } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { rounds } from '../helpers/rounds.ts'
import { someQuery, someRecords } from './arbitraries.ts'
import { bulkLoad } from './bulk-load.ts'
import * as reference from './reference.ts'

const someQueries = fc.constantFrom<Service>('company', 'contact').chain(service =>
  fc.record({
    service: fc.constant(service),
    queries: fc.array(someQuery(service), { minLength: 4, maxLength: 12 }),
  }),
)

it('the embedded index is the same whether it was loaded in bulk or built from changes', () => {
  fc.assert(
    fc.property(
      someRecords(),
      fc.integer({ min: 1, max: 20 }),
      someQueries,
      (records, portion, { service, queries }) => {
        const changes = (['company', 'contact'] as const).flatMap(of =>
          records[of].map((record): Change => ({ service: of, uuid: record.uuid, record })),
        )
        const state = bulkLoad(records, portion)
        assert.equal(state.contact.length, Math.ceil(records.contact.length / portion))
        const applied = applyChanges(emptyState(), changes)
        assert.equal(applied.contact.length, Math.min(1, records.contact.length))
        for (const json of queries) {
          const query = parseQuery(service, json)
          const expected = reference.search(records, query)
          assert.deepEqual(search(state, query), expected)
          assert.deepEqual(search(applied, query), expected)
        }
      },
    ),
    { numRuns: rounds(25, 60), seed: 1 },
  )
})
