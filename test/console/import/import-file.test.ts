import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countPreview, placeWarnings, recordColumns } from '../../../console/src/import/check/records-view.ts'
import {
  describeColumns,
  filterColumns,
  unreadColumns,
  withChoice,
} from '../../../console/src/import/columns/columns.ts'
import { describeKey, groupOptions } from '../../../console/src/import/columns/key-options.ts'
import { adviceFor, type Preview } from '../../../console/src/import/columns/preview.ts'
import { decodeSample, examplesOf, readSample } from '../../../console/src/import/columns/sample.ts'
import { fieldLabel, searchTargets, TARGETS, withLabels } from '../../../console/src/import/columns/targets.ts'
import { MAPPING_KEYS } from '../../../src/csv/header/column-names.ts'

type Row = Preview['rows'][number]

const long = 'x'.repeat(300)

function column(
  name: string,
  key: string | null,
  reason = key === null ? 'unknown' : 'alias',
  candidates: string[] = [],
) {
  const explanation = reason === 'mapping' ? 'any words; after another column' : 'a known header'
  return {
    column: name.slice(0, 200),
    key,
    service: key === 'company' ? 'company' : 'contact',
    field: key,
    reason,
    explanation,
    candidates,
  } as Preview['columns'][number]
}

function row(line: number, parts: Partial<Row>): Row {
  return { line, becomes: 'stored', company: null, contact: null, code: null, message: null, warnings: [], ...parts }
}

function preview(parts: Partial<Preview>): Preview {
  return {
    bytes: 1,
    encoding: 'utf-8',
    compression: null,
    delimiter: ',',
    header_line: 1,
    kind: 'both',
    form: 'rows',
    columns: [],
    columns_total: 0,
    ignored_columns: [],
    unmatched_mapping: [],
    skipped_lines: [],
    rows: [],
    is_whole: true,
    ...parts,
  }
}

test('every key of a mapping can be chosen, and is found by its label, its key and other words', () => {
  assert.deepEqual(new Set<string>(TARGETS.map(({ key }) => key)), new Set(MAPPING_KEYS))
  assert.equal(new Set<string>(TARGETS.map(({ label }) => label)).size, TARGETS.length)
  assert.equal(searchTargets('vorn')[0]?.key, 'first_name')
  assert.equal(searchTargets('cit')[0]?.key, 'city')
  assert.deepEqual(
    searchTargets('hq city').map(({ key }) => key),
    ['company_city', 'company_location'],
  )
  assert.equal(searchTargets('').length, TARGETS.length)
  assert.equal(fieldLabel('company', 'employees_count'), 'Employees')
  assert.equal(fieldLabel('contact', 'linkedin_url'), 'LinkedIn')
  assert.equal(fieldLabel('contact', 'company_id'), 'Company UUID')
  assert.equal(fieldLabel('company', 'new_field'), 'New field')
})

test('a sample is read as the preview says, or not at all', () => {
  const text = 'Notes\n\nName;Age\nAda;"3\n6"\nBob;\nAda;4\n'
  const sample = readSample(text, true, { delimiter: ';', headerLine: 3, columns: 2 })
  assert.deepEqual(sample?.header, ['Name', 'Age'])
  assert.deepEqual(sample && examplesOf(sample, 0), ['Ada', 'Bob'])
  assert.deepEqual(
    sample?.rows.map(({ line }) => line),
    [4, 6, 7],
  )
  assert.equal(readSample(text, true, { delimiter: ';', headerLine: 3, columns: 3 }), null)
  assert.deepEqual(readSample('foo\tbar, x\n1\t2\n', true, null)?.header, ['foo', 'bar, x'])
})

test('a sample is decoded like the file, also when it ends within a character', () => {
  assert.equal(decodeSample(Buffer.from('\ufeffMüller€').subarray(0, -1), 'utf-8 with BOM'), 'Müller')
  assert.equal(decodeSample(Buffer.from('M\xfcller', 'latin1'), null), 'Müller')
  assert.equal(decodeSample(Buffer.from('\ufeffMü', 'utf16le'), null), 'Mü')
  assert.equal(decodeSample(Buffer.from('x'), 'cp437'), null)
})

test('columns have whole headers, examples, and what a person chose', () => {
  const described = preview({
    columns: [
      column('Firma', 'company', 'mapping'),
      column('Role', null, 'ambiguous', ['title', 'departments']),
      column(long, null),
      column('Role', null, 'duplicate'),
    ],
  })
  const sample = { header: ['Firma', 'Role', long, 'Role'], rows: [{ line: 2, cells: ['ACME', 'CTO', '1'] }] }
  const [firma, role, last, again] = describeColumns(described, sample, { Firma: 'company' })
  assert.deepEqual([firma!.state, firma!.explanation, firma!.examples], ['read', 'your choice', ['ACME']])
  assert.deepEqual([role!.state, role!.explanation], ['unclear', 'may mean Job title or Departments'])
  assert.deepEqual([last!.header, last!.fixed], [long, null])
  assert.match(describeColumns(described, null, {})[2]!.fixed!, /too long/)
  assert.match(again!.fixed!, /same header/)

  const chosen = describeColumns(described, sample, withChoice({ Firma: 'company' }, 'Role', 'title'))
  assert.deepEqual([chosen[1]!.state, chosen[1]!.key, chosen[3]!.choice], ['read', 'title', undefined])
  assert.equal(describeKey(chosen[1]!), 'Job title')
  assert.equal(describeColumns(described, sample, withChoice({}, 'Role', null))[1]!.state, 'ignored')
  assert.deepEqual([last!.state, describeKey(last!)], ['unknown', 'Not recognised'])
  assert.match(last!.explanation, /do not know this header/)
  assert.equal(describeColumns(described, sample, withChoice({}, long, null))[2]!.state, 'ignored')
})

