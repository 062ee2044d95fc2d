import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Service } from '../../src/fields.ts'
import { validateImportData } from '../../src/jobs/import/data.ts'
import { readBeginningInThread } from '../../src/jobs/import/in-thread.ts'
import { type ImportPreview, type PreviewRecord, previewImport } from '../../src/jobs/import/preview.ts'
import { readBeginning } from '../../src/jobs/import/read-beginning.ts'
import { encodeLegacy } from '../csv/encode-legacy.ts'
import { fetchPage } from '../helpers/fetch-page.ts'
import { rounds } from '../helpers/rounds.ts'
import { openFiles } from './files.ts'

const files = await openFiles()
const { database, store } = files
/** Without a thread, which takes most of the time of a preview. The tests of limits use one, and so does the thorough run. */
const READ = rounds(0, 1) === 1 ? readBeginningInThread : readBeginning

async function preview(key: string, data: object = {}, rows = 10, read = READ): Promise<ImportPreview> {
  return await previewImport(database, store, validateImportData({ s3_key: key, ...data }), rows, read)
}

async function previewText(content: string | Uint8Array, data: object = {}, read = READ): Promise<ImportPreview> {
  return await preview(await files.upload(content), data, 10, read)
}

const SYSTEM = ['id', 'uuid', 'created_at', 'updated_at', 'cursor']

/** The stored records, without empty fields and fields set by the system. */
async function stored(service: Service, uuids: readonly string[]): Promise<unknown[]> {
  const texts = await fetchPage(database, { service, select: null, populate: null }, uuids)
  return texts.map(text =>
    Object.fromEntries(
      Object.entries(JSON.parse(text ?? '{}')).filter(([field, value]) => value !== null && !SYSTEM.includes(field)),
    ),
  )
}

/** UUID → the values of all rows of a record, with later rows overriding earlier ones. */
function laidOver(records: readonly (PreviewRecord | null)[]): Map<string, object> {
  const byUuid = new Map<string, object>()
  for (const record of records)
    if (record !== null) byUuid.set(record.uuid, { ...byUuid.get(record.uuid), ...record.values })
  return byUuid
}

const FIXTURES = [
  'sp500-constituents.csv',
  'congress-legislators-current.csv',
  'contacts-apollo.csv',
  'latin1',
  'export',
]

async function contentOf(name: string): Promise<Uint8Array> {
  if (name === 'latin1')
    return Buffer.from(
      'LinkedIn notes\n\nVorname;Nachname;E-Mail-Adresse;Company Name;# Employees;Website\r\nJörg;Groß;joerg@groß.example;Groß;10-20;\r\n;;;;;\r\nEva;Ö;eva@oe.example;Groß;70;http://gross.example\r\n',
      'latin1',
    )
  if (name === 'export')
    return Buffer.from(
      'uuid,first_name,email,city,company_name\n6dfd23b6-0000-4000-8000-000000000001,Ada,ada@e.example,Paris,x\n,,,Rome,\nno uuid,Bob,,,\n',
    )
  const folder = name.startsWith('contacts') ? '../../examples' : '../fixtures'
  const content = await readFile(new URL(`${folder}/${name}`, import.meta.url), 'utf8')
  // As many rows as a preview shows, because later ones may add values to the same companies.
  return Buffer.from(content.split('\n').slice(0, 101).join('\n'))
}

for (const name of FIXTURES)
  test(`a preview of ${name} shows the records that the import stores`, async () => {
    const content = await contentOf(name)
    const mapping = name === 'latin1' ? { Vorname: 'first_name', Nachname: 'last_name', 'E-Mail-Adresse': 'email' } : {}
    const key = await files.upload(content)
    const before = await preview(key, { mapping }, 100)
    assert.deepEqual(
      [...new Set(before.rows.flatMap(({ company, contact }) => [company?.effect, contact?.effect]))].filter(Boolean),
      ['created'],
    )
    const job = await files.run('insert_csv_file', { s3_key: key, mapping })
    for (const service of ['company', 'contact'] as const) {
      const shown = laidOver(before.rows.map(row => row[service]))
      assert.deepEqual(await stored(service, [...shown.keys()]), [...shown.values()])
    }
    if (before.is_whole) {
      const becoming = (what: string) => before.rows.filter(row => row.becomes === what).length
      const { rowsRead, rowsStored, rowsRejected } = job.progress
      assert.deepEqual(['stored', 'rejected', 'empty'].map(becoming), [
        rowsStored,
        rowsRejected,
        rowsRead - rowsStored - rowsRejected,
      ])
    }
    const after = await preview(key, { mapping }, 100)
    assert.ok(
      after.rows.every(({ company, contact }) =>
        [company, contact].every(one => (one?.effect ?? 'unchanged') === 'unchanged'),
      ),
    )
  })

