import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { decode } from '../../src/csv/encoding.ts'
import { openCsv } from '../../src/csv/read.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import { LISTED_OF_A_KIND } from '../../src/jobs/import/warnings.ts'
import { rounds } from '../helpers/rounds.ts'
import { openFiles, reportOf } from './files.ts'

const files = await openFiles()

/** The cells of a file in the store, header first. */
async function cellsOf(key: string | undefined): Promise<(readonly string[])[]> {
  const content = Buffer.from(await files.read(key))
  const csv = await openCsv(
    decode(
      (async function* () {
        yield content
      })(),
    ),
  )
  const rows = [csv.header.cells]
  for await (const records of csv.records) rows.push(...records.map(record => record.cells))
  return rows
}

test('the counts of an import add up to the rows of its file', async () => {
  const again = 'First Name,Email,Company,# Employees'
  const job = await files.importText(
    [
      'Report of today',
      again,
      'Ada,ada@sums.example,Sums,10',
      'Bob,bob@sums.example,Sums,10',
      'Ada,ada@sums.example,Sums,',
      ',,Alone,many',
      ',,,5',
      'Eve,eve,Sums,no,more',
      ',,,',
      ...Array<string>(30).fill(again),
      'Total: 7 records',
    ].join('\n'),
  )
  const report = reportOf(job)
  assert.deepEqual(report.counts, {
    rows: { read: 7, stored: 4, warned: 4, rejected: 2, empty: 1 },
    lines_skipped: 32,
    companies: { created: 2, updated: 0, unchanged: 2 },
    contacts: { created: 2, updated: 0, unchanged: 1 },
  })
  assert.deepEqual(
    report.rejected.map(({ code, count, line }) => [code, count, line]),
    [
      ['ERR_MISSING_IDENTITY', 1, 7],
      ['ERR_INVALID_CSV', 1, 8],
    ],
  )
  assert.equal(report.skipped_lines.length, 21)
  assert.ok(report.seconds > 0 && report.rows_per_second > 0)
  assert.equal(job.response.rejectsS3Key, `rejects/${job.uuid}.csv`)
  assert.equal(job.response.warningsS3Key, `warnings/${job.uuid}.csv`)
})

test('the file of warnings lists line, column and value, and is safe to open in a spreadsheet', async () => {
  const smile = `${'x'.repeat(199)}😀`
  const job = await files.importText(
    `First Name,Mail,# Employees,Company\nAda,=cmd(),10-20,Warned\n,,n.a.,\nBob,${smile},"=""few""",Warned\nEve,'-,#N/A,Warned\n`,
    { mapping: { Mail: 'email' } },
  )
  const [header, ...rows] = await cellsOf(job.response.warningsS3Key)
  assert.deepEqual(header, ['line', 'column', 'field', 'code', 'value', 'message'])
  assert.deepEqual(
    rows.map(row => row.slice(0, 5)),
    [
      ['2', '# Employees', 'employees', 'ERR_INVALID_VALUE', '10-20'],
      ['2', 'Company', 'company', 'ERR_WEAK_IDENTITY', 'Warned'],
      ['2', 'Mail', 'email', 'ERR_INVALID_VALUE', "'=cmd()"],
      ['4', '# Employees', 'employees', 'ERR_INVALID_VALUE', 'few'],
      ['4', 'Company', 'company', 'ERR_WEAK_IDENTITY', 'Warned'],
      ['4', 'Mail', 'email', 'ERR_INVALID_VALUE', `${'x'.repeat(199)}\ufffd`],
      ['5', 'Company', 'company', 'ERR_WEAK_IDENTITY', 'Warned'],
      ['5', 'Mail', 'email', 'ERR_PLACEHOLDER', "'-"],
      ['5', '# Employees', 'employees', 'ERR_PLACEHOLDER', '#N/A'],
    ],
  )
  assert.deepEqual(await files.rows('SELECT 1 FROM job_warnings'), [])
})

test('the file of warnings lists a bounded number of each kind, the number of the others, and all rare ones', async () => {
  const more = rounds(100, 2500)
  const rows = LISTED_OF_A_KIND + more
  const lines = Array.from({ length: rows }, (_, row) => `P${row},p${row}@cap.example,many`)
  const job = await files.importText(`First Name,Email,# Employees\n${lines.join('\n')}\nLast,nonsense,\n`)
  const report = reportOf(job)
  assert.deepEqual(
    report.warnings.map(({ field, count, line }) => [field, count, line]),
    [
      ['employees', rows, 2],
      ['email', 1, rows + 2],
      ['first_name', 1, rows + 2],
    ],
  )
  assert.equal(report.counts.rows.warned, rows + 1)
  const listed = await cellsOf(job.response.warningsS3Key)
  assert.equal(listed.length, 1 + LISTED_OF_A_KIND + 2 + 1)
  assert.deepEqual(listed.at(-3)?.slice(0, 3), [String(rows + 2), 'Email', 'email'])
  assert.deepEqual(listed.at(-2)?.slice(0, 3), [String(rows + 2), 'First Name', 'first_name'])
  assert.deepEqual(listed.at(-1), [
    '',
    '',
    'employees',
    'ERR_INVALID_VALUE',
    '',
    `${more} more of this kind are not listed`,
  ])
})

test('an import without rejects and warnings has no files for them', async () => {
  const { response } = await files.importText('First Name,Email\nFine,fine@fine.example\n')
  assert.deepEqual([response.rejectsS3Key, response.warningsS3Key], [undefined, undefined])
})

