/** The filter panel and VQL say the same: what one of them has, the other one gets, and back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Where } from '../../console/src/api/records.ts'
import { fromWhere } from '../../console/src/explore/filters/from-where.ts'
import { toWhere } from '../../console/src/explore/filters/where.ts'
import type { Condition, Group, Item } from '../../console/src/explore/view-state.ts'
import { queryableNames, type Service } from '../../src/fields.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import type { Condition as Parsed } from '../../src/vql/query.ts'
import { someRecords, someWhere } from '../engines/arbitraries.ts'
import { count } from '../engines/reference.ts'

function throughPanel(where: Where): Where {
  const { search, filter } = fromWhere(where)
  return toWhere(search, filter)
}

function all(...items: Item[]): Group {
  return { kind: 'group', op: 'all', items }
}
const any = (...items: Item[]): Group => ({ ...all(...items), op: 'any' })
const none = (...items: Item[]): Group => ({ ...all(...items), op: 'none' })
const values = (key: string, ...list: string[]): Condition => ({ kind: 'values', key, values: list })
const words = (key: string, value: string): Condition => ({ kind: 'text', key, type: 'match', value })
const match = (filter_key: string, text_value: string) => ({ filter_key, text_value, search_type: 'match' as const })
const equals = (key: string, value: string | string[]): Where => ({ keyword_match: { must: { [key]: value } } })

/** The conditions on single fields, each once. */
function leavesOf(condition: Parsed): string[] {
  if (condition.type === 'and' || condition.type === 'or') return condition.of.flatMap(leavesOf)
  return condition.type === 'not' ? leavesOf(condition.of) : [JSON.stringify(condition)]
}

const [RECORDS] = fc.sample(someRecords(60), { numRuns: 1, seed: 7 })

for (const service of ['contact', 'company'] as const satisfies readonly Service[]) {
  test(`any query for ${service} records means the same after it went through the panel`, () => {
    fc.assert(
      fc.property(someWhere(service), json => {
        const where = throughPanel(json)
        const [before, after] = [parseWhere(service, json), parseWhere(service, where)]
        assert.deepEqual(new Set(leavesOf(after)), new Set(leavesOf(before)), 'no condition is lost')
        assert.equal(count(RECORDS!, service, after), count(RECORDS!, service, before))
        assert.deepEqual(throughPanel(where), where, 'the second time nothing changes')
      }),
      { numRuns: 300 },
    )
  })
}

const VQL: readonly { readonly items: readonly Item[]; readonly where: Where }[] = [
  { items: [values('country', 'germany')], where: equals('country', 'germany') },
  { items: [values('country', 'germany', 'japan')], where: equals('country', ['germany', 'japan']) },
  {
    items: [
      { ...values('country', 'japan'), not: true } as Condition,
      { kind: 'exists', key: 'email' },
      { kind: 'exists', key: 'title', not: true },
    ],
    where: { keyword_match: { must_not: { country: 'japan' } }, exists: { must: ['email'], must_not: ['title'] } },
  },
  {
    items: [{ kind: 'range', key: 'company_employees_count', gte: 200 }],
    where: { range_query: { must: { company_employees_count: { gte: 200 } } } },
  },
  // Under `must` they would be alternatives.
  {
    items: [words('title', 'vice'), words('title', 'president')],
    where: {
      text_matches: { must: [match('title', 'vice')] },
      and: [{ text_matches: { must: [match('title', 'president')] } }],
    },
  },
  {
    items: [any(words('title', 'vp'), words('title', 'head'))],
    where: { text_matches: { must: [match('title', 'vp'), match('title', 'head')] } },
  },
  {
    items: [values('technologies', 'kafka'), values('technologies', 'redis')],
    where: { ...equals('technologies', 'kafka'), and: [equals('technologies', 'redis')] },
  },
  {
    items: [any(values('seniority', 'founder'), all(values('seniority', 'vp'), values('country', 'japan')))],
    where: { or: [equals('seniority', 'founder'), { keyword_match: { must: { seniority: 'vp', country: 'japan' } } }] },
  },
  { items: [none(values('country', 'japan'))], where: { not: equals('country', 'japan') } },
  {
    items: [none(values('country', 'japan'), words('title', 'intern'))],
    where: { not: { or: [equals('country', 'japan'), { text_matches: { must: [match('title', 'intern')] } }] } },
  },
  { items: [{ kind: 'vql', where: { search: 'ann' } }], where: { and: [{ search: 'ann' }] } },
]

