import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveField } from '../../src/fields.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import { expectFailure, plain } from './plain.ts'

const text = (entry: object) => ({ text_matches: { must: [entry] } })

type Failure = readonly [string, unknown, string, string, string]

/** The name of the case, `where`, the code, the path, and a part of the message. */
const failures: readonly Failure[] = [
  ['an unknown part', { keyword_matches: {} }, 'ERR_UNKNOWN_FIELD', 'where.keyword_matches', '"keyword_match"'],
  ['a search that is not a text', { search: ['acme'] }, 'ERR_INVALID_VALUE', 'where.search', 'a string'],
  [
    'the existence of a full name',
    { exists: { must: ['full_name'] } },
    'ERR_UNKNOWN_FIELD',
    'where.exists.must[0]',
    'full_name',
  ],
  ['a search that is a number', { not: { search: 415 } }, 'ERR_INVALID_VALUE', 'where.not.search', '415'],
  [
    'an unknown key of a part',
    { text_matches: { should: [] } },
    'ERR_UNKNOWN_FIELD',
    'where.text_matches.should',
    'must',
  ],
  [
    'an unknown key of a text match',
    text({ text: 'x', filter_key: 'title' }),
    'ERR_UNKNOWN_FIELD',
    'where.text_matches.must[0].text',
    '"text_value"',
  ],
  [
    'an unknown text field',
    text({ text_value: 'x', filter_key: 'titel' }),
    'ERR_UNKNOWN_FIELD',
    'where.text_matches.must[0].filter_key',
    '"title"',
  ],
  [
    'an unknown text field without a value',
    text({ text_value: '', filter_key: 'titel' }),
    'ERR_UNKNOWN_FIELD',
    'where.text_matches.must[0].filter_key',
    '"title"',
  ],
  [
    'an unknown keyword field',
    { keyword_match: { must: { countri: ['x'] } } },
    'ERR_UNKNOWN_FIELD',
    'where.keyword_match.must.countri',
    '"country"',
  ],
  [
    'an unknown keyword field without a value',
    { keyword_match: { must_not: { countri: [] } } },
    'ERR_UNKNOWN_FIELD',
    'where.keyword_match.must_not.countri',
    '"country"',
  ],
  [
    'an unknown company field',
    { keyword_match: { must: { company_contry: 'x' } } },
    'ERR_UNKNOWN_FIELD',
    'where.keyword_match.must.company_contry',
    '"company_country"',
  ],
  [
    'a company system field',
    { keyword_match: { must: { company_uuid: 'x' } } },
    'ERR_UNKNOWN_FIELD',
    'where.keyword_match.must.company_uuid',
    '"company_',
  ],
  [
    'an unknown range field',
    { range_query: { must: { created: { gte: 1 } } } },
    'ERR_UNKNOWN_FIELD',
    'where.range_query.must.created',
    '"created_at"',
  ],
  [
    'an unknown range operator',
    { range_query: { must: { id: { ge: 1 } } } },
    'ERR_UNKNOWN_FIELD',
    'where.range_query.must.id.ge',
    '"gte"',
  ],
  [
    'an unknown field in exists',
    { exists: { must: ['emial'] } },
    'ERR_UNKNOWN_FIELD',
    'where.exists.must[0]',
    '"email"',
  ],
  [
    'an unknown field in a nested where',
    { or: [{ not: { and: [{ exists: { must_not: ['emial'] } }] } }] },
    'ERR_UNKNOWN_FIELD',
    'where.or[0].not.and[0].exists.must_not[0]',
    '"email"',
  ],
  ['a where that is a string', 'country', 'ERR_INVALID_VALUE', 'where', 'object'],
  ['a where that is a list', [{}], 'ERR_INVALID_VALUE', 'where', 'object'],
  [
    'text matches that are an object',
    { text_matches: { must: { title: 'x' } } },
    'ERR_INVALID_VALUE',
    'where.text_matches.must',
    'list',
  ],
  [
    'a text match that is a string',
    { text_matches: { must: ['x'] } },
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0]',
    'object',
  ],
  [
    'a text match without a field',
    text({ text_value: 'x' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].filter_key',
    'field',
  ],
  [
    'a text match whose field is not a name',
    text({ text_value: 'x', filter_key: 7 }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].filter_key',
    '7',
  ],
  [
    'a text value that is a list',
    text({ text_value: ['x'], filter_key: 'title' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].text_value',
    'list',
  ],
  [
    'a text value that is a number',
    text({ text_value: 5, filter_key: 'title' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].text_value',
    '5',
  ],
  [
    'a text match on a number',
    text({ text_value: '5', filter_key: 'company_employees_count' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].filter_key',
    'range_query',
  ],
  [
    'a text match on a date',
    text({ text_value: '5', filter_key: 'created_at' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].filter_key',
    'range_query',
  ],
  [
    'a text match on a uuid',
    text({ text_value: '5', filter_key: 'company_id' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].filter_key',
    'keyword_match',
  ],
  [
    'an unknown search type',
    text({ text_value: 'x', filter_key: 'title', search_type: 'match_phrases' }),
    'ERR_INVALID_SEARCH_TYPE',
    'where.text_matches.must[0].search_type',
    '"match_phrase"',
  ],
  [
    'an unknown search type without a value',
    {
      text_matches: {
        must: [
          { text_value: 'a', filter_key: 'city' },
          { text_value: '', search_type: 'x' },
        ],
      },
    },
    'ERR_INVALID_SEARCH_TYPE',
    'where.text_matches.must[1].search_type',
    'match',
  ],
  [
    'a search type that is not a string',
    text({ text_value: 'x', filter_key: 'title', search_type: 1 }),
    'ERR_INVALID_SEARCH_TYPE',
    'where.text_matches.must[0].search_type',
    '1',
  ],
  [
    'a search type named like a method',
    text({ text_value: 'x', filter_key: 'title', search_type: 'constructor' }),
    'ERR_INVALID_SEARCH_TYPE',
    'where.text_matches.must[0].search_type',
    'match',
  ],
  [
    'a wrong operator',
    text({ text_value: 'x', filter_key: 'title', operator: 'xor' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].operator',
    'and, or',
  ],
  [
    'a wrong fuzzy',
    text({ text_value: 'x', filter_key: 'title', fuzzy: 'AUTO' }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].fuzzy',
    'true or false',
  ],
  [
    'a negative slop',
    text({ text_value: 'x', filter_key: 'title', search_type: 'exact', slop: -1 }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].slop',
    '-1',
  ],
  [
    'a slop above 50',
    text({ text_value: 'x', filter_key: 'title', search_type: 'match_phrase', slop: 51 }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].slop',
    '50',
  ],
  [
    'a slop that is not a whole number',
    text({ text_value: 'x', filter_key: 'title', search_type: 'match_phrase_prefix', slop: 0.5 }),
    'ERR_INVALID_VALUE',
    'where.text_matches.must[0].slop',
    '0.5',
  ],
  [
    'keywords in a list',
    { keyword_match: { must: ['country'] } },
    'ERR_INVALID_VALUE',
    'where.keyword_match.must',
    'object',
  ],
  [
    'a boolean keyword',
    { keyword_match: { must: { country: true } } },
    'ERR_INVALID_VALUE',
    'where.keyword_match.must.country',
    'true',
  ],
  [
    'an object keyword',
    { keyword_match: { must: { country: ['a', { b: 1 }] } } },
    'ERR_INVALID_VALUE',
    'where.keyword_match.must.country[1]',
    'object',
  ],
  [
    'a list of lists',
    { keyword_match: { must: { country: [['a']] } } },
    'ERR_INVALID_VALUE',
    'where.keyword_match.must.country[0]',
    'list',
  ],
  [
    'a range on a text field',
    { range_query: { must: { country: { gte: 1 } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.country',
    'keyword_match',
  ],
  [
    'a range that is a number',
    { range_query: { must: { id: 5 } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.id',
    'object',
  ],
  [
    'a bound that is not a number',
    { range_query: { must: { id: { gte: 'many' } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.id.gte',
    '"many"',
  ],
  [
    'a bound that is a list',
    { range_query: { must: { id: { gte: [1, 2] } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.id.gte',
    'list',
  ],
  [
    'a hexadecimal bound',
    { range_query: { must: { id: { lt: '0x10' } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.id.lt',
    '0x10',
  ],
  [
    'a date that is a number',
    { range_query: { must: { created_at: { lt: 1705276800000 } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.created_at.lt',
    '2024-01-15',
  ],
  [
    'a date that does not exist',
    { range_query: { must: { created_at: { lt: '15.01.2024' } } } },
    'ERR_INVALID_VALUE',
    'where.range_query.must.created_at.lt',
    '"15.01.2024"',
  ],
  ['exists of a string', { exists: { must: 'email' } }, 'ERR_INVALID_VALUE', 'where.exists.must', 'list'],
  ['exists of a number', { exists: { must: [1] } }, 'ERR_INVALID_VALUE', 'where.exists.must[0]', '1'],
  ['and of an object', { and: { exists: {} } }, 'ERR_INVALID_VALUE', 'where.and', 'list'],
  ['or of a string', { or: ['x'] }, 'ERR_INVALID_VALUE', 'where.or[0]', 'object'],
  ['not of a list', { not: [{}] }, 'ERR_INVALID_VALUE', 'where.not', 'object'],
]

for (const [what, where, code, path, named] of failures) {
  test(`${what} is ${code}, with its path`, () => {
    expectFailure(() => parseWhere('contact', where), code, path, named)
  })
}

test('an infinite number is not a valid bound', () => {
  const where = JSON.parse('{"range_query": {"must": {"id": {"gte": 1e999}}}}')
  expectFailure(() => parseWhere('contact', where), 'ERR_INVALID_VALUE', 'where.range_query.must.id.gte', 'number')
})

test('keys named like object methods are unknown fields at every level', () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const places: [string, string][] = [
      ['{"KEY": {"a": 1}}', `where.${key}`],
      ['{"keyword_match": {"KEY": {"city": "a"}}}', `where.keyword_match.${key}`],
      ['{"keyword_match": {"must": {"KEY": ["a"]}}}', `where.keyword_match.must.${key}`],
      ['{"range_query": {"must": {"KEY": {"gte": 1}}}}', `where.range_query.must.${key}`],
      ['{"range_query": {"must": {"id": {"KEY": 1}}}}', `where.range_query.must.id.${key}`],
      ['{"exists": {"must": ["KEY"]}}', 'where.exists.must[0]'],
      ['{"text_matches": {"must": [{"KEY": 1}]}}', `where.text_matches.must[0].${key}`],
      [
        '{"text_matches": {"must": [{"filter_key": "KEY", "text_value": "a"}]}}',
        'where.text_matches.must[0].filter_key',
      ],
    ]
    for (const [json, path] of places) {
      const where: unknown = JSON.parse(json.replace('KEY', key))
      expectFailure(() => parseWhere('contact', where), 'ERR_UNKNOWN_FIELD', path, 'did you mean')
    }
  }
})

test('company fields with a prefix are unknown in a query for companies', () => {
  const where = { keyword_match: { must: { company_country: 'x' } } }
  expectFailure(() => parseWhere('company', where), 'ERR_UNKNOWN_FIELD', 'where.keyword_match.must.company_country', '')
  assert.equal(resolveField('company', 'company_name_for_emails')?.service, 'company')
  assert.deepEqual(plain('contact', parseWhere('contact', { exists: { must: ['company_name_for_emails'] } })), {
    exists: 'company.company_name_for_emails',
  })
})

test('paths start with the path that the caller gives', () => {
  expectFailure(() => parseWhere('contact', { x: 1 }, 'filter.where'), 'ERR_UNKNOWN_FIELD', 'filter.where.x', '')
})
