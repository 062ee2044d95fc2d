import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findField, resolveField } from '../../src/fields.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import { CASES, letterOf, RECORDS, uuidOf } from './cases.ts'
import { count, evaluate, extent, facet, search } from './reference.ts'

for (const { name, service, query, found } of CASES) {
  test(`the reference: ${name}`, () => {
    assert.equal(evaluate(RECORDS, parseQuery(service, query)).map(letterOf).join(''), found)
  })
}

const all = parseWhere('contact', {})

test('the reference: cursors consist of folded texts, numbers and dates, empty if missing, then the uuid', () => {
  const order_by = ['name', 'employees_count', 'created_at'].map(name => ({ order_by: name }))
  const cursors = search(RECORDS, parseQuery('company', { order_by, limit: 2 })).map(hit => hit.cursor)
  assert.deepEqual(cursors, [
    ['acme', '', '2024-01-16T00:00:00.000Z', uuidOf('d')],
    ['acme corporation', '500', '2024-01-14T23:59:59.999Z', uuidOf('a')],
  ])
})

test('the reference: facets count records by folded value, most frequent first', () => {
  const request = { service: 'contact', where: all, contains: '', offset: 0, limit: 10 } as const
  assert.deepEqual(facet(RECORDS, { ...request, field: findField('contact', 'first_name')!, limit: 2 }), [
    { folded: 'jose', count: 2, uuid: uuidOf('a'), spelled: null },
    { folded: 'zoe', count: 1, uuid: uuidOf('e'), spelled: null },
  ])
  assert.deepEqual(
    facet(RECORDS, {
      ...request,
      field: resolveField('contact', 'company_industries')!,
      contains: 'software',
      offset: 1,
    }),
    [{ folded: 'software', count: 1, uuid: uuidOf('b'), spelled: null }],
  )
})

test('the reference: extents and counts cover the matching records', () => {
  const employees = resolveField('contact', 'company_employees_count')!
  assert.deepEqual(extent(RECORDS, 'contact', employees, all), { min: 0, max: 500 })
  const sales = parseWhere('contact', { keyword_match: { must: { title: 'sales' } } })
  assert.deepEqual(extent(RECORDS, 'contact', employees, sales), { min: 500, max: 500 })
  assert.equal(
    extent(RECORDS, 'contact', employees, parseWhere('contact', { keyword_match: { must: { title: [''] } } })),
    null,
  )
  assert.equal(count(RECORDS, 'contact', sales), 1)
})
