import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRepeatFilter } from '../../src/jobs/import-repeats.ts'
import { parseRow } from '../../src/records/parse-row.ts'
import { rememberCompanies } from '../../src/records/remember-companies.ts'

function reader() {
  const options = { file: true, readCompany: rememberCompanies() }
  return (row: Readonly<Record<string, string>>) => parseRow(row, 7, options)
}

const ROWS = [
  { company: 'Acme', employees: '10', website: 'acme.com', email: 'a@acme.com' },
  { company: 'Acme', employees: '10', email: 'b@mail.acme.com' },
  { company: 'Acme', employees: 'many', email: 'c@acme.com' },
  { company: 'A\0cme', employees: '10' },
  { company_city: 'Berlin', email: 'd@acme.com' },
  { company: 'Acme', website: 'x'.repeat(2001) },
]

test('a remembered company is the one that would be read again, warnings and problems included', () => {
  const read = reader()
  for (const row of [...ROWS, ...ROWS]) assert.deepEqual(read(row), parseRow(row, 7, { file: true }))
})

test('a number means what its own column says', () => {
  const readCompany = rememberCompanies()
  const read = (scale: number) =>
    parseRow({ company: 'Acme', annual_revenue: '5' }, 0, {
      file: true,
      readCompany,
      ...(scale === 1 ? {} : { scales: new Map([['annual_revenue', scale]]) }),
    }).company?.values.annual_revenue
  assert.deepEqual([read(1), read(1000), read(1), read(1000)], [5, 5000, 5, 5000])
})

test('what a file says of a company goes to the database again when it said something else between', () => {
  const read = reader()
  const isRepeat = createRepeatFilter()
  const said = (employees: string, email: string) => isRepeat(read({ company: 'Acme', employees, email }).company!)
  assert.equal(said('10', 'a@acme.com'), false)
  assert.equal(said('10', 'b@acme.com'), true)
  assert.equal(said('20', 'a@acme.com'), false)
  assert.equal(said('10', 'a@acme.com'), false)
  assert.equal(said('10', 'a@acme.org'), false, 'the domain of an e-mail may fill an empty one')
})
