/** The bodies of requests to OpenSearch, as text. test/cluster runs them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveField, type Service } from '../../../src/fields.ts'
import type { FacetRequest } from '../../../src/search/engine.ts'
import { compileCondition } from '../../../src/search/opensearch/query/condition.ts'
import { collectValues, compileFirsts, compileValues, joinFirsts } from '../../../src/search/opensearch/query/facet.ts'
import { compileCount, compileExtent, compileSearch, readHit } from '../../../src/search/opensearch/query/search.ts'
import { parseQuery } from '../../../src/vql/parse-query.ts'
import { parseWhere } from '../../../src/vql/parse-where.ts'

const uuid = 'aaaaaaaa-0000-4000-8000-000000000000'

function compiled(service: Service, where: object): string {
  return JSON.stringify(compileCondition(service, parseWhere(service, where)))
}

const text = (filter_key: string, text_value: string, options: object = {}) => ({
  text_matches: { must: [{ filter_key, text_value, ...options }] },
})
const equals = (values: object) => ({ keyword_match: { must: values } })
const phrase = { search_type: 'match_phrase' }
const prefix = { search_type: 'match_phrase_prefix' }
const substring = { search_type: 'substring' }

const CONDITIONS: readonly [name: string, service: Service, where: object, body: string][] = [
  ['no condition', 'contact', {}, '{"match_all":{}}'],
  ['a condition that nothing satisfies', 'contact', text('title', '%'), '{"match_none":{}}'],
  ['one value', 'contact', equals({ country: 'Österreich' }), '{"term":{"country.exact":"osterreich"}}'],
  [
    'one of several values',
    'contact',
    equals({ seniority: ['VP', 'cxo'] }),
    '{"terms":{"seniority.exact":["vp","cxo"]}}',
  ],
  ['a uuid', 'contact', equals({ company_id: uuid }), `{"term":{"company_id.exact":"${uuid}"}}`],
  [
    'a field of the company',
    'contact',
    equals({ company_industries: 'Software' }),
    '{"term":{"company_industries.exact":"software"}}',
  ],
  [
    'the same field in a query of companies',
    'company',
    equals({ industries: 'Software' }),
    '{"term":{"industries.exact":"software"}}',
  ],
  [
    'a field that has the prefix already',
    'contact',
    equals({ company_name_for_emails: 'A' }),
    '{"term":{"company_name_for_emails.exact":"a"}}',
  ],
  ['a number', 'company', equals({ employees_count: 500 }), '{"term":{"employees_count":500}}'],
  ['several numbers', 'company', equals({ employees_count: [7, 5] }), '{"terms":{"employees_count":[5,7]}}'],
  [
    'several days',
    'company',
    equals({ created_at: ['2024-01-15', '2024-01-17'] }),
    '{"bool":{"should":[{"range":{"created_at":{"gte":1705276800000,"lte":1705363199999}}},' +
      '{"range":{"created_at":{"gte":1705449600000,"lte":1705535999999}}}],"minimum_should_match":1}}',
  ],
  [
    'a range with one bound',
    'company',
    { range_query: { must: { employees_count: { gt: 10 } } } },
    '{"range":{"employees_count":{"gte":11,"lte":9007199254740992}}}',
  ],
  [
    'a range beyond all numbers',
    'company',
    { range_query: { must: { employees_count: { gte: 1e20 } } } },
    '{"match_none":{}}',
  ],
  [
    'a day',
    'company',
    { range_query: { must: { created_at: { gte: '2024-01-15', lte: '2024-01-15' } } } },
    '{"range":{"created_at":{"gte":1705276800000,"lte":1705363199999}}}',
  ],
  ['a field that exists', 'contact', { exists: { must: ['email'] } }, '{"exists":{"field":"email.exact"}}'],
  [
    'a number that exists',
    'contact',
    { exists: { must: ['company_employees_count'] } },
    '{"exists":{"field":"company_employees_count"}}',
  ],
  [
    'a field that does not exist',
    'contact',
    { exists: { must_not: ['email'] } },
    '{"bool":{"must_not":[{"exists":{"field":"email.exact"}}]}}',
  ],
  ['one word', 'contact', text('title', 'Engineer'), '{"term":{"title.words":"engineer"}}'],
  [
    'all words',
    'contact',
    text('title', 'Sales Engineer'),
    '{"bool":{"filter":[{"term":{"title.words":"sales"}},{"term":{"title.words":"engineer"}}]}}',
  ],
  [
    'any word',
    'contact',
    text('title', 'sales engineer', { operator: 'or' }),
    '{"terms":{"title.words":["sales","engineer"]}}',
  ],
  [
    'words with typing errors',
    'contact',
    text('title', 'vp dta enginer', { fuzzy: true }),
    '{"bool":{"filter":[{"term":{"title.words":"vp"}},' +
      '{"fuzzy":{"title.words":{"value":"dta","fuzziness":1,"transpositions":true,"rewrite":"constant_score"}}},' +
      '{"fuzzy":{"title.words":{"value":"enginer","fuzziness":2,"transpositions":true,"rewrite":"constant_score"}}}]}}',
  ],
  [
    'any word with typing errors',
    'contact',
    text('title', 'vp sals', { fuzzy: true, operator: 'or' }),
    '{"bool":{"should":[{"term":{"title.words":"vp"}},' +
      '{"fuzzy":{"title.words":{"value":"sals","fuzziness":1,"transpositions":true,"rewrite":"constant_score"}}}],"minimum_should_match":1}}',
  ],
  [
    'a phrase',
    'contact',
    text('title', 'vp of sales', phrase),
    '{"intervals":{"title.words":{"all_of":{"mode":"ordered","max_gaps":0,"intervals":[{"match":{"query":"vp"}},{"match":{"query":"of"}},{"match":{"query":"sales"}}]}}}}',
  ],
  [
    'a phrase with slop',
    'contact',
    text('title', 'vp sales', { ...phrase, slop: 3 }),
    '{"intervals":{"title.words":{"all_of":{"mode":"ordered","max_gaps":3,"intervals":[{"match":{"query":"vp"}},{"match":{"query":"sales"}}]}}}}',
  ],
  ['a phrase of one word', 'contact', text('title', 'sales', phrase), '{"term":{"title.words":"sales"}}'],
  ['a prefix', 'contact', text('title', 'eng', prefix), '{"prefix":{"title.words":{"value":"eng"}}}'],
  [
    'a phrase with a prefix',
    'contact',
    text('title', 'sales eng', prefix),
    '{"match_phrase_prefix":{"title.words":{"query":"sales eng","max_expansions":2147483647}}}',
  ],
  [
    'a phrase with a prefix and slop',
    'contact',
    text('title', 'sales eng', { ...prefix, slop: 2 }),
    '{"intervals":{"title.words":{"all_of":{"mode":"ordered","max_gaps":2,"intervals":[{"match":{"query":"sales"}},{"wildcard":{"pattern":"eng*","max_expansions":32768}}]}}}}',
  ],
  [
    'a phrase of the full name',
    'contact',
    text('full_name', 'ann lee', phrase),
    '{"intervals":{"full_name.words":{"all_of":{"mode":"ordered","max_gaps":0,"intervals":[{"match":{"query":"ann"}},{"match":{"query":"lee"}}]}}}}',
  ],
  [
    'parts of words of a text',
    'contact',
    text('title', 'gine ware', substring),
    '{"bool":{"filter":[{"wildcard":{"title.words":{"value":"*gine*"}}},{"wildcard":{"title.words":{"value":"*ware*"}}}]}}',
  ],
  [
    'a part of a value',
    'contact',
    text('email', '@acme.', substring),
    '{"wildcard":{"email.exact":{"value":"*@acme.*"}}}',
  ],
  [
    'signs with a meaning',
    'company',
    text('keywords', 'a*b?c\\', substring),
    '{"wildcard":{"keywords.exact":{"value":"*a\\\\*b\\\\?c\\\\\\\\*"}}}',
  ],
  [
    'a whole phone number',
    'contact',
    equals({ mobile_phone: '+1 415 555 0100' }),
    '{"term":{"mobile_phone.digits":"14155550100"}}',
  ],
  [
    'a national phone number',
    'contact',
    equals({ mobile_phone: '030 901820' }),
    '{"terms":{"mobile_phone.national":["030901820","30901820"]}}',
  ],
  [
    'digits within a phone',
    'contact',
    text('mobile_phone', '030 90', substring),
    '{"bool":{"should":[{"prefix":{"mobile_phone.national":{"value":"3090"}}},{"wildcard":{"mobile_phone.digits":{"value":"*03090*"}}}],"minimum_should_match":1}}',
  ],
  [
    'conditions and exclusions',
    'contact',
    { keyword_match: { must: { country: 'us' }, must_not: { stage: 'lost' } }, exists: { must_not: ['email'] } },
    '{"bool":{"filter":[{"term":{"country.exact":"us"}}],"must_not":[{"term":{"stage.exact":"lost"}},{"exists":{"field":"email.exact"}}]}}',
  ],
  [
    'alternatives',
    'contact',
    { or: [equals({ city: 'rome' }), { not: equals({ state: 'ny' }) }] },
    '{"bool":{"should":[{"term":{"city.exact":"rome"}},{"bool":{"must_not":[{"term":{"state.exact":"ny"}}]}}],"minimum_should_match":1}}',
  ],
  [
    'the search box',
    'company',
    { search: 'acm' },
    '{"bool":{"should":[{"prefix":{"name.words":{"value":"acm"}}},{"prefix":{"normalized_domain.words":{"value":"acm"}}},' +
      '{"prefix":{"city.words":{"value":"acm"}}},{"prefix":{"country.words":{"value":"acm"}}},' +
      '{"prefix":{"industries.words":{"value":"acm"}}}],"minimum_should_match":1}}',
  ],
]

for (const [name, service, where, body] of CONDITIONS) {
  test(`compiles ${name}`, () => assert.equal(compiled(service, where), body))
}

test('nests more clauses than a bool may have', () => {
  const words = Array.from({ length: 1500 }, (_, index) => `w${index}`).join(' ')
  const query = JSON.parse(compiled('contact', text('title', words)))
  assert.deepEqual(
    query.bool.filter.map((part: { bool: { filter: unknown[] } }) => part.bool.filter.length),
    [1000, 500],
  )
})

test('a value that is longer than a term equals itself and no other one', () => {
  const long = 'ﷺ'.repeat(2_500)
  const one = compiled('company', equals({ address: long }))
  assert.ok(Buffer.byteLength(one) < 32_766)
  assert.notEqual(one, compiled('company', equals({ address: `${long}x` })))
})

function search(service: Service, json: object): string {
  return JSON.stringify(compileSearch(parseQuery(service, json)))
}

const REST = '"track_total_hits":false,"track_scores":false,"_source":false'
const BY_UUID = '{"uuid.exact":{"order":"asc"}}'

test('compiles a page by its number', () => {
  assert.equal(
    search('contact', { page: 3, limit: 10 }),
    `{"query":{"match_all":{}},"sort":[${BY_UUID}],${REST},"from":20,"size":10}`,
  )
})

test('compiles orders: missing values come last in both directions', () => {
  const order_by = [
    { order_by: 'company_employees_count', order_direction: 'desc' },
    { order_by: 'created_at' },
    { order_by: 'full_name', order_direction: 'desc' },
  ]
  assert.equal(
    search('contact', { order_by }),
    `{"query":{"match_all":{}},"sort":[{"company_employees_count":{"order":"desc","missing":-9000000000000000000}},` +
      `{"created_at":{"order":"asc","missing":9000000000000000000}},` +
      `{"last_name.exact":{"order":"desc","missing":"_last"}},{"first_name.exact":{"order":"desc","missing":"_last"}},${BY_UUID}],` +
      `${REST},"size":25}`,
  )
})

test('compiles a cursor, with sentinels for missing numbers', () => {
  const order_by = [{ order_by: 'company_employees_count' }, { order_by: 'title' }]
  const body = (values: string[]) =>
    JSON.parse(search('contact', { order_by, cursor: [...values, uuid] })).search_after as unknown[]
  assert.deepEqual(body(['500', 'VP']), [500, 'vp', uuid])
  assert.deepEqual(body(['', '']), [9e18, null, uuid])
})

test('reads cursors back from hits', () => {
  const { orderBy } = parseQuery('contact', {
    order_by: [
      { order_by: 'company_employees_count', order_direction: 'desc' },
      { order_by: 'created_at' },
      { order_by: 'title' },
    ],
  })
  assert.deepEqual(readHit({ orderBy }, { sort: [500, 1705276800000, 'vp', uuid] }), {
    uuid,
    cursor: ['500', '2024-01-15T00:00:00.000Z', 'vp', uuid],
  })
  assert.deepEqual(readHit({ orderBy }, { sort: [-9e18, 9e18, null, uuid] }).cursor, ['', '', '', uuid])
})

test('compiles counts and extents', () => {
  const where = parseWhere('contact', equals({ country: 'us' }))
  const query = '"query":{"term":{"country.exact":"us"}},"size":0'
  assert.equal(JSON.stringify(compileCount('contact', where)), `{${query},"track_total_hits":true}`)
  assert.equal(
    JSON.stringify(compileExtent('contact', resolveField('contact', 'company_employees_count')!, where)),
    `{${query},"track_total_hits":false,"aggs":{"min":{"min":{"field":"company_employees_count"}},"max":{"max":{"field":"company_employees_count"}}}}`,
  )
})

function facetOf(name: string, extra: Partial<FacetRequest> = {}): FacetRequest {
  const field = resolveField('contact', name)!
  return { service: 'contact', field, where: parseWhere('contact', {}), contains: '', offset: 0, limit: 2, ...extra }
}

test('compiles a facet: counts of all values, portion by portion', () => {
  const values = (after: string) =>
    `"size":0,"track_total_hits":false,"aggs":{"values":{"composite":{"size":10000,"sources":[{"value":{"terms":{"field":"city.exact"}}}]${after}}}}}`
  assert.equal(JSON.stringify(compileValues(facetOf('city'), null)), `{"query":{"match_all":{}},${values('')}`)
  assert.equal(
    JSON.stringify(compileValues(facetOf('city', { contains: 'york' }), { value: 'rome' })),
    `{"query":{"bool":{"filter":[{"match_all":{}},{"wildcard":{"city.exact":{"value":"*york*"}}}]}},${values(',"after":{"value":"rome"}')}`,
  )
})

test('a facet is ordered by count and then by value, and its page keeps the values that contain the text', () => {
  const found = collectValues(facetOf('city', { contains: 'o', offset: 1 }))
  found.add([
    { folded: 'rome', count: 2 },
    { folded: 'paris', count: 9 },
    { folded: 'oslo', count: 2 },
  ])
  found.add([{ folded: 'london', count: 3 }])
  assert.deepEqual(found.page(), [
    { folded: 'oslo', count: 2 },
    { folded: 'rome', count: 2 },
  ])
})

test('looks up the smallest uuids of the values of a facet', () => {
  const values = [{ folded: 'rome', count: 2 }]
  const first = (conditions: string) =>
    `{"query":{"bool":{"filter":[{"match_all":{}},${conditions}]}},"sort":[${BY_UUID}],"size":1,"track_total_hits":false,"_source":false}`
  assert.deepEqual(
    compileFirsts(facetOf('city'), values).map(body => JSON.stringify(body)),
    [first('{"term":{"city.exact":"rome"}}'), first('{"term":{"city.exact":"rome"}},{"term":{"city.spelled":true}}')],
  )
  assert.equal(compileFirsts(facetOf('seniority'), values).length, 1)
  assert.deepEqual(joinFirsts(facetOf('city'), values, [uuid, null]), [
    { folded: 'rome', count: 2, uuid, spelled: null },
  ])
  assert.deepEqual(joinFirsts(facetOf('seniority'), values, [null]), [])
})
