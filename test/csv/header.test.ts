import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { decode } from '../../src/csv/encoding.ts'
import { ALWAYS, PLAIN } from '../../src/csv/header/aliases.ts'
import { headerKnowledge, MAPPING_KEYS } from '../../src/csv/header/column-names.ts'
import { readFirstRows } from '../../src/csv/header/export-header.ts'
import { explainColumn } from '../../src/csv/header/meaning.ts'
import { type HeaderOptions, MAX_COLUMNS, readHeader } from '../../src/csv/header/read-header.ts'
import { openCsv } from '../../src/csv/read.ts'
import { rowReader } from '../../src/csv/row.ts'
import { FIELDS } from '../../src/fields.ts'

function read(headers: string, options?: HeaderOptions): Record<string, string | null> {
  const meaning = readHeader(headers.split(','), options)
  return Object.fromEntries(meaning.columns.map(({ header, key, ignored }) => [header, key ?? `(${ignored})`]))
}

function serviceOf(headers: string, options?: HeaderOptions): string {
  const { service, form } = readHeader(headers.split(','), options)
  return `${form} of ${service}`
}

test('every alias has a row key', () => {
  for (const [key] of [...ALWAYS, ...PLAIN.company, ...PLAIN.contact]) assert.ok(MAPPING_KEYS.has(key), key)
})

test('every row key and every field name of companies is a known header', () => {
  for (const key of MAPPING_KEYS) assert.equal(read(`${key},E-mail,Given Name`)[key], key)
  for (const field of FIELDS.company.filter(field => field.settable))
    assert.equal(read(field.name)[field.name], field.rowKey, field.name)
})

test('case, punctuation and spaces do not matter', () => {
  assert.deepEqual(read(' E-MAIL ,first-name,COMPANY_NAME'), {
    ' E-MAIL ': 'email',
    'first-name': 'first_name',
    COMPANY_NAME: 'company',
  })
})

test('a file without a column of a person is a file of companies, and plain headers are about companies', () => {
  assert.deepEqual(read('Name,City,Country,Phone,Domain,LinkedIn,Mobile Phone'), {
    Name: 'company',
    City: 'company_city',
    Country: 'company_country',
    Phone: 'company_phone',
    Domain: 'company_domain',
    LinkedIn: 'company_linkedin_url',
    'Mobile Phone': '(person)',
  })
  for (const header of ['First Name', 'Full Name', 'Email', 'Job Title', 'Person Linkedin Url'])
    assert.equal(serviceOf(`Name,City,${header}`), 'rows of contact')
})

test('`Name` beside a company column is a person', () => {
  assert.deepEqual(read('Name,Company,City'), { Name: 'full_name', Company: 'company', City: 'city' })
})

test("`Name` beside the person's name is ambiguous, and not guessed", () => {
  assert.equal(read('Name,First Name,Last Name,Domain').Name, '(ambiguous)')
  assert.equal(read('Name,Contact Name,Website').Name, '(ambiguous)')
  assert.equal(read('Name,Email').Name, 'full_name')
})

test('columns about anybody else, such as an owner, are ignored', () => {
  const headers =
    'Email,Previous Company Name,Contact Owner,Account Owner,Manager Name,Email Domain,Account Name.id,Account Stage'
  assert.deepEqual(Object.values(read(headers)), ['email', ...Array(7).fill('(unknown)')])
})

test('empty headers, repeated headers and row numbers are ignored', () => {
  const meaning = readHeader(['', 'Unnamed: 0', '#', 'Email', 'email', 'Company'])
  assert.deepEqual(
    meaning.columns.map(column => column.ignored),
    ['empty', 'unknown', 'empty', null, 'duplicate', null],
  )
})

