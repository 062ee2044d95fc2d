import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findField } from '../../src/fields.ts'
import { fold } from '../../src/text/fold.ts'
import { formatCursor } from '../../src/vql/cursor.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { expectFailure, plain } from './plain.ts'

const UUID = 'c3d4e5f6-a7b8-9012-cdef-123456789012'

test('a missing or empty query returns the first 25 of all records', () => {
  for (const json of [undefined, null, {}, [], '', { where: null, order_by: [], cursor: [], page: 0, limit: 0 }]) {
    const query = parseQuery('contact', json)
    const expected = { service: 'contact', where: { type: 'all' }, orderBy: [], cursor: null, select: null }
    assert.deepEqual(query, { ...expected, populate: null, case: 'lower', page: 1, limit: 25 })
  }
})

test('empty parts of all kinds count as not given', () => {
  const keys = ['where', 'order_by', 'cursor', 'select_columns', 'company_config', 'case', 'page', 'limit']
  for (const empty of [null, '', [], {}]) {
    const query = parseQuery('contact', Object.fromEntries(keys.map(key => [key, empty])))
    assert.deepEqual(query, parseQuery('contact', {}))
  }
})

test('the queries of the documentation parse', () => {
  const companies = parseQuery('company', {
    where: {
      text_matches: {
        must: [{ text_value: 'artificial intelligence', filter_key: 'keywords', search_type: 'match_phrase' }],
      },
      keyword_match: { must: { country: ['united states'], industries: ['technology'] } },
      range_query: { must: { employees_count: { gte: 100, lte: 5000 } } },
    },
    order_by: [{ order_by: 'employees_count', order_direction: 'desc' }],
    select_columns: ['uuid', 'name', 'industries', 'employees_count', 'website'],
    limit: 25,
  })
  assert.deepEqual(plain('company', companies.where), {
    and: [
      { phrase: 'keywords', words: ['artificial', 'intelligence'], slop: 0, prefix: false },
      { terms: 'country', values: ['united states'] },
      { terms: 'industries', values: ['technology'] },
      { range: 'employees_count', ranges: [[100, 5000]] },
    ],
  })
  assert.deepEqual(companies.orderBy, [{ field: findField('company', 'employees_count'), descending: true }])
  assert.deepEqual(companies.select, ['uuid', 'name', 'industries', 'employees_count', 'website'])

  const contacts = parseQuery('contact', {
    where: { keyword_match: { must: { seniority: ['senior', 'manager'], departments: ['engineering'] } } },
    select_columns: ['uuid', 'first_name', 'last_name', 'email', 'title'],
    company_config: { populate: true, select_columns: ['uuid', 'name', 'website'] },
    limit: 25,
  })
  assert.deepEqual(contacts.populate, { select: ['uuid', 'name', 'website'] })
})

test('the empty skeleton of the documentation parses', () => {
  const query = parseQuery('contact', {
    where: {
      text_matches: { must: [], must_not: [] },
      keyword_match: { must: {}, must_not: {} },
      range_query: { must: {}, must_not: {} },
    },
    company_config: { populate: true, select_columns: [] },
    page: 1,
    limit: 25,
  })
  assert.deepEqual(query, { ...parseQuery('contact', {}), populate: { select: null } })
})

test('a query and everything in it is frozen', () => {
  const query = parseQuery('contact', {
    order_by: [{ order_by: 'title' }],
    cursor: ['a', UUID],
    select_columns: ['title'],
    company_config: { populate: true },
  })
  for (const part of [
    query,
    query.orderBy,
    query.orderBy[0],
    query.cursor,
    query.cursor?.values,
    query.select,
    query.populate,
  ]) {
    assert.ok(Object.isFrozen(part))
  }
})

