import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { validateJobData } from '../../src/jobs/job-types.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { encodeLegacy } from '../csv/encode-legacy.ts'
import { openFiles, reportOf } from './files.ts'

const files = await openFiles()
const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url))
const example = (name: string) => readFile(new URL(`../../examples/${name}`, import.meta.url))

async function contact(firstName: string): Promise<Record<string, unknown> | undefined> {
  return (await files.rows(`SELECT * FROM contacts WHERE first_name = '${firstName}'`))[0]
}

test('imported companies are searchable when the job is completed, and importing them again changes nothing', async () => {
  const job = await files.importText(await fixture('sp500-constituents.csv'))
  assert.equal(job.status, 'completed')
  assert.equal(job.response.messages, 'Successfully imported 503 records')
  assert.deepEqual(job.progress, {
    rowsRead: 503,
    rowsTotal: 503,
    rowsStored: 503,
    rowsRejected: 0,
    bytesRead: 53633,
    bytesTotal: 53633,
  })
  const where = { keyword_match: { must: { city: 'Saint Paul', state: 'minnesota' } } }
  const hits = await files.engine.search(parseQuery('company', { where }))
  const [row] = await files.rows(`SELECT name, industries FROM companies WHERE uuid = '${hits[0]?.uuid}'`)
  assert.deepEqual(row, { name: '3M', industries: ['Industrial Conglomerates'] })

  const again = await files.importText(await fixture('sp500-constituents.csv'))
  assert.deepEqual(reportOf(again).counts.companies, { created: 0, updated: 0, unchanged: 503 })
})

test('people without a company are imported without creating one', async () => {
  const before = (await files.rows('SELECT count(*) FROM companies'))[0]?.count
  const job = await files.importText(await fixture('congress-legislators-current.csv'))
  const { counts, kind } = reportOf(job)
  assert.equal(kind, 'contact')
  // They have neither an e-mail address nor a company.
  assert.deepEqual(counts.rows, { read: 537, stored: 537, warned: 537, rejected: 0, empty: 0 })
  assert.equal((await files.rows('SELECT count(*) FROM companies'))[0]?.count, before)
  const { last_name, state, website } = (await contact('Nydia')) ?? {}
  assert.deepEqual([last_name, state, website], ['Velázquez', 'NY', 'https://velazquez.house.gov'])
})

test('a company on several rows is one record', async () => {
  const job = await files.importText(await fixture('finance-database-vienna.csv'))
  const { counts } = reportOf(job)
  assert.equal(counts.rows.read, 300)
  assert.equal(counts.rows.stored, 300)
  assert.ok(counts.companies.created < 300)
})

test('the examples are imported without rejected rows, and only companies without a website and unclear locations cause warnings', async () => {
  for (const [name, rows, warned] of [
    [
      'companies-sp500.csv',
      503,
      [
        ['ERR_WEAK_IDENTITY', 'company', 503],
        ['ERR_PLACEHOLDER', 'company_location', 1],
        // Two companies with two headquarters.
        ['ERR_INVALID_VALUE', 'company_location', 2],
      ],
    ],
    ['contacts-apollo.csv', 200, []],
  ] as const) {
    const job = await files.importText(await example(name))
    const { counts, warnings } = reportOf(job)
    assert.deepEqual([counts.rows.stored, counts.rows.rejected], [rows, 0])
    assert.deepEqual(
      warnings.map(({ code, field, count }) => [code, field, count]),
      warned,
    )
  }
  const [row] = await files.rows(
    `SELECT c.name, c.normalized_domain, p.mobile_phone FROM contacts p JOIN companies c ON c.uuid = p.company_id
     WHERE p.last_name = 'Bennett' AND c.name = 'Northwind Systems'`,
  )
  assert.equal(row?.normalized_domain, 'northwind-systems.example')
})

