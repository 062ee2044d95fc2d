/**
 * Compares the embedded index with the reference where small random data rarely gets to: pages ordered by a field that also has a
 * range, and searches that match frequent and rare words of several hundred records.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random } from '../../bench/data/random.ts'
import { FIELDS, resolveField, type Service } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { requiredRange } from '../../src/search/embedded/answer/required-range.ts'
import { scan, search } from '../../src/search/embedded/answer/search.ts'
import type { IndexState } from '../../src/search/embedded/index-state.ts'
import { planCondition } from '../../src/search/embedded/query/plan.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { Query } from '../../src/vql/query.ts'
import { rounds } from '../helpers/rounds.ts'
import { bulkLoad } from './bulk-load.ts'
import * as reference from './reference.ts'
import { uuidOf } from './vocabulary.ts'

/** More than there are records. */
const MANY = 1000
/** Contacts have other uuids than companies. */
const FIRST_CONTACT = 5000

function recordOf(service: Service, number: number, values: object): IndexedRecord {
  const empty = Object.fromEntries(FIELDS[service].map(field => [field.name, null]))
  return { ...empty, uuid: uuidOf(number), id: number + 1, created_at: 1, updated_at: 1, ...values } as IndexedRecord
}

function someCompany(random: Random, number: number): IndexedRecord {
  return recordOf('company', number, {
    created_at: 1000 * random.int(20),
    name: random.pick(['Acme', 'Beta Co', 'Acme Sales', null]),
    employees_count: random.pick([null, random.int(30), random.int(1000)]),
    annual_revenue: random.pick([null, random.int(5)]),
    country: random.pick([null, 'us', 'de']),
  })
}

function someContact(random: Random, number: number, companies: number): IndexedRecord {
  return recordOf('contact', number, {
    created_at: 1000 * random.int(20),
    title: random.pick(['sales', 'sales head', 'ceo', null]),
    // Some refer to a company that does not exist.
    company_id: random.chance(0.1) ? null : uuidOf(random.int(companies + 5)),
    city: random.pick([null, 'x', 'y']),
  })
}

/** An index of several segments with dead records, and the same records for the reference. */
function someState(random: Random): { state: IndexState; records: reference.Records } {
  const companies = 1 + random.int(60)
  const contacts = 1 + random.int(random.pick([5, 60, 400]))
  const alive = { company: new Map<string, IndexedRecord>(), contact: new Map<string, IndexedRecord>() }
  const draw = (service: Service, number: number) =>
    service === 'company' ? someCompany(random, number) : someContact(random, FIRST_CONTACT + number, companies)
  const put = (service: Service, record: IndexedRecord) => alive[service].set(record.uuid, record)
  for (let number = 0; number < companies; number++) put('company', draw('company', number))
  for (let number = 0; number < contacts; number++) put('contact', draw('contact', number))
  let state = bulkLoad({ company: alive.company.values(), contact: alive.contact.values() }, random.pick([3, 20, 1000]))
  for (let batch = random.int(4); batch > 0; batch--) {
    const changes: Change[] = Array.from({ length: random.int(20) }, () => {
      const service = random.pick(['company', 'contact'] as const)
      const record = draw(service, random.int(service === 'company' ? companies : contacts))
      if (!random.chance(0.4)) return { service, uuid: record.uuid, record }
      return { service, uuid: record.uuid, record: null }
    })
    for (const { service, uuid, record } of changes) {
      if (record === null) alive[service].delete(uuid)
      else put(service, record)
    }
    state = applyChanges(state, changes)
  }
  return { state, records: { company: [...alive.company.values()], contact: [...alive.contact.values()] } }
}

const NUMBERS: Readonly<Record<Service, readonly string[]>> = {
  company: ['employees_count', 'annual_revenue', 'created_at', 'id'],
  contact: ['company_employees_count', 'company_annual_revenue', 'created_at', 'id'],
}

function someBound(random: Random, name: string): number | string {
  if (name === 'created_at') return new Date(1000 * (random.int(22) - 1)).toISOString()
  return random.pick([random.int(30), random.int(6), -1, 1e6])
}