test('each column has a reason why it is read as its key, or ignored', () => {
  const reasons = (headers: string, options?: HeaderOptions) =>
    readHeader(headers.split(','), options).columns.map(column => column.chosen ?? column.ignored)
  assert.deepEqual(
    reasons('Account Name,company_city,City,LinkedIn,Company ID,Title,Job Title,Phone 1 - Value,Firma,Fax', {
      mapping: { Firma: 'company' },
    }),
    ['alias', 'field', 'kind', 'address', 'uuid', 'not_salutation', 'alias', 'phone_label', 'mapping', 'unknown'],
  )
  assert.deepEqual(reasons('Email,Facebook Url'), ['alias', 'no_company'])
  assert.deepEqual(reasons('uuid,first_name,created_at'), ['field', 'field', 'system'])
  const [name] = readHeader(['Name', 'First Name', 'Last Name']).columns
  assert.deepEqual(name?.candidates, ['full_name', 'company'])
  assert.equal(explainColumn(name), 'may mean full_name or company: choose one with `mapping`')
})

test('a unit in the header scales the column', () => {
  const scales = (headers: string) => readHeader(headers.split(',')).columns.map(({ key, scale }) => [key, scale])
  assert.deepEqual(
    scales('Company,Revenue (in 000s USD),Annual Revenue ($M),Total Funding (in millions),Employees (k)'),
    [
      ['company', 1],
      ['annual_revenue', 1000],
      ['annual_revenue', 1e6],
      ['total_funding', 1e6],
      ['employees', 1000],
    ],
  )
  assert.deepEqual(scales('Company,Annual Revenue (USD),Revenue Range (in USD)'), [
    ['company', 1],
    ['annual_revenue', 1],
    [null, 1],
  ])
})

test('a mapping overrides the meaning of a header, matched exactly or without case and punctuation', () => {
  const mapping = { Vorname: 'first_name', NACHNAME: 'last_name', Email: null, Absent: 'title' }
  assert.deepEqual(read('Vorname,nachname,Email,Company', { mapping }), {
    Vorname: 'first_name',
    nachname: 'last_name',
    Email: '(mapping)',
    Company: 'company',
  })
  assert.deepEqual(readHeader(['Vorname'], { mapping }).unmatched, ['NACHNAME', 'Email', 'Absent'])
})

test('a column that the mapping leaves out does not decide the kind of file', () => {
  assert.equal(serviceOf('Name,City,Email', { mapping: { Email: null } }), 'rows of company')
})

test('a file without a known column is refused, and the message shows its headers', () => {
  assert.throws(() => readHeader(['Ada', 'Lovelace', 'x']), {
    code: 'ERR_INVALID_CSV',
    message: /"Ada", "Lovelace", "x"/,
  })
})

test('a header of one megabyte is read, and too many columns are refused', () => {
  assert.equal(serviceOf(`Email,${' '.repeat(1 << 20)}x`), 'rows of contact')
  assert.throws(() => readHeader(Array(20_000).fill('Email')), { code: 'ERR_INVALID_CSV', message: /20000 columns/ })
})

test('our own export is read by names of fields', () => {
  assert.deepEqual(read('uuid,first_name,website,company_website,created_at'), {
    uuid: 'uuid',
    first_name: 'first_name',
    website: 'website',
    company_website: '(view)',
    created_at: '(system)',
  })
  assert.equal(serviceOf('uuid,name,website'), 'fields of company')
  assert.equal(serviceOf('uuid,city,company_name'), 'fields of contact')
  assert.equal(serviceOf('uuid,name,company_name_for_emails'), 'fields of company')
})

test('an export whose header fits both services needs `service`', () => {
  assert.throws(() => readHeader(['uuid', 'city', 'linkedin_url']), { code: 'ERR_INVALID_CSV', message: /service/ })
  assert.equal(serviceOf('uuid,city,linkedin_url', { service: 'company' }), 'fields of company')
  assert.throws(() => readHeader(['uuid', 'company_name_for_emails']), { code: 'ERR_INVALID_CSV' })
})

test('the rejects file of an export is read as an export, that of another file is not', () => {
  assert.equal(serviceOf('uuid,name,line,error_code,error_message'), 'fields of company')
  assert.deepEqual(Object.values(read('Email,Notes,line,error_code,error_message')), [
    'email',
    '(unknown)',
    '(report)',
    '(report)',
    '(report)',
  ])
})

const UUID = '6dfd23b6-0000-4000-8000-0000000000a0'

/** Reads the header of a file with these rows. */
function readFile(headers: string, rows: readonly string[]) {
  const cells = headers.split(',')
  return readHeader(
    cells,
    {},
    readFirstRows(
      cells,
      rows.map(row => row.split(',')),
    ),
  )
}