test('an order is ascending by default, by own fields and company fields', () => {
  const query = parseQuery('contact', {
    order_by: [
      { order_by: 'company_employees_count', order_direction: 'DESC' },
      { order_by: 'last_name' },
      { order_by: 'created_at', order_direction: '' },
      { order_by: 'company_id', order_direction: 'asc' },
      { order_by: 'id', order_direction: null },
    ],
  })
  assert.deepEqual(
    query.orderBy.map(({ field, descending }) => [field.service, field.name, descending]),
    [
      ['company', 'employees_count', true],
      ['contact', 'last_name', false],
      ['contact', 'created_at', false],
      ['contact', 'company_id', false],
      ['contact', 'id', false],
    ],
  )
})

const orderOfAllKinds = ['company_employees_count', 'last_name', 'created_at', 'company_id'].map(order_by => ({
  order_by,
}))

test('a cursor has one value per order, then the uuid', () => {
  const cursor = ['500', 'doe', '2024-01-15T10:30:00.123Z', UUID, UUID.toUpperCase()]
  assert.deepEqual(parseQuery('contact', { order_by: orderOfAllKinds, cursor }).cursor, {
    values: [500, 'doe', Date.UTC(2024, 0, 15, 10, 30, 0, 123), UUID],
    uuid: UUID,
  })
  assert.deepEqual(
    parseQuery('contact', { order_by: orderOfAllKinds, cursor: ['', '', '', '', UUID] }).cursor?.values,
    [null, null, null, null],
  )
  assert.deepEqual(parseQuery('contact', { cursor: [UUID], page: 1 }).cursor, { values: [], uuid: UUID })
})