for (const { items, where } of VQL) {
  test(`the filter ${JSON.stringify(items)} is this query, and back`, () => {
    assert.deepEqual(toWhere('', all(...items)), where)
    assert.deepEqual(fromWhere(where), { search: '', filter: all(...items) })
  })
}

test('conditions that are not complete have no effect, and neither have groups without others', () => {
  const incomplete = [values('country'), words('title', ' '), { kind: 'range', key: 'id' } as const]
  assert.deepEqual(toWhere('  ', all(...incomplete, any(...incomplete), none(all()))), {})
  assert.deepEqual(toWhere('', any(...incomplete, values('country', 'japan'))), equals('country', 'japan'))
})

test('a field that is named twice is one condition', () => {
  const where = { and: [{ exists: { must: ['email' as const, 'email' as const] } }] }
  assert.deepEqual(fromWhere(where).filter, all({ kind: 'exists', key: 'email' }))
})

const UNUSUAL: readonly Where[] = [
  { text_matches: { must: [{ ...match('title', 'a b'), operator: 'or' }] } },
  { text_matches: { must_not: [{ ...match('title', 'a b'), search_type: 'match_phrase', slop: 2 }] } },
  { range_query: { must: { id: { gte: 1, gt: 2 } } } },
  { or: [{ search: 'ann' }, equals('country', 'japan')] },
]

for (const where of UNUSUAL) {
  test(`what the panel has no control for is kept as VQL: ${JSON.stringify(where)}`, () => {
    assert.match(JSON.stringify(fromWhere(where).filter), /"kind":"vql"/)
    const [before, after] = [where, throughPanel(where)].map(one => leavesOf(parseWhere('contact', one)))
    assert.deepEqual(after, before)
  })
}

const WRONG: readonly unknown[] = [
  { countries: 'x' },
  { search: 5 },
  { keyword_match: 5 },
  { keyword_match: { should: { country: 'x' } } },
  { keyword_match: { must: ['country'] } },
  { keyword_match: { must: { country: [{}] } } },
  { keyword_match: { must: JSON.parse('{"__proto__": "x"}') } },
  { text_matches: { must: [5] } },
  { text_matches: { must: [{ filter_key: 'title', text_value: 'x', search_type: 'like' }] } },
  { text_matches: { must: [{ text_value: 'x' }] } },
  { text_matches: { must: [{ filter_key: 'title', text_value: 'x', boost: 2 }] } },
  { range_query: { must: { id: { above: 5 } } } },
  { range_query: { must: { id: 5 } } },
  { exists: { must: [5] } },
  { exists: { must: { email: true } } },
  { and: 5 },
  { and: ['x'] },
  { or: ['x'] },
  { or: 'x' },
  { not: ['x'] },
]

for (const where of WRONG) {
  test(`a wrong query stays wrong, so that the server can say why: ${JSON.stringify(where)}`, () => {
    assert.throws(() => parseWhere('contact', where))
    assert.throws(() => parseWhere('contact', throughPanel(where as Where)))
  })
}

/** What a person can build in the panel without groups: at most one condition of a kind for each field. */
const someFilter = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...queryableNames('contact')), fc.nat(3)), {
    selector: pair => pair.join(),
    maxLength: 12,
  })
  .chain(pairs => fc.tuple(...pairs.map(([key, kind]) => fc.tuple(someCondition(key, kind), fc.boolean()))))
  .map(list => all(...list.map(([condition, not]) => ({ ...condition, ...(not && { not }) }) as Condition)))

function someCondition(key: string, kind: number): fc.Arbitrary<Condition> {
  const text = fc.string({ minLength: 1 }).filter(value => value.trim() !== '')
  if (kind === 0) return fc.uniqueArray(text, { minLength: 1 }).map(list => values(key, ...list))
  if (kind === 1) return fc.integer().map((gte): Condition => ({ kind: 'range', key, gte }))
  if (kind === 2) return fc.constant<Condition>({ kind: 'exists', key })
  return fc
    .tuple(text, fc.constantFrom('match', 'match_phrase', 'substring'))
    .map(([value, type]) => ({ kind: 'text', key, type, value }) as Condition)
}

test('every filter of the panel comes back as it was', () => {
  const sorted = ({ items }: Group) => items.map(item => JSON.stringify(item)).sort()
  fc.assert(
    fc.property(someFilter, fc.constantFrom('', 'ann', 'ann acme'), (filter, search) => {
      const back = fromWhere(toWhere(search, filter))
      assert.equal(back.search, search)
      assert.deepEqual(sorted(back.filter), sorted(filter))
    }),
    { numRuns: 100 },
  )
})
