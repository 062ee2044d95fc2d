import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { FIELDS, type Service } from '../../src/fields.ts'
import type { RecordWrite, Values } from '../../src/records/record.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { IndexedRecord, SearchEngine } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { someExtentField, someFacetField, someQuery, someRecord } from '../engines/arbitraries.ts'
import * as reference from '../engines/reference.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { rounds } from '../helpers/rounds.ts'
import { readAll } from './read-all.ts'
import { snapshotDirectory } from './snapshot/snapshots.ts'

const silent = { info() {}, warn() {}, error() {} }
const CONTACTS = 60
const COMPANIES = 20

type Step =
  | { readonly type: 'upsert'; readonly companies: readonly RecordWrite[]; readonly contacts: readonly RecordWrite[] }
  | { readonly type: 'delete'; readonly service: Service; readonly uuids: readonly string[] }
  /** The engine starts from the snapshot, or without one. */
  | { readonly type: 'restart'; readonly snapshot: boolean }

/** A write of some fields of a record. Missing values are cleared or left unchanged. */
function someWrite(service: Service, distinct: number): fc.Arbitrary<RecordWrite> {
  const names = FIELDS[service].filter(field => field.settable).map(field => field.name)
  return fc.tuple(someRecord(service, distinct), fc.subarray(names)).map(([record, sent]) => ({
    uuid: record.uuid,
    values: Object.fromEntries(sent.map(name => [name, record[name] ?? null])) as Values,
  }))
}

const someUuids = (service: Service, distinct: number) =>
  fc.array(
    someRecord(service, distinct).map((record: IndexedRecord) => record.uuid),
    { minLength: 1, maxLength: 8 },
  )

const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('upsert' as const),
      companies: fc.array(someWrite('company', COMPANIES), { maxLength: 4 }),
      contacts: fc.array(someWrite('contact', CONTACTS), { maxLength: 12 }),
    }),
  },
  ...(['company', 'contact'] as const).map(service => ({
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('delete' as const),
      service: fc.constant(service),
      uuids: someUuids(service, service === 'company' ? COMPANIES : CONTACTS),
    }),
  })),
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const), snapshot: fc.boolean() }) },
)

test('after any history of writes, deletions and restarts, the answers of the index match the database', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  const open = (snapshot: boolean): SearchEngine =>
    openEmbeddedEngine({ databaseUrl: url, directory: snapshot ? directory : null, log: silent })
  let engine = open(true)
  after(() => engine.close())
  await engine.ready()
  let seq = 0
  async function take(step: Step): Promise<void> {
    if (step.type === 'upsert') seq = (await upsert(pool, step)).seq
    else if (step.type === 'delete') seq = (await softDelete(pool, step.service, step.uuids)).seq
    else {
      await engine.close()
      engine = open(step.snapshot)
    }
  }
  const queries = (['company', 'contact'] as const).flatMap(service =>
    Array.from({ length: 6 }, () => someQuery(service).map(json => parseQuery(service, json))),
  )
  const fields = fc.tuple(someFacetField('contact'), someExtentField('contact'))
  const steps = fc.array(someStep, { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(steps, fc.tuple(...queries), fields, async (history, asked, [facetField, extentField]) => {
      for (const step of history) await take(step)
      assert.equal(await engine.waitFor(seq, 20_000), true)
      const records = await readAll(pool)
      for (const query of asked) {
        assert.deepEqual(await engine.search(query), reference.search(records, query))
        assert.equal(
          await engine.count(query.service, query.where),
          reference.count(records, query.service, query.where),
        )
        if (query.service !== 'contact') continue
        const request = {
          service: query.service,
          field: facetField,
          where: query.where,
          contains: '',
          offset: 0,
          limit: 20,
        }
        assert.deepEqual(await engine.facet(request), reference.facet(records, request))
        assert.deepEqual(
          await engine.extent(query.service, extentField, query.where),
          reference.extent(records, query.service, extentField, query.where),
        )
      }
    }),
    { numRuns: rounds(5, 60), endOnFailure: true },
  )
})