function someRange(random: Random, name: string) {
  const bounds = random.pick([['gte'], ['lte'], ['gte', 'lte'], ['gt', 'lt']])
  const range = Object.fromEntries(bounds.map(bound => [bound, someBound(random, name)]))
  return { range_query: { [random.pick(['must', 'must', 'must', 'must_not'])]: { [name]: range } } }
}

/** A query that is often ordered by the field of one of its ranges. */
function someRangeQuery(random: Random, service: Service): Query {
  const [name, other] = [random.pick(NUMBERS[service]), random.pick(NUMBERS[service])]
  const and: object[] = [someRange(random, name)]
  if (random.chance(0.5)) and.push(someRange(random, random.pick([name, other])))
  if (random.chance(0.2)) and.push({ or: [someRange(random, name), someRange(random, other)] })
  if (random.chance(0.2)) and.push({ not: someRange(random, name) })
  if (random.chance(0.3))
    and.push({ keyword_match: { must: { [service === 'company' ? 'country' : 'company_country']: 'us' } } })
  const orders = [random.pick([name, name, name, other]), ...(random.chance(0.5) ? [other] : [])]
  return parseQuery(service, {
    where: { and },
    order_by: orders.map(order_by => ({ order_by, order_direction: random.pick(['asc', 'desc']) })),
    limit: random.pick([1, 3, 10, 100]),
    page: random.pick([1, 1, 2, 5]),
  })
}

test('pages ordered by a field that has a range, with cursors from anywhere', () => {
  const random = createRandom(11)
  for (let round = 0; round < rounds(12, 120); round++) {
    const { state, records } = someState(random)
    for (let asked = 0; asked < 60; asked++) {
      const query = someRangeQuery(random, random.pick(['company', 'contact']))
      assert.deepEqual(search(state, query), reference.search(records, query))
      const values = query.orderBy.map(({ field }) =>
        field.name === 'created_at' ? 1000 * (random.int(24) - 2) : random.pick([null, random.int(30), -5, 99_999]),
      )
      const foreign = { ...query, page: 1, cursor: { values, uuid: uuidOf(random.int(2 * FIRST_CONTACT)) } }
      assert.deepEqual(search(state, foreign), reference.search(records, foreign))
      const whole = { ...query, page: 1, limit: MANY }
      const uuids = reference.search(records, whole).map(({ uuid }) => uuid)
      assert.deepEqual([...scan(state, whole)].flat(), uuids)
    }
  }
})

test('a page passes no values outside a range that the query requires', () => {
  const companies = Array.from({ length: 4000 }, (_, number) =>
    recordOf('company', number, { employees_count: number, country: number % 2 === 0 ? 'us' : 'de' }),
  )
  const contacts = companies.flatMap(({ uuid }, number) =>
    Array.from({ length: 5 }, (_, place) =>
      recordOf('contact', FIRST_CONTACT + 5 * number + place, { company_id: uuid }),
    ),
  )
  const state = bulkLoad({ company: companies, contact: contacts }, 100_000)
  const costOf = (gte: number, lte: number) => {
    let cost = 0
    const query = parseQuery('contact', {
      where: { range_query: { must: { company_employees_count: { gte, lte } } } },
      order_by: [{ order_by: 'company_employees_count', order_direction: 'desc' }],
    })
    const meter = {
      spend(spent: number) {
        cost += spent
      },
    }
    const hits = search(state, query, meter)
    assert.equal(hits.length, 25)
    return cost
  }
  // The smallest companies are the last ones in this order.
  assert.ok(costOf(0, 100) < 3 * costOf(3899, 3999))
})

