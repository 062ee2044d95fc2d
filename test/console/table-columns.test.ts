import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cellValue,
  chooseColumns,
  describeOrder,
  exportNames,
  listColumns,
  moveColumn,
  nameOf,
  selectFor,
  toggleOrder,
} from '../../console/src/explore/columns/columns.ts'

const filter = (key: string, filter_type: 'keyword' | 'range' = 'keyword') =>
  [key, { key, service: 'contact', filter_type, display_name: `Label of ${key}`, active: true }] as const
const contactColumns = listColumns(
  'contact',
  new Map([filter('email'), filter('shoe_size', 'range'), filter('company_pet')]),
)
const pick = (...names: string[]) => chooseColumns('contact', contactColumns, names)

test('columns have the labels of the server, and fields that only the server knows are shown, but not edited', () => {
  const byName = new Map(contactColumns.map(column => [column.name, column]))
  const { label, kind, editable } = byName.get('email')!
  assert.deepEqual({ label, kind, editable }, { label: 'Label of email', kind: 'email', editable: true })
  assert.equal(byName.get('shoe_size')!.editable, false)
  assert.equal(byName.get('shoe_size')!.kind, 'integer')
  assert.deepEqual(
    ['uuid', 'created_at', 'country_code', 'full_name', 'company_name', 'title'].filter(
      name => byName.get(name)!.editable,
    ),
    ['title'],
  )
})

test('fields of the company are selected by its own names, which need not be shorter than the names in queries', () => {
  assert.deepEqual(selectFor('contact', pick('company_name', 'company_name_for_emails', 'company_pet', 'company_id')), {
    select_columns: ['company_id', 'email', 'first_name', 'last_name', 'uuid'],
    company_config: { populate: true, select_columns: ['company_name_for_emails', 'name', 'pet'] },
  })
  const row = { uuid: '1', company: { uuid: '2', name: 'Acme' }, company_id: '2' }
  assert.deepEqual(
    pick('company_name', 'company_id', 'company_pet').map(column => cellValue(row, column)),
    ['Acme', '2', null],
  )
  assert.equal(cellValue({ uuid: '1', company: null }, pick('company_name')[0]!), null)
})

test('moving a column asks for nothing new', () => {
  assert.deepEqual(selectFor('contact', pick('title', 'email')), selectFor('contact', pick('email', 'title')))
})

test('unknown and repeated names in an address are left out; without any other the default columns remain', () => {
  const names = (chosen: readonly string[] | null) =>
    chooseColumns('contact', contactColumns, chosen).map(({ name }) => name)
  assert.deepEqual(names(['email', 'nothing', 'title', 'email']), ['email', 'title'])
  assert.deepEqual(names(['nothing']), names(null))
  assert.equal(names(null)[0], 'full_name')
})

test('a file has first and last name in place of the name', () => {
  assert.deepEqual(exportNames(pick('title', 'full_name', 'last_name')), ['title', 'first_name', 'last_name'])
})

test('a record is called by what it has', () => {
  assert.equal(nameOf('contact', { uuid: '1', first_name: 'Ada', last_name: null }), 'Ada')
  assert.equal(nameOf('contact', { uuid: '1', first_name: null, email: 'a@b.example' }), 'a@b.example')
  assert.equal(nameOf('contact', { uuid: '1' }), 'Unnamed contact')
  assert.equal(nameOf('company', { uuid: '1', name: null, normalized_domain: 'acme.example' }), 'acme.example')
})

test('a header sorts up, down, and not at all; with Shift it leaves the other orders alone', () => {
  const by = (order_by: string, order_direction: 'asc' | 'desc' = 'asc') => ({ order_by, order_direction }) as const
  assert.deepEqual(toggleOrder([], 'a', false), [by('a')])
  assert.deepEqual(toggleOrder([by('a')], 'a', false), [by('a', 'desc')])
  assert.deepEqual(toggleOrder([by('a', 'desc')], 'a', false), [])
  assert.deepEqual(toggleOrder([by('a'), by('b')], 'c', false), [by('c')])
  assert.deepEqual(toggleOrder([by('a'), by('b')], 'c', true), [by('a'), by('b'), by('c')])
  assert.deepEqual(toggleOrder([by('a'), by('b')], 'a', true), [by('a', 'desc'), by('b')])
  assert.deepEqual(toggleOrder([by('a', 'desc'), by('b')], 'a', true), [by('b')])
})

test('the order is said in words that fit the kind of the column', () => {
  const by = (order_by: string, order_direction: 'asc' | 'desc') => ({ order_by, order_direction }) as const
  assert.equal(
    describeOrder([by('shoe_size', 'desc'), by('full_name', 'asc')], contactColumns),
    'Label of shoe_size, largest first, then Name, A to Z',
  )
  assert.equal(describeOrder([by('created_at', 'desc')], contactColumns), 'created at, newest first')
  assert.equal(describeOrder([by('gone', 'desc')], contactColumns), 'gone, Z to A')
})

test('a column is at first as wide as its header', () => {
  const { label, width } = contactColumns.find(({ name }) => name === 'company_pet')!
  assert.ok(width >= label.length * 6 + 50)
})

test('a column comes before the one it was dropped on', () => {
  const names = ['a', 'b', 'c', 'd']
  assert.deepEqual(moveColumn(names, 'a', 2), ['b', 'a', 'c', 'd'])
  assert.deepEqual(moveColumn(names, 'd', 1), ['a', 'd', 'b', 'c'])
  assert.deepEqual(moveColumn(names, 'b', 4), ['a', 'c', 'd', 'b'])
  assert.deepEqual(moveColumn(names, 'b', 1), names)
  assert.deepEqual(moveColumn(names, 'b', 2), names)
})
