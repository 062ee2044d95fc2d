/** The embedded index against the reference, on random records and queries after random histories. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { resolveField, type Service } from '../../src/fields.ts'
import { applyChanges } from '../../src/search/embedded/apply-changes.ts'
import { count } from '../../src/search/embedded/count.ts'
import { extent } from '../../src/search/embedded/extent.ts'
import { facet } from '../../src/search/embedded/facet.ts'
import { emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { scan, search } from '../../src/search/embedded/search.ts'
import type { Change } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { someExtentField, someFacetField, someQuery, someRecords, someWhere } from './arbitraries.ts'
import { bulkLoad } from './bulk-load.ts'
import { uuidOf } from './cases.ts'
import { replay, someHistory } from './embedded-history.ts'
import * as reference from './reference.ts'

const someService = fc.constantFrom<Service>('company', 'contact')

/** Queries of one service; several to a history, which costs more than they do. */
const someQueries = someService.chain(service =>
  fc.record({ service: fc.constant(service), queries: fc.array(someQuery(service), { minLength: 4, maxLength: 12 }) }),
)

function liveCount(state: IndexState, service: Service): number {
  return state[service].reduce((sum, entry) => sum + entry.live, 0)
}

function check(history: Parameters<typeof replay>[0], test: (built: ReturnType<typeof replay>) => void): void {
  const built = replay(history)
  assert.equal(liveCount(built.state, 'contact'), built.records.contact.length)
  assert.equal(liveCount(built.state, 'company'), built.records.company.length)
  test(built)
}

describe('the embedded index after any history', () => {
  it('gives the rows and cursors of every page as the reference does', () => {
    fc.assert(
      fc.property(someHistory(), someQueries, (history, { service, queries }) => {
        check(history, ({ state, records }) => {
          for (const json of queries) {
            const query = parseQuery(service, json)
            assert.deepEqual(search(state, query), reference.search(records, query))
          }
        })
      }),
      { numRuns: 250 },
    )
  })

  it('counts and scans as the reference does', () => {
    fc.assert(
      fc.property(
        someHistory(),
        someQueries,
        fc.integer({ min: 1, max: 7 }),
        (history, { service, queries }, portion) => {
          check(history, ({ state, records }) => {
            for (const json of queries) {
              const { where, ...rest } = parseQuery(service, json)
              assert.equal(count(state, service, where), reference.count(records, service, where))
              const all = { where, ...rest, page: 1, limit: rest.limit === 100 ? Number.POSITIVE_INFINITY : rest.limit }
              assert.deepEqual([...scan(state, all, portion)].flat(), reference.scan(records, all))
            }
          })
        },
      ),
      { numRuns: 150 },
    )
  })

  it('visits every record exactly once along cursors, in the reference’s order', () => {
    fc.assert(
      fc.property(
        someHistory(),
        someQueries,
        fc.integer({ min: 1, max: 5 }),
        (history, { service, queries }, limit) => {
          check(history, ({ state, records }) => {
            for (const json of queries.slice(0, 3)) {
              const base = { ...(json as object), page: 1, limit }
              const visited: string[] = []
              let cursor: readonly string[] | undefined
              do {
                const hits = search(state, parseQuery(service, { ...base, ...(cursor && { cursor }) }))
                visited.push(...hits.map(hit => hit.uuid))
                cursor = hits.at(-1)?.cursor
              } while (cursor !== undefined)
              const all = { ...parseQuery(service, base), limit: Number.POSITIVE_INFINITY }
              assert.deepEqual(visited, reference.scan(records, all))
            }
          })
        },
      ),
      { numRuns: 80 },
    )
  })

  it('goes on right after the place of a cursor whose record or value is gone', () => {
    const places = fc.record({
      letter: fc.constantFrom('0', '4', 'a', 'f'),
      text: fc.constantFrom('', 'a', 'new york', 'zz', '\ue000'),
      number: fc.constantFrom('', '0', '7', '1000', '99999999'),
    })
    fc.assert(
      fc.property(someHistory(), someQueries, places, (history, { service, queries }, { letter, text, number }) => {
        check(history, ({ state, records }) => {
          for (const json of queries) {
            const orders = (json as { order_by?: readonly { order_by: string }[] }).order_by ?? []
            const values = orders.map(order => {
              const field = resolveField(service, order.order_by)!
              if (field.kind === 'uuid') return field.name === 'uuid' ? uuidOf(letter) : uuidOf('5')
              if (field.kind === 'date') return number === '' ? '' : new Date(Number(number)).toISOString()
              return field.kind === 'integer' ? number : text
            })
            const query = parseQuery(service, { ...(json as object), page: 1, cursor: [...values, uuidOf(letter)] })
            assert.deepEqual(search(state, query), reference.search(records, query))
          }
        })
      }),
      { numRuns: 80 },
    )
  })

  it('gives facets and extents as the reference does', () => {
    const requests = someService.chain(service =>
      fc.record({
        service: fc.constant(service),
        field: someFacetField(service),
        number: someExtentField(service),
        where: someWhere(service),
        contains: fc.constantFrom('', '', 'a', 'en', 'new', 'ü', '京'),
        offset: fc.nat(3),
        limit: fc.integer({ min: 1, max: 30 }),
      }),
    )
    fc.assert(
      fc.property(someHistory(), fc.array(requests, { minLength: 5, maxLength: 10 }), (history, list) => {
        check(history, ({ state, records }) => {
          for (const { service, field, number, ...rest } of list) {
            const { where } = parseQuery(service, { where: rest.where })
            const request = { ...rest, service, field, where }
            assert.deepEqual(facet(state, request), reference.facet(records, request))
            assert.deepEqual(extent(state, service, number, where), reference.extent(records, service, number, where))
          }
        })
      }),
      { numRuns: 150 },
    )
  })
})

describe('a state', () => {
  it('does not change when changes are applied to it', () => {
    fc.assert(
      fc.property(someHistory(), someHistory(), someQueries, (history, later, { service, queries }) => {
        const { state, records } = replay(history)
        const before = structuredClone(state)
        let next: IndexState = state
        for (const step of later) if (step.type === 'change') next = applyChanges(next, step.changes)
        assert.deepEqual(state, before)
        for (const json of queries) {
          const query = parseQuery(service, json)
          assert.deepEqual(search(state, query), reference.search(records, query))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is the same whether it was loaded in bulk or change by change', () => {
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
      { numRuns: 60 },
    )
  })
})