test('the search for companies is charged once, however many segments of contacts there are', () => {
  const companies = Array.from({ length: 2000 }, (_, number) =>
    recordOf('company', number, { name: `Maker ${number}` }),
  )
  const contacts = Array.from({ length: 4000 }, (_, number) =>
    recordOf('contact', FIRST_CONTACT + number, { title: 'ceo', company_id: uuidOf(number % 2000) }),
  )
  const query = parseQuery('contact', {
    where: {
      text_matches: {
        must: [
          { filter_key: 'company_name', text_value: 'maker', search_type: 'match' },
          { filter_key: 'company_name', text_value: 'ake', search_type: 'substring' },
        ],
      },
    },
    order_by: [{ order_by: 'title', order_direction: 'asc' }],
    limit: 100,
    page: 40,
  })
  const costIn = (segments: number) => {
    const one = bulkLoad({ company: companies, contact: [] }, 100_000)
    const { contact } = bulkLoad({ company: [], contact: contacts }, Math.ceil(contacts.length / segments))
    assert.equal(contact.length, segments)
    let cost = 0
    const hits = search({ ...one, contact }, query, {
      spend(spent) {
        cost += spent
      },
    })
    assert.equal(hits.length, 100)
    return cost
  }
  assert.ok(costIn(8) < 2 * costIn(1), `${costIn(8)}, ${costIn(1)}`)
})

test('the range that a condition requires', () => {
  const field = resolveField('contact', 'company_employees_count')!
  const range = (bounds: object, group = 'must') => ({ range_query: { [group]: { company_employees_count: bounds } } })
  const required = (where: object) =>
    requiredRange(planCondition('contact', parseQuery('contact', { where }).where), field)
  assert.deepEqual(required(range({ gte: 1, lte: 9 })), { from: 1, to: 9 })
  assert.deepEqual(required(range({ gte: 1 })), { from: 1, to: Number.POSITIVE_INFINITY })
  assert.deepEqual(required({ and: [range({ gte: 1, lte: 9 }), range({ gte: 5 })] }), { from: 5, to: 9 })
  assert.deepEqual(required({ and: [range({ gte: 5 }), { keyword_match: { must: { city: 'x' } } }] })?.from, 5)
  assert.equal(required({ or: [range({ gte: 1 }), { keyword_match: { must: { city: 'x' } } }] }), null)
  assert.equal(required({ not: range({ gte: 1 }) }), null)
  assert.equal(required(range({ gte: 1 }, 'must_not')), null)
  assert.equal(required({ range_query: { must: { created_at: { gte: '2020-01-01' } } } }), null)
})

test('words of several hundred records, of which some are frequent', () => {
  const random = createRandom(12)
  const words = Array.from(
    { length: 120 },
    (_, place) => random.pick(['sa', 'se', 'po', 'pa']) + place.toString(36) + random.pick(['x', 'y', '']),
  )
  const word = () => words[Math.floor((random.int(1000) ** 3 / 1e9) * words.length)]!
  const text = () => Array.from({ length: 1 + random.int(3) }, word).join(' ')
  const condition = () => ({
    filter_key: random.pick(['name', 'keywords']),
    text_value: random.pick([word(), word().slice(0, 1 + random.int(3)), `${word()} ${word().slice(0, 2)}`]),
    search_type: random.pick(['match', 'match_phrase_prefix', 'substring']),
    fuzzy: random.chance(0.4),
  })
  for (let round = 0; round < rounds(8, 80); round++) {
    const company = Array.from({ length: 1 + random.int(random.pick([10, 200, 700])) }, (_, number) =>
      recordOf('company', number, {
        name: random.chance(0.1) ? null : text(),
        keywords: random.chance(0.2) ? null : [...new Set([text(), text()])],
        employees_count: random.int(50),
      }),
    )
    const records: reference.Records = { company, contact: [] }
    const state = bulkLoad({ company, contact: [] }, random.pick([17, 150, 5000]))
    for (let asked = 0; asked < 40; asked++) {
      const text_matches = {
        [random.pick(['must', 'must', 'must_not'])]: [condition(), condition()].slice(random.int(2)),
      }
      const range_query = random.chance(0.4) ? { must: { employees_count: { lte: random.int(50) } } } : {}
      const query = parseQuery('company', { where: { text_matches, range_query }, limit: 100 })
      assert.deepEqual(search(state, query), reference.search(records, query))
      assert.equal(count(state, 'company', query.where), reference.count(records, 'company', query.where))
    }
  }
})
