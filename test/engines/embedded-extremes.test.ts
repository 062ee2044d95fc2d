/** Queries that take the code paths for large inputs: hundreds of numbers, ties, values far from the start of a walk. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { resolveField } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { extent } from '../../src/search/embedded/answer/extent.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { search } from '../../src/search/embedded/answer/search.ts'
import { emptyState, type IndexState } from '../../src/search/embedded/index-state.ts'
import { uuidAt, uuidBytes, uuidTest } from '../../src/search/embedded/segment/uuids.ts'
import { firstCommon, sparse } from '../../src/search/embedded/sets/slots.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { Change, IndexedRecord } from '../../src/search/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import * as reference from './reference.ts'

const COMPANIES = 300
const CONTACTS = 6000

function uuidOf(service: 'company' | 'contact', index: number): string {
  const digits = ((index * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')
  return `${digits}-${service === 'company' ? 'c0c0' : 'abab'}-4000-8000-${index.toString(16).padStart(12, '0')}`
}

const companies = Array.from({ length: COMPANIES }, (_, index): IndexedRecord => {
  const uuid = uuidOf('company', index)
  return { uuid, id: index + 1, name: `name ${index % 7}`, city: `city ${index % 3}`, linkedin_url: `in/${index}` }
})
const contacts = Array.from({ length: CONTACTS }, (_, index): IndexedRecord => {
  const uuid = uuidOf('contact', index)
  const company_id = uuidOf('company', (index * 7) % COMPANIES)
  return { uuid, id: index + 1, company_id, email: `e${index % 4000}@x.org`, stage: 'same', city: `c${index % 11}` }
})

describe('the index', () => {
  const records: reference.Records = { company: companies, contact: contacts }
  let state: IndexState

  before(() => {
    // Segments of several sizes for both services, with unique and shared values.
    const changes: Change[] = [
      ...companies.map(record => ({ service: 'company', uuid: record.uuid, record }) as const),
      ...contacts.map(record => ({ service: 'contact', uuid: record.uuid, record }) as const),
    ]
    state = emptyState()
    const cuts = [0, 200, 280, 300, 4000, 5900, changes.length]
    for (const [index, from] of cuts.slice(0, -1).entries())
      state = applyChanges(state, changes.slice(from, cuts[index + 1]))
  })

  it('finds hundreds of non-adjacent numbers', () => {
    const id = Array.from({ length: 400 }, (_, index) => 13 * index + 1)
    for (const where of [
      { keyword_match: { must: { id } } },
      { keyword_match: { must: { id, city: ['c3'] } } },
      { keyword_match: { must_not: { id } } },
    ]) {
      const query = parseQuery('contact', { where })
      assert.equal(count(state, 'contact', query.where), reference.count(records, 'contact', query.where))
      assert.deepEqual(search(state, query), reference.search(records, query))
    }
  })

  it('orders ties by the next keys, in either direction', () => {
    for (const order of [
      ['company_city', 'company_name', 'company_linkedin_url'],
      ['company_linkedin_url', 'company_name', 'city'],
      ['company_name', 'uuid'],
      ['stage', 'company_city'],
      ['city', 'email'],
    ]) {
      for (const page of [1, 30]) {
        const order_by = order.map((name, index) => ({
          order_by: name,
          order_direction: index % 2 === 0 ? 'desc' : 'asc',
        }))
        for (const where of [{}, { keyword_match: { must: { city: ['c1', 'c2', 'c3'] } } }]) {
          const query = parseQuery('contact', { where, order_by, page, limit: 40 })
          assert.deepEqual(search(state, query), reference.search(records, query), JSON.stringify([order, page]))
        }
      }
    }
  })

  it('orders and counts by companies of several segments, some of them replaced or deleted', () => {
    const replaced = companies.slice(0, 60).map((record, index) => ({ ...record, city: `city ${index % 4}` }))
    const deleted = companies.slice(190, 210)
    const changes: Change[] = [
      ...replaced.map(record => ({ service: 'company', uuid: record.uuid, record }) as const),
      ...deleted.map(({ uuid }) => ({ service: 'company', uuid, record: null }) as const),
      ...contacts.slice(0, 50).map(({ uuid }) => ({ service: 'contact', uuid, record: null }) as const),
    ]
    const changed = applyChanges(state, changes)
    const alive = {
      company: [...replaced, ...companies.slice(60).filter(company => !deleted.includes(company))],
      contact: contacts.slice(50),
    }
    const orders = [['company_city', 'company_name'], ['company_name'], ['company_linkedin_url', 'email']]
    const wheres = [
      {},
      { keyword_match: { must: { company_city: ['city 1', 'city 3'] } } },
      { keyword_match: { must: { city: ['c4'] }, must_not: { company_city: ['city 1'] } } },
      { keyword_match: { must: { email: ['e77@x.org', 'e170@x.org'], company_city: ['city 0', 'city 3'] } } },
    ]
    for (const where of wheres) {
      const { where: condition } = parseQuery('contact', { where })
      assert.equal(count(changed, 'contact', condition), reference.count(alive, 'contact', condition))
      for (const [index, order] of orders.entries()) {
        const order_by = order.map(name => ({ order_by: name, order_direction: index === 1 ? 'desc' : 'asc' }))
        const ask = (cursor?: readonly string[]) =>
          parseQuery('contact', { where, order_by, limit: 100, ...(cursor && { cursor }) })
        const expected = reference.search(alive, { ...ask(), limit: CONTACTS })
        let read = 0
        for (let page = search(changed, ask()); page.length > 0; page = search(changed, ask(page.at(-1)!.cursor))) {
          assert.deepEqual(page, expected.slice(read, read + page.length), JSON.stringify([where, order, read]))
          read += page.length
          if (read > 1200) break
        }
        if (expected.length <= 1200) assert.equal(read, expected.length)
      }
    }
  })

  it('finds the extent of numbers that are far from both ends', () => {
    for (const [gte, lte] of [
      [2500, 3700],
      [5700, 6000],
      [1, 300],
      [2500, 2501],
      [7000, 8000],
    ]) {
      const { where } = parseQuery('contact', { where: { range_query: { must: { id: { gte, lte } } } } })
      const field = resolveField('contact', 'id')!
      assert.deepEqual(
        extent(state, 'contact', field, where),
        reference.extent(records, 'contact', field, where),
        `${gte} to ${lte}`,
      )
    }
  })

  it('adds up the values of several segments, and finds substrings of uuids', () => {
    for (const [name, contains] of [
      ['email', ''],
      ['email', '99'],
      ['email', 'e3999@'],
      ['uuid', ''],
      ['uuid', 'b-4'],
      ['uuid', '0017'],
      ['uuid', 'zz'],
      ['company_id', ''],
      ['company_id', '1f'],
      ['company_linkedin_url', '9'],
    ]) {
      for (const offset of [0, 1000, 3900]) {
        const { where } = parseQuery('contact', {})
        const field = resolveField('contact', name)!
        const request = { service: 'contact', field, where, contains, offset, limit: 100 } as const
        assert.deepEqual(facet(state, request), reference.facet(records, request), JSON.stringify([name, contains]))
      }
    }
  })
})

describe('the first slot that two lists share', () => {
  it('is found whichever is longer', () => {
    const list = (...slots: number[]) => sparse(Uint32Array.from(slots))
    const long = sparse(Uint32Array.from({ length: 1000 }, (_, index) => 2 * index))
    assert.equal(firstCommon(long, list(1, 3, 1998)), 1998)
    assert.equal(firstCommon(list(1, 3, 1998), long), 1998)
    assert.equal(firstCommon(long, list(1, 1999)), -1)
    assert.equal(firstCommon(list(), long), -1)
    assert.equal(firstCommon(list(0, 5), list(5, 9)), 5)
  })
})

describe('a substring of a uuid', () => {
  it('is found wherever the text contains it', () => {
    const rows = Buffer.concat(Array.from({ length: 200 }, (_, index) => uuidBytes(uuidOf('contact', index))))
    const parts = ['', '-', '--', 'a', 'ab', 'b-a', '-abab-', '4000-8', '-4', '0-', 'g', 'a g', 'é', '0'.repeat(40)]
    const own = [0, 50, 199].flatMap(index => {
      const uuid = uuidAt(rows, index)
      return [uuid, uuid.slice(5, 20), uuid.slice(-7), uuid.slice(0, 9), `${uuid}-`, `-${uuid}`]
    })
    for (const part of [...parts, ...own]) {
      const test = uuidTest(part)
      for (let index = 0; index < 200; index++)
        assert.equal(test(rows, index), uuidAt(rows, index).includes(part), `${part} in ${uuidAt(rows, index)}`)
    }
  })
})