test('bad rows are written to a file that can be imported as it is once they are fixed', async () => {
  const content = [
    'First Name,Email,Employees,Company,Notes',
    'Ada,ada@rejects.example,10,Rejects Ltd,"=not a formula, a note"',
    ',,5,,names nobody',
    `Grace,grace@rejects.example,20,${'x'.repeat(3000)},=too long`,
    'Alan,alan@rejects.example,30,Rejects Ltd,a,b,c',
  ].join('\n')
  const job = await files.importText(content)
  assert.equal(job.status, 'completed')
  assert.equal(job.response.rejectsS3Key, `rejects/${job.uuid}.csv`)
  assert.match(job.response.messages, /^Successfully imported 1 record; 3 rejected/)
  assert.deepEqual([job.progress.rowsRead, job.progress.rowsStored, job.progress.rowsRejected], [4, 1, 3])
  assert.deepEqual(await files.rows(`SELECT 1 FROM job_rejects`), [])

  assert.deepEqual(
    reportOf(job).rejected.map(({ code, field, line }) => [code, field, line]),
    [
      ['ERR_MISSING_IDENTITY', null, 3],
      ['ERR_VALUE_TOO_LONG', 'company', 4],
      ['ERR_INVALID_CSV', null, 5],
    ],
  )

  const rejects = await files.read(job.response.rejectsS3Key)
  const lines = rejects.trimEnd().split('\n')
  assert.equal(lines[0], 'First Name,Email,Employees,Company,Notes,line,error_code,error_message')
  assert.match(lines[1]!, /^,,5,,names nobody,3,ERR_MISSING_IDENTITY,/)
  assert.match(lines[2]!, /^Grace,.*,'=too long,4,ERR_VALUE_TOO_LONG,/)
  assert.match(lines[3]!, /^Alan,alan@rejects.example,30,Rejects Ltd,a,b,c,5,ERR_INVALID_CSV,/)

  const fixed = rejects.replace('names nobody,', 'now somebody,').replace(',,5,,', 'Kay,kay@rejects.example,5,,')
  const again = await files.importText(fixed.replace('x'.repeat(3000), 'Rejects Ltd').replace(',a,b,c,', ',"a,b,c",'))
  assert.deepEqual([again.progress.rowsStored, again.progress.rowsRejected], [3, 0])
  assert.ok((await contact('Kay')) && (await contact('Grace')) && (await contact('Alan')))
})

test('a bad number or e-mail is only a warning, counted by kind, as is a placeholder', async () => {
  const job = await files.importText(
    'First Name,Email,Company,Employees\nWarn,warn@w.example,Warned,10-50\nOther,nonsense,Warned,n/a\nThird,-,Warned,few\n',
  )
  const { warnings } = reportOf(job)
  assert.deepEqual(
    warnings.map(({ code, field, count, line }) => [code, field, count, line]),
    [
      ['ERR_INVALID_VALUE', 'employees', 2, 2],
      ['ERR_WEAK_IDENTITY', 'company', 3, 2],
      ['ERR_INVALID_VALUE', 'email', 1, 3],
      ['ERR_PLACEHOLDER', 'employees', 1, 3],
      ['ERR_PLACEHOLDER', 'email', 1, 4],
    ],
  )
  assert.ok(await contact('Warn'))
})

test('a row that updates a record of another name, because identity strips its marks, is reported and counted as updated', async () => {
  const job = await files.importText(
    'First Name,Last Name,Company,Website\nविजय,Rao,Marks,marks.example\nविजया,Rao,Marks,marks.example\nA,B,C,c-marks.example\nA,B,C++,c-marks.example\n',
  )
  const { warnings, counts } = reportOf(job)
  assert.deepEqual(
    warnings.map(({ code, field, count, line }) => [code, field, count, line]),
    [
      ['ERR_WEAK_IDENTITY', 'first_name', 1, 3],
      ['ERR_WEAK_IDENTITY', 'company', 1, 5],
    ],
  )
  assert.deepEqual(counts.companies, { created: 2, updated: 1, unchanged: 1 })
  assert.deepEqual(counts.contacts, { created: 2, updated: 1, unchanged: 1 })
})

test("LinkedIn's notes and hidden members, and the footers of reports, are not imported as people", async () => {
  const notes = 'Notes:\n"When exporting your connection data, you may notice something, or other."\n\n'
  const linkedin = await files.importText(
    `${notes}First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n` +
      'Linus,Linkedin,https://www.linkedin.com/in/linus,,Kernel Inc,Maintainer,07 Jun 2026\r\n,,,,,,07 Jun 2026\r\n',
  )
  const details = reportOf(linkedin)
  assert.deepEqual(details.counts.rows, { read: 2, stored: 1, warned: 1, rejected: 0, empty: 1 })
  assert.deepEqual(
    details.skipped_lines.map(({ line }) => line),
    [1, 2],
  )
  assert.equal((await contact('Linus'))?.linkedin_url, 'https://www.linkedin.com/in/linus')

  const salesforce = await files.importText(
    '"First Name","Last Name","Account Name"\n"Sally","Force","Cloud Co"\n"Total","Recall","Cloud Co"\n\n\n' +
      '"Grand Totals (2 records)","",""\n\n"Confidential Information - Do Not Distribute"\n"Acme report, 2026"\n',
  )
  const report = reportOf(salesforce)
  assert.deepEqual(report.counts.rows, { read: 2, stored: 2, warned: 2, rejected: 0, empty: 0 })
  assert.deepEqual(
    report.skipped_lines.map(({ line }) => line),
    [6, 8, 9],
  )
  assert.ok(await contact('Total'))
})

test('encodings, delimiters and line breaks make no difference', async () => {
  const text = 'First Name;Last Name;Company\r\nSören;Müller;"Café; Bar\n& Co"\r\n'
  const contents = [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(text, 'latin1'),
    Buffer.from(text.replaceAll(';', '\t').replace('Café\t', 'Café;')),
  ]
  for (const content of contents) {
    const job = await files.importText(content)
    assert.equal(job.progress.rowsStored, 1)
  }
  const job = await files.importText(encodeLegacy('ibm437', text), { encoding: 'cp437' })
  assert.equal(job.progress.rowsStored, 1)
  const rows = await files.rows(
    `SELECT c.name FROM contacts p JOIN companies c ON c.uuid = p.company_id WHERE last_name = 'Müller' AND first_name = 'Sören' AND p.email IS NULL`,
  )
  assert.deepEqual(rows, [{ name: 'Café; Bar & Co' }])
})

test('amounts in a column in thousands are stored in full', async () => {
  await files.importText('Company Name,Revenue (in 000s USD)\nScaled Inc,"1,250"\n')
  const [row] = await files.rows(`SELECT annual_revenue FROM companies WHERE name = 'Scaled Inc'`)
  assert.equal(row?.annual_revenue, 1_250_000)
})

test('a mapping decides what headers mean, and its headers that the file lacks are reported', async () => {
  const mapping = {
    Vorname: 'first_name',
    Nachname: 'last_name',
    Firma: 'company',
    Email: null,
    Telefon: 'mobile_phone',
  }
  const job = await files.importText('Vorname,Nachname,Firma,Email\nHeidi,Klump,Modehaus,heidi@x.example\n', {
    mapping,
  })
  assert.equal(job.progress.rowsStored, 1)
  assert.equal((await contact('Heidi'))?.email, null)
  const { ignored_columns, unmatched_mapping } = reportOf(job)
  assert.deepEqual(ignored_columns, [{ column: 'Email', reason: 'left out by `mapping`' }])
  assert.deepEqual(unmatched_mapping, ['Telefon'])
})

test('an export with an added column updates the same records, and the column is reported', async () => {
  const header = 'uuid,first_name,last_name,email,title'
  const uuid = '6dfd23b6-0000-4000-8000-0000000000ac'
  await files.importText(`${header}\n${uuid},Own,Export,own@export.example,\n`)
  const job = await files.importText(`${header},Notes\n${uuid},Own,Export,new@export.example,CEO,call\n`)
  const { counts, ignored_columns } = reportOf(job)
  assert.deepEqual(counts.contacts, { created: 0, updated: 1, unchanged: 0 })
  assert.deepEqual(ignored_columns, [{ column: 'Notes', reason: 'not the name of a field' }])
  const other = await files.importText('uuid,First Name,Email\n17,Not,ours@export.example\n')
  assert.deepEqual(reportOf(other).ignored_columns, [
    { column: 'uuid', reason: 'not read, because other columns do not have the names of fields: "First Name"' },
  ])
})

test('rows of one file apply in order, field by field', async () => {
  const url = 'https://www.linkedin.com/company/ordered'
  await files.importText(
    `Company,Company LinkedIn Url,Employees,City,Email\nOrdered,${url},10,Rome,a@o.example\nOrdered,${url},20,,b@o.example\n` +
      `Ordered,${url},10,Oslo,c@o.example\n`,
  )
  const rows = await files.rows(`SELECT employees_count FROM companies WHERE linkedin_url = '${url}'`)
  assert.deepEqual(rows, [{ employees_count: 10 }])
})

test('an import that can never succeed fails at once with the reason', async () => {
  const failures: readonly (readonly [
    job: Promise<{ status: string; response: { runtimeErrors?: readonly string[] } }>,
    code: string,
  ])[] = [
    [files.run('insert_csv_file', { s3_key: 'uploads/absent.csv' }), 'ERR_NOT_FOUND'],
    [files.run('insert_csv_file', { s3_key: '../../etc/passwd' }), 'ERR_NOT_FOUND'],
    [files.importText(''), 'ERR_INVALID_CSV'],
    [files.importText('foo,bar\n1,2\n'), 'ERR_INVALID_CSV'],
    [files.importText('uuid,city\n,rome\n'), 'ERR_INVALID_CSV'],
  ]
  for (const [running, code] of failures) {
    const job = await running
    assert.equal(job.status, 'failed')
    assert.match(job.response.runtimeErrors?.[0] ?? '', new RegExp(`^${code}: `))
  }
})

test('a file with only a header imports nothing', async () => {
  const job = await files.importText('First Name,Email\n')
  assert.equal(job.response.messages, 'Successfully imported 0 records')
})

test('job_data is validated when the job is created', () => {
  const invalid: readonly unknown[] = [
    {},
    { s3_key: '' },
    { s3_key: 5 },
    { s3_key: 'uploads/a.csv', s3_bucket: 5 },
    { s3_key: 'uploads/a.csv', service: 'people' },
    { s3_key: 'uploads/a.csv', mapping: ['email'] },
    { s3_key: 'uploads/a.csv', mapping: { Mail: 'emial' } },
    { s3_key: 'uploads/a.csv', maping: {} },
    { s3_key: 'uploads/a.csv', encoding: 'utf-7' },
    { s3_key: 'uploads/a.csv', encoding: 5 },
    { s3_key: 'uploads/a.csv', ['m'.repeat(10_000)]: {} },
    { s3_key: 'uploads/a.csv', mapping: { ['m'.repeat(10_000)]: 'emial' } },
    { s3_key: 'x'.repeat(3_000_000) },
    { s3_key: 'uploads/a.csv', mapping: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [at, null])) },
  ]
  for (const data of invalid)
    assert.throws(
      () => validateJobData('insert_csv_file', data),
      ({ code, message }) => code === 'ERR_INVALID_JOB_DATA' && message.length < 3000,
      JSON.stringify(data).slice(0, 100),
    )
  validateJobData('insert_csv_file', {
    s3_key: 'uploads/a.csv',
    s3_bucket: 'b',
    mapping: { Mail: 'email', X: null },
    service: 'contact',
    encoding: 'Shift_JIS',
  })
})

