/** The address holds the whole list, and an address that somebody typed does no harm. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isFilterBroken, linkToList, parseView, writeView } from '../../console/src/explore/view-params.ts'
import { type Item, NO_FILTER, type ViewState } from '../../console/src/explore/view-state.ts'

const NOTHING: ViewState = { service: 'contact', search: '', filter: NO_FILTER, order: [], columns: null, open: null }

const ITEMS: readonly Item[] = [
  { kind: 'values', key: 'country', values: ['germany', ''], not: true },
  { kind: 'range', key: 'company_employees_count', gte: 200, lt: '1000' },
  {
    kind: 'group',
    op: 'any',
    items: [
      { kind: 'text', key: 'title', type: 'match', value: 'engineer', fuzzy: true },
      { kind: 'group', op: 'none', items: [{ kind: 'exists', key: 'email' }] },
    ],
  },
  { kind: 'vql', where: { search: 'x' } },
]

const FULL: ViewState = {
  service: 'contact',
  search: 'ann acme',
  filter: { kind: 'group', op: 'all', items: ITEMS },
  order: [
    { order_by: 'company_employees_count', order_direction: 'desc' },
    { order_by: 'last_name', order_direction: 'asc' },
  ],
  columns: ['title', 'email'],
  open: '87d61fbf-54be-51ca-b09c-fe6f6eb7821e',
}

/** As the router writes values to the address and reads them. */
const throughAddress = (params: object) => JSON.parse(JSON.stringify(params)) as Record<string, unknown>

test('a view comes back from its address', () => {
  for (const view of [NOTHING, FULL]) assert.deepEqual(parseView('contact', throughAddress(writeView(view))), view)
})

test('what is the default leaves the address', () => {
  assert.deepEqual(Object.values(writeView(NOTHING)), [undefined, undefined, undefined, undefined, undefined])
  assert.deepEqual(writeView({ open: 'x' }), { open: 'x' })
})

test('a link to a list has its filter', () => {
  const [path, query] = linkToList('contact', FULL.filter).split('?')
  assert.equal(path, '#/contacts')
  const { filter } = Object.fromEntries(new URLSearchParams(query))
  assert.deepEqual(parseView('contact', { filter: JSON.parse(filter!) }).filter, FULL.filter)
  assert.equal(linkToList('company', NO_FILTER), '#/companies')
  const group = { ...FULL.filter, op: 'any' as const }
  const any = new URLSearchParams(linkToList('contact', group).split('?')[1]).get('filter')!
  assert.deepEqual(parseView('contact', { filter: JSON.parse(any) }).filter.items, [group])
})

test('numbers that were typed as a search are a text', () => {
  assert.equal(parseView('contact', { search: 415 }).search, '415')
})

const BROKEN: readonly unknown[] = [
  'germany',
  { kind: 'group' },
  [null],
  [{ kind: 'like', key: 'title' }],
  [{ kind: 'values', key: 'country', values: 'germany' }],
  [{ kind: 'values', values: [] }],
  [{ kind: 'text', key: 'title', type: 'like', value: 'x' }],
  [{ kind: 'range', key: 'id', gte: {} }],
  [{ kind: 'group', op: 'some', items: [] }],
  [{ kind: 'vql', where: 'x' }],
  JSON.parse(`${'[{"kind":"group","op":"all","items":'.repeat(50)}[]${'}]'.repeat(50)}`),
]

for (const filter of BROKEN) {
  test(`a filter that cannot be read is reported and left out whole: ${JSON.stringify(filter).slice(0, 60)}`, () => {
    assert(isFilterBroken({ filter }))
    assert.deepEqual(parseView('contact', { filter }), NOTHING)
  })
}

test('any parameters give a view, and the same one from its own address', () => {
  const params = fc.record(
    {
      search: fc.jsonValue(),
      filter: fc.jsonValue(),
      order: fc.jsonValue(),
      columns: fc.jsonValue(),
      open: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(params, some => {
      const view = parseView('company', some)
      assert.deepEqual(parseView('company', throughAddress(writeView(view))), view)
    }),
    { numRuns: 200 },
  )
})