test('a cursor without the uuid starts after all rows with its values', () => {
  const { cursor } = parseQuery('contact', { order_by: [{ order_by: 'last_name' }], cursor: ['doe'] })
  assert.deepEqual(cursor, { values: ['doe'], uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' })
})

test('a full name is sorted by two fields, which share one string of a cursor', () => {
  const order_by = [{ order_by: 'title' }, { order_by: 'full_name', order_direction: 'desc' }]
  const { orderBy } = parseQuery('contact', { order_by })
  assert.deepEqual(
    orderBy.map(({ field, descending }) => [field.name, descending]),
    [
      ['title', false],
      ['last_name', true],
      ['first_name', true],
    ],
  )
  for (const [values, part] of [
    [['vp', 'o\'neill "x"', 'ann'], '["o\'neill \\"x\\"","ann"]'],
    [['vp', null, 'ann'], '[null,"ann"]'],
    [['vp', 'lee', null], '["lee",null]'],
    [['vp', null, null], ''],
  ] as const) {
    const cursor = formatCursor(orderBy, values, UUID)
    assert.deepEqual(cursor, ['vp', part, UUID])
    assert.deepEqual(parseQuery('contact', { order_by, cursor }).cursor, { values, uuid: UUID })
  }
  for (const part of ['Lee', '["Lee"]', '[1,2]', '["a","b","c"]', '[']) {
    const { cursor } = parseQuery('contact', { order_by, cursor: ['vp', part] })
    assert.deepEqual(cursor?.values, ['vp', part.toLowerCase(), null])
  }
  assert.throws(() => parseQuery('contact', { order_by, cursor: ['vp', 'lee', 'ann', UUID] }), {
    code: 'ERR_INVALID_CURSOR',
  })
  assert.throws(() => parseQuery('company', { order_by: [{ order_by: 'full_name' }] }), { code: 'ERR_UNKNOWN_FIELD' })
})

test('clients may write the values of a cursor themselves, and call it search_after', () => {
  const search_after = [500, 'DÖE', '2024-01-15T10:30:00Z', null, UUID]
  assert.deepEqual(parseQuery('contact', { order_by: orderOfAllKinds, search_after }).cursor, {
    values: [500, 'doe', Date.UTC(2024, 0, 15, 10, 30), null],
    uuid: UUID,
  })
  assert.throws(() => parseQuery('contact', { search_after: [UUID], page: 2 }), { code: 'ERR_INVALID_PAGINATION' })
  assert.throws(() => parseQuery('contact', { search_after: ['x'] }), {
    code: 'ERR_INVALID_CURSOR',
    message: /^search_after/,
  })
})

test('a formatted cursor is parsed to the same position', () => {
  const { orderBy } = parseQuery('contact', { order_by: orderOfAllKinds })
  const missing = <T>(values: fc.Arbitrary<T>) => fc.option(values)
  const values = fc.tuple(
    missing(fc.integer({ min: -(2 ** 31), max: 2 ** 53 - 1 })),
    // As in the index: folded, and never empty.
    missing(
      fc
        .string({ minLength: 1 })
        .map(fold)
        .filter(text => text !== ''),
    ),
    missing(fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map(Number)),
    missing(fc.uuid()),
  )
  fc.assert(
    fc.property(values, fc.uuid(), (row, uuid) => {
      const cursor = formatCursor(orderBy, row, uuid)
      const parsed = parseQuery('contact', { order_by: orderOfAllKinds, cursor: JSON.parse(JSON.stringify(cursor)) })
      assert.deepEqual(parsed.cursor, { values: row.map(value => value || (value === 0 ? 0 : null)), uuid })
    }),
  )
})

for (const [what, cursor] of [
  ['a string', 'abc'],
  ['an object', { a: 1 }],
  ['of booleans', [true, UUID]],
  ['a uuid alone', [UUID]],
  ['too long', ['500', 'x', UUID]],
  ['with a text in place of the uuid', ['500', 'Acme Corporation']],
  ['of another order', ['acme', UUID]],
  ['a fraction', ['1.5', UUID]],
  ['beyond all numbers', ['9007199254740993000', UUID]],
  ['hexadecimal', ['0x10', UUID]],
] as const) {
  test(`a cursor that is ${what} does not fit`, () => {
    const order_by = [{ order_by: 'company_employees_count' }]
    assert.throws(() => parseQuery('contact', { order_by, cursor }), { code: 'ERR_INVALID_CURSOR', message: /^cursor/ })
  })
}

test('the error for a cursor with a wrong date or uuid names the wrong part', () => {
  const order_by = [{ order_by: 'created_at' }, { order_by: 'company_id' }]
  const parse = (cursor: string[]) => () => parseQuery('contact', { order_by, cursor })
  for (const date of ['2024-02-30', 'yesterday', 'x']) {
    expectFailure(parse([date, UUID, UUID]), 'ERR_INVALID_CURSOR', 'cursor[0]', date)
  }
  expectFailure(parse(['', 'x', UUID]), 'ERR_INVALID_CURSOR', 'cursor[1]', '"x"')
  expectFailure(parse(['', '', 'x']), 'ERR_INVALID_CURSOR', 'cursor[2]', '"x"')
})

test('columns are returned as requested, without duplicates', () => {
  const select_columns = ['title', 'id', 'uuid', 'created_at', 'title']
  assert.deepEqual(parseQuery('contact', { select_columns }).select, ['title', 'id', 'uuid', 'created_at'])
})

test('the company is populated only on request', () => {
  const populate = (company_config: unknown) => parseQuery('contact', { company_config }).populate
  assert.deepEqual(populate({ populate: true }), { select: null })
  assert.deepEqual(populate({ populate: true, select_columns: ['id', 'name'] }), { select: ['id', 'name'] })
  assert.equal(populate({ populate: false, select_columns: ['name'] }), null)
  assert.equal(populate({ select_columns: ['name'] }), null)
  assert.equal(populate({ populate: null }), null)
})

test('company_config is ignored in a query for companies, whatever it contains', () => {
  for (const company_config of [{ populate: true }, { populate: 'x', y: 1 }, 7]) {
    assert.equal(parseQuery('company', { company_config }).populate, null)
  }
})

test('names and places are in lower case in a search and as written in an export, unless the query says so', () => {
  const columns = { select_columns: ['city'] }
  assert.equal(parseQuery('contact', {}).case, 'lower')
  assert.equal(parseQuery('contact', { case: 'original' }).case, 'original')
  assert.equal(parseQuery('contact', columns, { export: true }).case, 'original')
  assert.equal(parseQuery('contact', { ...columns, case: 'lower' }, { export: true }).case, 'lower')
  for (const wrong of ['Original', 'upper', 1, true, ['original'], { case: 'lower' }])
    expectFailure(
      () => parseQuery('company', { case: wrong }),
      'ERR_INVALID_VALUE',
      'case',
      'must be "lower" or "original", not ',
    )
})

test('pages can reach 10,000 rows', () => {
  const page = (json: object) => {
    const query = parseQuery('company', json)
    return [query.page, query.limit]
  }
  assert.deepEqual(page({ page: 3 }), [3, 25])
  assert.deepEqual(page({ limit: 1 }), [1, 1])
  assert.deepEqual(page({ page: 100, limit: 100 }), [100, 100])
  assert.deepEqual(page({ page: 400 }), [400, 25])
  assert.deepEqual(page({ page: 10_000, limit: 1 }), [10_000, 1])
})

type Failure = readonly [string, unknown, string, string, string]
const failures: readonly Failure[] = [
  ['a query that is a list', [1], 'ERR_INVALID_VALUE', '', 'object'],
  ['a query that is a string', 'all', 'ERR_INVALID_VALUE', '', '"all"'],
  ['an unknown part', { wher: {} }, 'ERR_UNKNOWN_FIELD', 'wher', '"where"'],
  ['an unknown key of an order', { order_by: [{ field: 'x' }] }, 'ERR_UNKNOWN_FIELD', 'order_by[0].field', 'order_by'],
  [
    'an order by an unknown field',
    { order_by: [{ order_by: 'id' }, { order_by: 'lastname_' }] },
    'ERR_UNKNOWN_FIELD',
    'order_by[1].order_by',
    '"last_name"',
  ],
  ['an order without a field', { order_by: [{}] }, 'ERR_INVALID_VALUE', 'order_by[0].order_by', 'field'],
  ['an order that is an object', { order_by: { order_by: 'id' } }, 'ERR_INVALID_VALUE', 'order_by', 'list'],
  ['an order that is a string', { order_by: ['id'] }, 'ERR_INVALID_VALUE', 'order_by[0]', 'object'],
  [
    'an unknown direction',
    { order_by: [{ order_by: 'id', order_direction: 'up' }] },
    'ERR_INVALID_VALUE',
    'order_by[0].order_direction',
    'asc, desc',
  ],
  [
    'an order by a list',
    { order_by: [{ order_by: 'departments' }] },
    'ERR_NOT_SORTABLE',
    'order_by[0].order_by',
    'departments',
  ],
  [
    'an order by a company list',
    { order_by: [{ order_by: 'company_industries' }] },
    'ERR_NOT_SORTABLE',
    'order_by[0].order_by',
    'industries',
  ],
  ['an unknown column', { select_columns: ['id', 'titel'] }, 'ERR_UNKNOWN_FIELD', 'select_columns[1]', '"title"'],
  [
    'a company column',
    { select_columns: ['company_name'] },
    'ERR_UNKNOWN_FIELD',
    'select_columns[0]',
    'company_config.populate',
  ],
  ['a column that is not a name', { select_columns: [7] }, 'ERR_INVALID_VALUE', 'select_columns[0]', '7'],
  ['columns in a string', { select_columns: 'id,title' }, 'ERR_INVALID_VALUE', 'select_columns', 'list'],
  [
    'an unknown company column',
    { company_config: { populate: true, select_columns: ['nam'] } },
    'ERR_UNKNOWN_FIELD',
    'company_config.select_columns[0]',
    '"name"',
  ],
  [
    'an unknown company setting',
    { company_config: { populat: true } },
    'ERR_UNKNOWN_FIELD',
    'company_config.populat',
    '"populate"',
  ],
  [
    'populate in a string',
    { company_config: { populate: 'true' } },
    'ERR_INVALID_VALUE',
    'company_config.populate',
    'true or false',
  ],
  ['a company_config that is not an object', { company_config: true }, 'ERR_INVALID_VALUE', 'company_config', 'object'],
  ['a limit above 100', { limit: 101 }, 'ERR_PAGE_SIZE_EXCEEDED', 'limit', '100'],
  ['a page beyond the limit', { page: 101, limit: 100 }, 'ERR_PAGE_OUT_OF_RANGE', 'page', 'cursor'],
  ['a huge page number', { page: 1e300 }, 'ERR_PAGE_OUT_OF_RANGE', 'page', 'cursor'],
  ['a negative page', { page: -1 }, 'ERR_INVALID_VALUE', 'page', '-1'],
  ['half a page', { page: 1.5 }, 'ERR_INVALID_VALUE', 'page', '1.5'],
  ['a negative limit', { limit: -25 }, 'ERR_INVALID_VALUE', 'limit', '-25'],
  ['a limit in a string', { limit: '25' }, 'ERR_INVALID_VALUE', 'limit', '"25"'],
  ['a page that is not a number', { page: true }, 'ERR_INVALID_VALUE', 'page', 'true'],
  ['a cursor with a later page', { cursor: [UUID], page: 2 }, 'ERR_INVALID_PAGINATION', 'page', 'cursor'],
  [
    'an unknown field in where',
    { where: { keyword_match: { must: { countri: 'x' } } } },
    'ERR_UNKNOWN_FIELD',
    'where.keyword_match.must.countri',
    '"country"',
  ],
]

for (const [what, json, code, path, named] of failures) {
  test(`${what} is ${code}, with its path`, () => {
    expectFailure(() => parseQuery('contact', json), code, path, named)
  })
}

test('keys named like object methods are unknown fields', () => {
  for (const key of ['__proto__', 'constructor', 'toString']) {
    const parse = (json: string) => () => parseQuery('contact', JSON.parse(json.replace('KEY', key)))
    expectFailure(parse('{"KEY": {"limit": 1}}'), 'ERR_UNKNOWN_FIELD', key, 'did you mean')
    expectFailure(
      parse('{"order_by": [{"order_by": "KEY"}]}'),
      'ERR_UNKNOWN_FIELD',
      'order_by[0].order_by',
      'did you mean',
    )
    expectFailure(parse('{"select_columns": ["KEY"]}'), 'ERR_UNKNOWN_FIELD', 'select_columns[0]', 'did you mean')
  }
})

test('a long unknown name is shortened in the message', () => {
  const key = 'x'.repeat(1_000_000)
  assert.throws(
    () => parseQuery('contact', { [key]: 1 }),
    (error: Error) => error.message.length < 500,
  )
})

test('an export has columns, including company columns, and any limit', () => {
  const select_columns = ['uuid', 'company_name', 'company_name_for_emails', 'company_industries', 'uuid']
  const query = parseQuery('contact', { select_columns, limit: 5_000_000, page: 0, cursor: [] }, { export: true })
  assert.deepEqual(query.select, ['uuid', 'company_name', 'company_name_for_emails', 'company_industries'])
  assert.equal(query.limit, 5_000_000)
  assert.equal(query.page, 1)
  for (const limit of [undefined, null, 0]) {
    assert.equal(parseQuery('contact', { select_columns, limit }, { export: true }).limit, Infinity)
  }
})

for (const [what, json, code, path, named] of [
  ['without columns', { limit: 5 }, 'ERR_MISSING_SELECT_COLUMNS', 'select_columns', 'columns'],
  ['of no columns', { select_columns: [] }, 'ERR_MISSING_SELECT_COLUMNS', 'select_columns', 'columns'],
  [
    'of unknown columns',
    { select_columns: ['company_nam'] },
    'ERR_UNKNOWN_FIELD',
    'select_columns[0]',
    '"company_name"',
  ],
  ['with a page', { select_columns: ['id'], page: 1 }, 'ERR_INVALID_PAGINATION', 'page', 'limit'],
  ['with a cursor', { select_columns: ['id'], cursor: [UUID] }, 'ERR_INVALID_PAGINATION', 'cursor', 'limit'],
  ['with a wrong limit', { select_columns: ['id'], limit: 1.5 }, 'ERR_INVALID_VALUE', 'limit', '1.5'],
] as const) {
  test(`an export ${what} is ${code}`, () => {
    expectFailure(() => parseQuery('contact', json, { export: true }), code, path, named)
  })
}
