/**
 * Compares the embedded index with the reference on a few thousand realistic records. That is enough for bitsets, signatures,
 * sorted unions and walks, which the small random data sets do not reach.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { createGenerator } from '../../bench/data/generate.ts'
import { createRandom, type Random } from '../../bench/data/random.ts'
import type { Draw } from '../../bench/queries/draws.ts'
import { queryClasses } from '../../bench/queries/query-classes.ts'
import { resolveField, type Service } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { extent } from '../../src/search/embedded/answer/extent.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { scan, search } from '../../src/search/embedded/answer/search.ts'
import { emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { withPairs } from '../../src/search/embedded/joins/state-pairs.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import { DEFAULT_POLICY, installMerge, planMerge } from '../../src/search/embedded/update/merge-policy.ts'
import { runMerge } from '../../src/search/embedded/update/merge-segments.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import type { Query } from '../../src/vql/query.ts'
import { rounds } from '../helpers/rounds.ts'
import { bulkLoad } from './bulk-load.ts'
import * as reference from './reference.ts'

const SIZES = { contacts: 3000, companies: 400 }
const generator = createGenerator(SIZES)
const PER_CLASS = rounds(1, 3)
const EVERY = 1_000_000

describe('the embedded index on a few thousand records', () => {
  let state: IndexState = emptyState()
  let records: reference.Records = { company: [], contact: [] }

  before(() => {
    const alive = { company: new Map<string, IndexedRecord>(), contact: new Map<string, IndexedRecord>() }
    const change = (service: Service, index: number, from: number, deleted = false): Change => {
      const { uuid } = generator.record(service, index)
      // Takes the values of another record, so that the record must no longer be found by its old ones.
      const record = deleted ? null : { ...generator.record(service, from), uuid }
      if (record === null) alive[service].delete(uuid)
      else alive[service].set(uuid, record)
      return { service, uuid, record }
    }
    for (let index = 0; index < SIZES.companies; index++) change('company', index, index)
    for (let index = 0; index < SIZES.contacts; index++) change('contact', index, index)
    state = bulkLoad({ company: alive.company.values(), contact: alive.contact.values() }, 2000)
    const random = createRandom(7)
    for (let batch = 0; batch < 12; batch++) {
      const changes = Array.from({ length: 1 + random.int(60) }, (): Change => {
        const service = random.chance(0.3) ? 'company' : 'contact'
        const size = service === 'company' ? SIZES.companies : SIZES.contacts
        return change(service, random.int(size), random.int(size), random.chance(0.2))
      })
      state = applyChanges(state, changes)
      const plan = planMerge(state, { ...DEFAULT_POLICY, factor: 3, floor: 40 })
      if (plan !== null && batch % 2 === 0) state = installMerge(state, plan, runMerge(plan))
    }
    records = { company: [...alive.company.values()], contact: [...alive.contact.values()] }
    state = withPairs(state, assert.ifError)
    assert.ok(state.contact.length > 2 && state.contact.some(entry => entry.dead !== null))
    assert.ok(state.company.some(({ dead }, place) => dead !== null && state.sums![place] != null))
  })

  for (const [place, queryClass] of queryClasses(generator).entries()) {
    it(`gives the same answers as the reference: ${queryClass.name}`, () => {
      const random = createRandom(500 + place)
      for (let run = 0; run < PER_CLASS; run++) {
        if (queryClass.kind === 'facet') {
          const { service, key, where, searchText } = queryClass.draw(random)
          const request = { service, field: resolveField(service, key)!, where: parseWhere(service, where) }
          const page = { ...request, contains: fold(searchText), offset: run, limit: 25 }
          assert.deepEqual(facet(state, page), reference.facet(records, page))
        } else if (queryClass.kind === 'extent') {
          const { service, key, query } = queryClass.draw(random)
          const field = resolveField(service, key)!
          const where = parseWhere(service, query.where)
          assert.deepEqual(extent(state, service, field, where), reference.extent(records, service, field, where))
        } else {
          const query = parseDraw(queryClass.draw(random))
          check(query)
          check(narrowed(query, random))
        }
      }
    })
  }

  it('breaks ties by company fields from several segments', () => {
    const orders = ['seniority', 'company_name desc', 'country', 'company_employees_count', 'company_city'].map(key => {
      const [order_by, order_direction] = key.split(' ')
      return { order_by, ...(order_direction && { order_direction }) }
    })
    const [seniority, name, country, employees, city] = orders
    for (const order_by of [
      [seniority, name],
      [country, employees, name],
      [city, name],
    ]) {
      check(parseQuery('contact', { order_by, limit: 100 }))
      check(parseQuery('contact', { order_by, where: { exists: { must: ['mobile_phone'] } }, page: 3 }))
    }
  })

  it('tests a few contacts against the current version of their companies', () => {
    const companies = Array.from({ length: SIZES.companies }, (_, index) => generator.record('company', index))
    for (let index = 0; index < SIZES.contacts; index += rounds(120, 20)) {
      const { email, company_id } = generator.record('contact', index)
      const was = companies.find(company => company.uuid === company_id)
      if (email === null || was === undefined) continue
      const own = { keyword_match: { must: { email } } }
      const theirs = { keyword_match: { must: { company_country: was.country } } }
      const called = { text_matches: { must: [{ filter_key: 'company_name', text_value: was.name }] } }
      check(parseQuery('contact', { where: { and: [own, theirs] } }))
      check(parseQuery('contact', { where: { and: [own, called] } }))
      check(parseQuery('contact', { where: { and: [own, { not: theirs }] } }))
    }
  })

  function check(query: Query): void {
    const all = { ...query, page: 1, limit: EVERY }
    const expected = reference.search(records, all)
    assert.deepEqual(search(state, query), expected.slice((query.page - 1) * query.limit, query.page * query.limit))
    assert.deepEqual(
      [...scan(state, all)].flat(),
      expected.map(hit => hit.uuid),
    )
    const { cursor, ...rest } = all
    const total = cursor === null ? expected.length : reference.count(records, rest.service, rest.where)
    assert.equal(count(state, query.service, query.where), total)
  }

  /** The same query restricted to four records, two of which match. Conditions are then tested record by record. */
  function narrowed(query: Query, random: Random): Query {
    const found = reference.scan(records, query).slice(0, 2)
    const others = [random.pick(records[query.service]).uuid, random.pick(records[query.service]).uuid]
    const few = parseWhere(query.service, { keyword_match: { must: { uuid: [...found, ...others] } } })
    return { ...query, where: { type: 'and', of: [few, query.where] } }
  }

  function parseDraw({ service, query, depth }: Draw): Query {
    if (depth === undefined) return parseQuery(service, query)
    const all = reference.search(records, { ...parseQuery(service, query), limit: EVERY })
    const cursor = all[depth === 'random' ? all.length >> 1 : Math.min(depth, all.length) - 1].cursor
    return parseQuery(service, { ...query, cursor })
  }
})
