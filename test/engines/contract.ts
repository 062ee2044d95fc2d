/**
 * What every search engine has to answer: the cases that are written by hand, and random queries on random records before and after
 * random changes, compared with the reference evaluator.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Field, SERVICES, type Service } from '../../src/fields.ts'
import type { Change, IndexedRecord, SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { Query } from '../../src/vql/query.ts'
import { someExtentField, someFacetField, someQuery, someRecord, someRecords } from './arbitraries.ts'
import { CASES, letterOf, RECORDS } from './cases.ts'
import * as reference from './reference.ts'

/** An engine without a database: the test gives it the records. */
export interface EngineUnderTest extends Pick<SearchEngine, 'search' | 'count' | 'scan' | 'facet' | 'extent'> {
  /** Replaces all records. */
  load(records: reference.Records): Promise<void>
  /** Applies changes. Resolves when searches reflect them. */
  apply(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}

export interface ContractOptions {
  /** The number of random sets of records. */
  readonly rounds: number
  /** The number of queries for each of them, before and after the changes. */
  readonly queries: number
  readonly seed?: number
}

export function contract(name: string, openEngine: () => Promise<EngineUnderTest>, options: ContractOptions): void {
  describe(name, () => {
    let engine: EngineUnderTest

    before(async () => {
      engine = await openEngine()
    })
    after(() => engine?.close())

    describe('with the records of the cases', () => {
      before(() => engine.load(RECORDS))

      for (const { name, service, query: json, found } of CASES) {
        it(name, async () => {
          const query = parseQuery(service, json)
          const hits = await engine.search(query)
          assert.equal(hits.map(({ uuid }) => letterOf(uuid)).join(''), found)
          await assertAgrees(engine, RECORDS, query)
        })
      }

      it('pages by cursor without skipping or repeating a row', async () => {
        for (const order of ['full_name', 'title', 'company_employees_count', 'company_name', 'created_at']) {
          for (const order_direction of ['asc', 'desc']) {
            const json = { order_by: [{ order_by: order, order_direction }], limit: 1 }
            const rows: string[] = []
            for (let cursor: readonly string[] | undefined; ; ) {
              const [hit] = await engine.search(
                parseQuery('contact', cursor === undefined ? json : { ...json, cursor }),
              )
              if (hit === undefined) break
              rows.push(hit.uuid)
              cursor = hit.cursor
            }
            assert.deepEqual(rows, reference.scan(RECORDS, parseQuery('contact', { ...json, limit: 100 })))
          }
        }
      })
    })

    it('agrees with the reference on random records and queries, before and after changes', async () => {
      await fc.assert(
        fc.asyncProperty(
          someRecords(),
          someChanges,
          someQuestions(options.queries),
          async (records, changes, questions) => {
            await engine.load(records)
            for (const question of questions) await assertAnswers(engine, records, question)
            await engine.apply(changes)
            const changed = applied(records, changes)
            for (const question of questions) await assertAnswers(engine, changed, question)
          },
        ),
        { numRuns: options.rounds, endOnFailure: true, ...(options.seed !== undefined && { seed: options.seed }) },
      )
    })
  })
}

const someChange: fc.Arbitrary<Change> = fc
  .constantFrom<Service>('company', 'contact')
  .chain(service =>
    fc
      .tuple(someRecord(service, 40), fc.nat(3))
      .map(([record, dice]) => ({ service, uuid: record.uuid, record: dice === 0 ? null : record })),
  )

/** Of distinct records. */
const someChanges = fc.uniqueArray(someChange, { maxLength: 20, selector: ({ service, uuid }) => service + uuid })

interface Question {
  readonly query: Query
  readonly facet: { readonly field: Field; readonly contains: string; readonly offset: number }
  readonly extent: Field
}

function someQuestions(count: number): fc.Arbitrary<readonly Question[]> {
  const one = fc.constantFrom<Service>('company', 'contact').chain(service =>
    fc.record({
      query: someQuery(service).map(json => parseQuery(service, json)),
      facet: fc.record({
        field: someFacetField(service),
        contains: fc.constantFrom('', '', 'a', 'o', 'data', '北', '*', 'new y'),
        offset: fc.constantFrom(0, 0, 1, 5),
      }),
      extent: someExtentField(service),
    }),
  )
  return fc.array(one, { minLength: count, maxLength: count })
}

function applied(records: reference.Records, changes: readonly Change[]): reference.Records {
  const all = Object.fromEntries(
    SERVICES.map(service => [service, new Map(records[service].map(record => [record.uuid, record]))]),
  ) as Record<Service, Map<string, IndexedRecord>>
  for (const { service, uuid, record } of changes)
    if (record === null) all[service].delete(uuid)
    else all[service].set(uuid, record)
  return { company: [...all.company.values()], contact: [...all.contact.values()] }
}

async function assertAnswers(engine: EngineUnderTest, records: reference.Records, question: Question): Promise<void> {
  const { query, facet, extent } = question
  await assertAgrees(engine, records, query)
  const { service, where } = query
  const request = { service, where, ...facet, limit: 20 }
  assert.deepEqual(await engine.facet(request), reference.facet(records, request))
  assert.deepEqual(await engine.extent(service, extent, where), reference.extent(records, service, extent, where))
}

/** Ids, order and cursors of the page, the count, and all ids. */
async function assertAgrees(engine: EngineUnderTest, records: reference.Records, query: Query): Promise<void> {
  const { service, where } = query
  assert.deepEqual(await engine.search(query), reference.search(records, query))
  assert.equal(await engine.count(service, where), reference.count(records, service, where))
  const all = { ...query, cursor: null, page: 1, limit: Infinity }
  assert.deepEqual((await Array.fromAsync(engine.scan(all))).flat(), reference.scan(records, all))
}
