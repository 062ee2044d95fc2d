import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRow } from '../../src/records/parse/parse-row.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { rememberCompanies } from '../../src/records/write/remember-companies.ts'

type Cells = Readonly<Record<string, string>>

/** Returns a function of a row: the company that is sent to the database, or null. */
function teller(scales?: ReadonlyMap<string, number>) {
  const companies = rememberCompanies()
  return (row: Cells, scale = scales): RecordWrite | null => {
    const { company } = parseRow(row, 7, { file: true, readCompany: companies.read, ...(scale && { scales: scale }) })
    return company !== null && companies.isNews(company) ? company : null
  }
}

function readAlone(row: Cells): RecordWrite | null {
  return parseRow(row, 7, { file: true }).company
}

test('identical company cells are sent once, read as they would be alone', () => {
  const tell = teller()
  const rows = [
    { company: 'Acme', employees: '10', website: 'acme.com', email: 'a@acme.com' },
    { company: 'Acme', employees: '10', email: 'b@mail.acme.com' },
    { company: 'Acme', employees: '10', website: 'acme.org', email: 'b@mail.acme.com' },
    { company: 'A', company_address: 'cme' },
  ]
  for (const row of rows) assert.deepEqual(tell(row), readAlone(row))
  for (const row of rows) assert.equal(tell(row), null)
})

test('contacts belong to their company even if it is not sent again', () => {
  const companies = rememberCompanies()
  const read = (email: string) => parseRow({ company: 'Acme', email }, 0, { file: true, readCompany: companies.read })
  const first = read('a@acme.com')
  companies.isNews(first.company!)
  const second = read('b@acme.com')
  assert.equal(second.contact!.values.company_id, first.company!.uuid)
})

test('every row reports the warnings of its company, whose cells are remembered all the same', () => {
  const companies = rememberCompanies()
  const rows = [
    { company: 'Acme', email: 'a@acme.com' },
    { company: 'Bmec', company_phone: '030 1', employees: 'many', email: 'a@bmec.com' },
  ]
  for (const row of rows)
    for (const index of [1, 2, 3]) {
      const { company, warnings } = parseRow(row, index, { file: true, readCompany: companies.read })
      assert.deepEqual(warnings, parseRow(row, index, { file: true }).warnings)
      assert.equal(warnings.length, row === rows[0] ? 1 : 3)
      assert.equal(companies.isNews(company!), index === 1)
    }
})

test('every row reports what is wrong with its company', () => {
  const companies = rememberCompanies()
  for (const row of [
    { company: 'Acme', employees: 'many', website: 'x'.repeat(2001) },
    { company: 'Acme', website: 'x'.repeat(2001) },
  ])
    for (let times = 0; times < 3; times++) {
      const read = parseRow(row, 7, { file: true, readCompany: companies.read })
      assert.deepEqual(read, parseRow(row, 7, { file: true }))
      if (read.company !== null) companies.isNews(read.company)
    }
})

test('the company of a rejected row does not count as sent', () => {
  const companies = rememberCompanies()
  const read = () => parseRow({ company: 'Acme' }, 0, { file: true, readCompany: companies.read }).company!
  read()
  assert.equal(read().values.name, 'Acme')
})

test('a company is sent again after a row with different values', () => {
  const tell = teller()
  const told = (employees: string) => tell({ company: 'Acme', employees, email: 'a@acme.com' })?.values.employees_count
  assert.deepEqual(['10', '10', '20', '20', '10', '10'].map(told), [10, undefined, 20, undefined, 10, undefined])
})

test('the domain of an e-mail is sent for a company without one', () => {
  const tell = teller()
  const told = (row: Cells) => tell({ company: 'Acme', ...row })?.emailDomain
  assert.equal(told({ email: 'a@acme.com' }), 'acme.com')
  assert.equal(told({ email: 'b@acme.com' }), undefined)
  assert.equal(told({ email: 'c@acme.org' }), 'acme.org')
  assert.equal(tell({ company: 'Bmec', website: 'bmec.com', email: 'a@bmec.com' })?.emailDomain, undefined)
  assert.equal(tell({ company: 'Bmec', website: 'bmec.com', email: 'b@bmec.org' }), null)
})

test('a number is scaled by its own column', () => {
  const tell = teller()
  const row = { company: 'Acme', annual_revenue: '5' }
  const told = (scale: number) => tell(row, new Map([['annual_revenue', scale]]))?.values.annual_revenue
  assert.deepEqual([told(1), told(1000), told(1000), told(1)], [5, 5000, undefined, 5])
})