test('lines quoted as a whole are rows, `service` decides what rows are, and a company without a person has its phone', async () => {
  const wrapped = await files.importText('"Full Name,Email,City"\n"Ada Quoted,ada@quoted.example,Rome"\n')
  assert.equal(reportOf(wrapped).counts.contacts.created, 1)
  const service = await files.importText('Name,City,Phone\nService Ltd,Rome,\n12 Records,,\n', {})
  assert.equal(reportOf(service).counts.companies.created, 2)
  const people = await files.importText('Name,City\nAda Serviced,Rome\n', { service: 'contact' })
  assert.equal(reportOf(people).counts.contacts.created, 1)
  const alone = await files.importText(
    'First Name,Company,Phone,City,Country,Title\n,Alone Ltd,030 901820,Berlin,Germany,CEO\n',
  )
  assert.deepEqual(
    reportOf(alone).warnings.map(({ code, field }) => [code, field]),
    [
      ['ERR_WEAK_IDENTITY', 'company'],
      ['ERR_MISSING_IDENTITY', 'title'],
    ],
  )
  assert.deepEqual(
    await files.rows(
      "SELECT last_name FROM contacts WHERE first_name = 'Ada' AND last_name IN ('Quoted', 'Serviced') ORDER BY 1",
    ),
    [{ last_name: 'Quoted' }, { last_name: 'Serviced' }],
  )
  assert.deepEqual(await files.rows("SELECT phone_number, city, country FROM companies WHERE name = 'Alone Ltd'"), [
    { phone_number: '+4930901820', city: 'Berlin', country: 'Germany' },
  ])
  const refused = await files.importText('Etunimi,Job Title,Company\nAda,CTO,Acme\n')
  assert.match(refused.response.runtimeErrors![0]!, /^ERR_INVALID_CSV: .*"Etunimi"/)
})