interface RoundTrip {
  readonly name: string
  readonly content: string | Uint8Array
  readonly data?: Readonly<Record<string, unknown>>
  /** What a person does to fix the file of rejects. */
  readonly fix: (rejects: string) => string
  /** SQL that finds the record of the fixed row. */
  readonly made: string
}

/** Without a row with a UUID, a file is not an export. */
const GOOD_UUID = '6dfd23b6-0000-4000-8000-0000000000a0'
const LONG = 'y'.repeat((1 << 20) + 10)
const ROUND_TRIPS: readonly RoundTrip[] = [
  {
    name: 'an export of Connectra',
    content: `uuid,first_name,last_name,email,created_at,company_name\n${GOOD_UUID},,,,,\nno uuid,Rita,Export,rita@trip.example,,"x, y"\n`,
    fix: text => text.replace('no uuid', '6dfd23b6-0000-4000-8000-0000000000aa'),
    made: `SELECT first_name FROM contacts WHERE uuid = '6dfd23b6-0000-4000-8000-0000000000aa' AND last_name = 'Export'`,
  },
  {
    name: 'an export that only `service` tells',
    content: `uuid,city\n${GOOD_UUID},\nno uuid,rome\n`,
    data: { service: 'company' },
    fix: text => text.replace('no uuid', '6dfd23b6-0000-4000-8000-0000000000ab'),
    made: `SELECT city FROM companies WHERE uuid = '6dfd23b6-0000-4000-8000-0000000000ab'`,
  },
  {
    name: 'a file with semicolons in Windows-1252 and a mapping',
    content: Buffer.from('Vorname;Firma;Notiz\r\nGood;Gut;\r\nJ\xf6rg;Caf\xe9, M\xfcnchen;a;b\r\n', 'latin1'),
    data: { mapping: { Vorname: 'first_name', Firma: 'company' } },
    fix: text => text.replace(',a,b,', ',a;b,'),
    made: `SELECT name FROM companies WHERE name = 'Café, München'`,
  },
  {
    name: 'a file of UTF-16 with tabs',
    content: Buffer.from('\ufeffFirst Name\tEmail\tCompany\nŽofie\tz@trip.example\tTab, "Inc"\tmore\n', 'utf16le'),
    fix: text => text.replace(',more,', ','),
    made: `SELECT first_name FROM contacts WHERE first_name = 'Žofie' AND email = 'z@trip.example'`,
  },
  {
    name: 'a file with notes before its header and cells of several lines',
    content:
      'Notes:\n"We are sorry, but\nthis is so."\n\nFirst Name,Email Address,Company,Position\n"Line\nBreak",lb@trip.example,"=Co\r\n""K""",a,b\n',
    fix: text => text.replace(',a,b,', ',"a,b",'),
    made: `SELECT title FROM contacts WHERE email = 'lb@trip.example' AND title = 'a,b'`,
  },
  {
    name: 'a row of more than 1 MB',
    content: `First Name,Email,Title,Company\nToolong,tl@trip.example,"${'😀'.repeat(500)}${LONG}",Long Ltd\n`,
    fix: text => text.replace(/(Toolong,tl@trip\.example),[^\n]*?(,\d+,ERR_)/, '$1,Short,Long Ltd$2'),
    made: `SELECT title FROM contacts WHERE email = 'tl@trip.example' AND title = 'Short'`,
  },
]

for (const { name, content, data = {}, fix, made } of ROUND_TRIPS)
  test(`rejects of ${name} are rejected again as they are, and stored once fixed`, async () => {
    const first = await files.importText(content, data)
    assert.equal(first.progress.rowsRejected, 1)
    const rejects = await files.read(first.response.rejectsS3Key)
    const [header, row] = await cellsOf(first.response.rejectsS3Key)
    assert.deepEqual(header?.slice(-3), ['line', 'error_code', 'error_message'])

    const second = await files.importText(rejects, data)
    assert.deepEqual([second.progress.rowsStored, second.progress.rowsRejected], [0, 1])
    const [headerAgain, rowAgain] = await cellsOf(second.response.rejectsS3Key)
    assert.deepEqual(headerAgain, header)
    assert.deepEqual(rowAgain?.slice(0, -3), row?.slice(0, -3))

    const before = await files.rows(made)
    const third = await files.importText(fix(await files.read(second.response.rejectsS3Key)), data)
    assert.deepEqual([third.progress.rowsStored, third.progress.rowsRejected], [1, 0])
    assert.deepEqual([before.length, (await files.rows(made)).length], [0, 1])
  })

test('large rejected rows are written a few at a time', async () => {
  const rows = rounds(14, 40)
  const cell = 'x'.repeat(400_000)
  await files.store.put('uploads/large.csv', Readable.from([`Email,Company\n${`${cell},a,${cell},b\n`.repeat(rows)}`]))
  let largest = 0
  const watching: ObjectStore = {
    ...files.store,
    put: (key, content, options) =>
      files.store.put(
        key,
        Readable.from(content).map((text: string) => {
          largest = Math.max(largest, text.length)
          return text
        }),
        options,
      ),
  }
  const job = await files.run('insert_csv_file', { s3_key: 'uploads/large.csv' }, context =>
    insertCsvFile({ ...context, store: watching }),
  )
  assert.equal(reportOf(job).counts.rows.rejected, rows)
  const cells = await cellsOf(job.response.rejectsS3Key)
  assert.deepEqual(
    cells.slice(1).map(([first, , third, , line]) => [first === cell, third === cell, line]),
    Array.from({ length: rows }, (_, index) => [true, true, String(index + 2)]),
  )
  assert.ok(largest < 8 << 20, `${largest} characters at a time`)
})