test('headers may be called like members of every object', () => {
  const names = ['constructor', '__proto__', 'toString']
  const described = preview({ columns: names.map(name => column(name, null)) })
  assert.deepEqual(
    describeColumns(described, null, {}).map(({ choice }) => choice),
    [undefined, undefined, undefined],
  )
  const mapping = names.reduce((before, name) => withChoice(before, name, 'email'), {})
  assert.equal(JSON.stringify(mapping), '{"constructor":"email","__proto__":"email","toString":"email"}')
  assert.equal(
    JSON.stringify(withChoice(mapping, '__proto__', undefined)),
    '{"constructor":"email","toString":"email"}',
  )
})

test('columns that were asked about come first and stay there', () => {
  const described = preview({
    columns: [column('A', 'email'), column('B', null, 'ambiguous', ['title']), column('C', null)],
  })
  const columns = describeColumns(described, null, { B: 'title' })
  const names = (filter: Partial<Parameters<typeof filterColumns>[1]>) =>
    filterColumns(columns, { state: 'all', text: '', first: new Set(['B']), ...filter }).map(({ header }) => header)
  assert.deepEqual(names({}), ['B', 'A', 'C'])
  assert.deepEqual(names({ state: 'unknown' }), ['C'])
  assert.deepEqual(names({ text: 'job' }), ['B'])
})

test('a file without known columns can be mapped nevertheless', () => {
  const columns = unreadColumns(
    { header: ['foo', 'bar', 'foo'], rows: [{ line: 2, cells: ['1', '2'] }] },
    { bar: 'email' },
  )
  assert.deepEqual(
    columns.map(({ state }) => state),
    ['unknown', 'read', 'ignored'],
  )
  assert.deepEqual(columns[0]!.examples, ['1'])
})

test('what to do about a refused file depends on the setting that the server names, not on its words', () => {
  assert.equal(adviceFor({ details: [{ field: 'mapping' }] })?.isAboutColumns, true)
  assert.equal(adviceFor({ details: [{ field: 'service' }] })?.isAboutColumns, false)
  assert.match(adviceFor({ details: [{ field: 'encoding' }] })!.text, /encoding/)
  assert.equal(adviceFor({ details: [] }), null)
  assert.equal(adviceFor({ details: [{ field: 'constructor' }] }), null)
})

test('the list of a column offers what fits: candidates first, and of our own exports no key', () => {
  const [role] = describeColumns(
    preview({ columns: [column('Role', null, 'ambiguous', ['title', 'departments'])] }),
    null,
    {},
  )
  const titles = (text: string, isExport = false) => groupOptions(role!, text, isExport).map(({ title }) => title)
  assert.deepEqual(titles(''), ['In general', 'The header may mean', 'Contact', 'Company'])
  assert.deepEqual(titles('mail', true), [])
  assert.deepEqual(titles('', true), ['In general'])
  const ids = groupOptions(role!, '', false).flatMap(({ options }) => options.map(({ id }) => id))
  assert.equal(new Set(ids).size, ids.length)
})

test('rows become records: fields in order, warnings at their cells, records counted once', () => {
  const warning = (field: string | null) => ({
    column: 'C',
    field,
    code: 'ERR_INVALID_VALUE',
    value: 'a dozen',
    message: 'm',
  })
  const company = {
    uuid: 'c1',
    effect: 'created' as const,
    values: { name: 'ACME', keywords: ['a', 'b'], country_code: 'DE' },
  }
  const rows = [
    row(2, {
      company,
      contact: { uuid: 'p1', effect: 'updated', values: { email: 'a@x.example', first_name: 'Ada', company_id: 'c1' } },
      warnings: [warning('employees'), warning('location'), warning(null), warning('unheard_of')],
    }),
    row(3, { company }),
    row(4, { becomes: 'rejected', code: 'ERR_MISSING_IDENTITY', message: 'm' }),
    row(5, { becomes: 'empty' }),
  ]
  const described = preview({ rows })
  const fields = recordColumns(described).map(({ service, field }) => `${service} ${field}`)
  assert.deepEqual(fields, [
    'contact first_name',
    'contact email',
    'contact city',
    'company name',
    'company employees_count',
    'company keywords',
  ])
  const placed = placeWarnings(rows[0]!, described)
  assert.deepEqual([...placed.cells.keys()], ['company employees_count', 'contact city'])
  assert.equal(placed.row.length, 2)
  assert.deepEqual(countPreview(described), {
    rows: { read: 4, stored: 2, warned: 1, rejected: 1, empty: 1 },
    contacts: { created: 0, updated: 1, unchanged: 0 },
    companies: { created: 1, updated: 0, unchanged: 0 },
  })
  // Of an export the field is a name of a field.
  const own = preview({ form: 'export', kind: 'company', rows: [row(2, { warnings: [warning('employees_count')] })] })
  assert.deepEqual(
    recordColumns(own).map(({ field }) => field),
    ['employees_count'],
  )
})

test('messages of the server name columns as the page does, and quote values as they are', () => {
  assert.equal(
    withLabels('names neither a company (company, company_linkedin_url) nor a contact (email or person_linkedin_url)'),
    'names neither a company (company, Company LinkedIn) nor a contact (email or Person LinkedIn)',
  )
  assert.equal(
    withLabels('employees_count "first_name" is not a single number; shoe_size is ignored'),
    'Company employees "first_name" is not a single number; shoe_size is ignored',
  )
})