test('an export with added columns is still read by names of fields', () => {
  const { service, form, columns } = readFile('uuid,name,Notes,Status,website,Company Name,deleted_at', [
    `${UUID},Acme,call them,hot,acme.com,,`,
  ])
  assert.equal(`${form} of ${service}`, 'fields of company')
  assert.deepEqual(
    columns.map(({ key, ignored }) => key ?? ignored),
    ['uuid', 'name', 'not_field', 'not_field', 'website', 'not_field', 'system'],
  )
  assert.equal(serviceOf('uuid,city,Notes', { service: 'contact' }), 'fields of contact')
  assert.equal(serviceOf('uuid,title,Owner,line,error_code,error_message'), 'fields of contact')
})

test('a file with a `uuid` column that is not an export says why its uuid is not read', () => {
  const whyNot = ({ form, columns }: ReturnType<typeof readHeader>) => {
    const { key, ignored } = columns[0]!
    assert.deepEqual([form, key, ignored], ['rows', null, 'uuid'])
    return explainColumn(columns[0]!)
  }
  assert.equal(
    whyNot(readFile('uuid,name,Company Name,First Name,E-mail', [`${UUID},x,Acme,Ann,`])),
    'not read, because other columns do not have the names of fields: "Company Name", "First Name"',
  )
  assert.equal(whyNot(readFile('uuid,email', ['17,a@b.co', '18,b@b.co'])), 'not read, because its values are not UUIDs')
  assert.equal(whyNot(readHeader(['uuid', 'E-Mail'])), 'not read, because no other column has the name of a field')
  assert.equal(
    whyNot(readHeader(['uuid', 'email', 'Notes'], { mapping: { Notes: 'title' } })),
    'not read, because `mapping` says what other columns mean',
  )
})

test('a single UUID, or none at all, makes a file of field names an export, and so does a rejected UUID', () => {
  const formOf = (headers: string, rows: readonly string[]) => readFile(headers, rows).form
  assert.equal(formOf('uuid,email', ['x,a@b.co', `${UUID},b@b.co`]), 'fields')
  assert.equal(formOf('uuid,email', [',a@b.co']), 'fields')
  const rejects = 'uuid,email,line,error_code,error_message'
  assert.equal(formOf(rejects, ['x,a@b.co,2,ERR_INVALID_UUID,…']), 'fields')
  assert.equal(formOf(rejects, ['x,a@b.co,2,ERR_INVALID_CSV,…']), 'rows')
})

test('a header with thousands of spellings of one column, and a mapping as large, are read quickly', async () => {
  const spellings = (name: string, count = MAX_COLUMNS - 1) =>
    Array.from({ length: count }, (_, index) => name + index.toString(2).replaceAll('0', '-').replaceAll('1', '.'))
  const before = process.cpuUsage()
  for (const name of ['City', 'Phone 1 - Value', 'LinkedIn']) {
    const headers = ['First Name', ...spellings(name)]
    const readRow = rowReader(readHeader(headers))
    assert.notEqual(readRow(headers.map(() => 'x')), null)
  }
  const mapping = Object.fromEntries(spellings('Town').map(header => [header, 'city'] as const))
  assert.deepEqual(
    readHeader(['Email', 'town', 'TOWN'], { mapping }).columns.map(({ key }) => key),
    ['email', 'city', 'city'],
  )
  assert.equal(readHeader(['Email', ...spellings('town')], { mapping }).unmatched.length, 0)
  const isKnown = headerKnowledge(mapping)
  assert.deepEqual(spellings('Nothing').filter(isKnown), [])
  const tooMany = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(',')
  const file = await openCsv(decode(Readable.from([Buffer.from(`${tooMany}\nx\n`)])))
  assert.throws(() => readHeader(file.header.cells), { code: 'ERR_INVALID_CSV', message: /100000 columns/ })
  const { user } = process.cpuUsage(before)
  assert.ok(user < 5e6, `${user / 1e6} s`)
  assert.throws(() => readHeader([...spellings('City'), 'a', 'b']), { code: 'ERR_INVALID_CSV', message: /columns/ })
})