test('a preview shows how the file is read, and why each column is read as its key', async () => {
  const found = await previewText(
    'A report of ours\n\nName;First Name;Last Name;Firma;Notes\nx;Ada;L;ACME;y\n',
    {
      mapping: { Firma: 'company_city', Umsatz: 'annual_revenue' },
    },
    readBeginningInThread,
  )
  assert.equal(found.encoding, 'utf-8')
  assert.equal(found.compression, null)
  assert.deepEqual([found.delimiter, found.header_line, found.kind, found.form], [';', 3, 'contact', 'rows'])
  assert.deepEqual(found.skipped_lines, [{ line: 1, text: 'A report of ours' }])
  assert.deepEqual(
    found.columns.map(({ column, key, service, field, reason }) => [column, key, service, field, reason]),
    [
      ['Name', null, null, null, 'ambiguous'],
      ['First Name', 'first_name', 'contact', 'first_name', 'alias'],
      ['Last Name', 'last_name', 'contact', 'last_name', 'alias'],
      ['Firma', 'company_city', 'company', 'city', 'mapping'],
      ['Notes', null, null, null, 'unknown'],
    ],
  )
  assert.deepEqual(found.columns[0]?.candidates, ['full_name', 'company'])
  assert.deepEqual(found.unmatched_mapping, ['Umsatz'])
  assert.deepEqual(
    found.ignored_columns.map(({ column }) => column),
    ['Name', 'Notes'],
  )
  const utf16 = await previewText(Buffer.from('\ufeffEmail\tCompany\na@b.example\tACME\n', 'utf16le'))
  assert.deepEqual([utf16.encoding, utf16.delimiter, utf16.kind], ['utf-16le', '\t', 'both'])
  const polish = encodeLegacy('windows-1250', 'Name;Miasto;Email\nPaweł Wiśniewski;Łódź;a@b.example\nGrażyna;Płock;\n')
  const detected = await previewText(polish)
  assert.deepEqual([detected.encoding, detected.rows[0]?.contact?.values.last_name], ['windows-1250', 'Wiśniewski'])
  const named = await previewText(encodeLegacy('gb18030', 'Name,Email\n张伟,a@b.example\n'), { encoding: 'GBK' })
  assert.deepEqual([named.encoding, named.rows[0]?.contact?.values.first_name], ['gbk', '张伟'])
  const zipped = await previewText(gzipSync(Buffer.from('Email\nm\xfcller@b.example\n', 'latin1')))
  assert.deepEqual([zipped.encoding, zipped.compression, zipped.rows.length], ['windows-1252', 'gzip', 1])
})

test('a preview shows rejections and warnings with their line, column and value', async () => {
  const { rows } = await previewText(
    'First Name,Email,Company,# Employees\nAda,nonsense,Warned GmbH,10-50\n,,,5\n,,,\nAda,a,b,c,d\n',
  )
  assert.deepEqual(
    rows.map(({ line, becomes, code }) => [line, becomes, code]),
    [
      [2, 'stored', null],
      [3, 'rejected', 'ERR_MISSING_IDENTITY'],
      [4, 'empty', null],
      [5, 'rejected', 'ERR_INVALID_CSV'],
    ],
  )
  assert.deepEqual(
    rows[0]?.warnings.map(({ column, field, value }) => [column, field, value]),
    [
      ['# Employees', 'employees', '10-50'],
      ['Company', 'company', 'Warned GmbH'],
      ['Email', 'email', 'nonsense'],
    ],
  )
})

test('a preview shows what would be updated, and stores nothing', async () => {
  const header = 'Company,City,Company LinkedIn Url'
  await files.importText(
    `${header}\nKept,Rome,https://linkedin.com/company/kept\nMoved,Rome,https://linkedin.com/company/moved\n`,
  )
  const counted = async () =>
    await files.rows('SELECT (SELECT count(*) FROM companies) AS companies, (SELECT max(seq) FROM changes) AS seq')
  const before = await counted()
  const { rows } = await previewText(
    `${header}\nKept,,https://linkedin.com/company/kept\nMoved,Oslo,https://linkedin.com/company/moved\nNew,Oslo,https://linkedin.com/company/new\n`,
  )
  assert.deepEqual(
    rows.map(({ company }) => company?.effect),
    ['unchanged', 'updated', 'created'],
  )
  assert.deepEqual(await counted(), before)
})

test('a preview reads only the beginning of a large file', async () => {
  const row = `Ada,${'x'.repeat(1000)}\n`
  let read = 0
  const key = await files.upload(`First Name,Notes\n${row.repeat(20_000)}`)
  const counting: typeof store = {
    ...store,
    async get(...args) {
      const stream = await store.get(...args)
      const push = stream.push.bind(stream)
      stream.push = chunk => {
        read += chunk?.length ?? 0
        return push(chunk)
      }
      return stream
    },
  }
  const { rows, is_whole } = await previewImport(database, counting, validateImportData({ s3_key: key }), 100)
  assert.deepEqual([rows.length, is_whole], [100, false])
  assert.ok(read > 0 && read < 2 << 20, `${read} bytes`)

  const nothing = await files.upload(Buffer.alloc(20 << 20))
  await assert.rejects(preview(nothing, {}, 10, readBeginningInThread), { code: 'ERR_INVALID_CSV' })
  const bomb = await files.upload(gzipSync(Buffer.alloc(rounds(20, 200) << 20)))
  await assert.rejects(preview(bomb, {}, 10, readBeginningInThread), { code: 'ERR_INVALID_CSV' })
})

test('a preview of an archive with gigabytes of nothing ends, and of many skipped lines the first are shown', async () => {
  const member = gzipSync('')
  const empty = Buffer.alloc(12 << 20, member)
  const archive = await files.upload(empty.subarray(0, empty.length - (empty.length % member.length)))
  await assert.rejects(preview(archive, {}, 10, readBeginningInThread), {
    code: 'ERR_INVALID_CSV',
    message: /first 8 MB/,
  })
  const { skipped_lines } = await previewText(`Email,First Name\n${'Total: 5\n'.repeat(rounds(10_000, 50_000))}`)
  assert.deepEqual([skipped_lines.length, skipped_lines[0]], [20, { line: 2, text: 'Total: 5' }])
})

test('a row without end is rejected in a preview as in an import', async () => {
  const { rows } = await previewText(`First Name\nAda\n${'x'.repeat(3 << 20)}`)
  assert.deepEqual(
    rows.map(({ becomes, code }) => [becomes, code]),
    [
      ['stored', null],
      ['rejected', 'ERR_VALUE_TOO_LONG'],
    ],
  )
})
