import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/csv/encoding.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { type CsvFile, openCsv, resumeCsv } from '../../src/csv/read.ts'

async function* pieces(content: string | Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function open(content: string | Uint8Array): Promise<CsvFile> {
  return await openCsv(decode(pieces(content)))
}

async function rows(file: CsvFile): Promise<(readonly string[])[]> {
  const all: (readonly string[])[] = []
  for await (const records of file.records) all.push(...records.map(record => record.cells))
  return all
}

for (const [name, delimiter] of [
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['pipe', '|'],
] as const)
  test(`the delimiter ${name} is found, whatever the cells contain`, async () => {
    const others = [',', ';', '|'].filter(other => other !== delimiter).join(' ')
    const file = await open(
      [
        ['First Name', 'Last Name', 'E-mail'],
        ['Ada', `x${others}y${others}z`, 'ada@example.com'],
      ]
        .map(row => row.join(delimiter))
        .join('\r\n'),
    )
    assert.equal(file.header.dialect.delimiter, delimiter)
    assert.deepEqual(file.header.cells, ['First Name', 'Last Name', 'E-mail'])
    assert.deepEqual(await rows(file), [['Ada', `x${others}y${others}z`, 'ada@example.com']])
  })

test('the delimiter that Excel declares with `sep=` is used', async () => {
  const file = await open('sep=;\r\nName;Website\r\nAcme, Inc.;acme.com\r\n')
  assert.deepEqual(file.header.cells, ['Name', 'Website'])
  assert.deepEqual(await rows(file), [['Acme, Inc.', 'acme.com']])
})

test('a file may have a single column, and lines that end with CR alone', async () => {
  assert.deepEqual((await open('Email\nada@example.com')).header.cells, ['Email'])
  const file = await open('Name,City\rAcme,Rome\rBeta,Oslo\r')
  assert.deepEqual(await rows(file), [
    ['Acme', 'Rome'],
    ['Beta', 'Oslo'],
  ])
})

test('notes before the header are recognised and kept for the report', async () => {
  const notes = 'Notes:\n"When exporting your connection data, you may notice, that some are missing."\n\n'
  const file = await open(
    `${notes}First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAda,Lovelace,,,,,\n`,
  )
  assert.equal(file.header.cells[0], 'First Name')
  assert.deepEqual(
    file.header.preamble.map(({ line, text }) => [line, text.slice(0, 14)]),
    [
      [1, 'Notes:'],
      [2, 'When exporting'],
    ],
  )
  assert.equal((await rows(file)).length, 1)
})

test('a preview shows the encoding, delimiter and header line of a file', async () => {
  const { header } = await open(Buffer.from('\ufeffReport of today\n\nFirst Name;Email\nZoë;z@x.example\n', 'utf16le'))
  assert.deepEqual(header, {
    dialect: { delimiter: ';', newline: '\n' },
    cells: ['First Name', 'Email'],
    line: 3,
    encoding: 'utf-16le',
    marksUndecodable: false,
    firstRows: null,
    signs: { ampersands: [], twice: [] },
    preamble: [{ line: 1, text: 'Report of today' }],
  })
})

test('a header of thousands of columns and the rows below it are read whole', async () => {
  const headers = Array.from({ length: 16_000 }, (_, index) => `Custom field of ours ${index}`)
  const cells = headers.map((_, index) => String(index))
  const file = await open(`Email,${headers.join(',')}\na@x.example,${cells.join(',')}\nb@x.example\n`)
  assert.deepEqual(file.header.cells, ['Email', ...headers])
  assert.deepEqual(await rows(file), [['a@x.example', ...cells], ['b@x.example']])
})

test('a file that is a single line of several megabytes is refused', async () => {
  for (const content of ['x'.repeat(5 << 20), `Email,${'y'.repeat(5 << 20)}\na@x.example,1\n`, ','.repeat(5 << 20)])
    await assert.rejects(open(content), { code: 'ERR_INVALID_CSV' })
})

test('a row that contains the word of a header is not taken for the header', async () => {
  const file = await open('Etunimi,Sukunimi,Kaupunki\nAda,Title,London\nEmail,Company,Phone\n')
  assert.equal(file.header.cells[0], 'Etunimi')
  assert.throws(() => readHeader(file.header.cells), { code: 'ERR_INVALID_CSV' })
})

test('an empty file or another format is refused, and the message says what it is', async () => {
  for (const content of ['', ' \n\n', '\ufeff', ',,,\n'])
    await assert.rejects(open(content), { code: 'ERR_INVALID_CSV', message: /empty/ }, JSON.stringify(content))
  for (const [start, what] of [
    ['PK\x03\x04\x14\0', /zip archive/],
    ['\x1f\x8b\x08\0', /compressed twice/],
    ['\xd0\xcf\x11\xe0\xa1', /Excel/],
    ['%PDF-1.7', /PDF/],
    ['7z\xbc\xaf\x27\x1c', /gzip or zip/],
    ['\r\n<!DOCTYPE html><html>', /web page/],
  ] as const)
    await assert.rejects(open(Buffer.from(start, 'latin1')), { code: 'ERR_INVALID_CSV', message: what }, start)
})

test('reading can resume at any position, however the file is cut', async () => {
  const content = `Name,City\n${Array.from({ length: 50 }, (_, index) => `"Ñandú ${index}\n""x""",città 🙂\r\n`).join('')}`
  const file = await open(content)
  for await (const records of file.records)
    for (const [index, { end }] of records.entries()) {
      const rest = resumeCsv(decode(pieces(content, 37)), file.header, end)
      assert.equal((await rows(rest)).length, 49 - index)
    }
})

test('any bytes are either read or refused with ERR_INVALID_CSV', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc
      .array(fc.constantFrom('"', ',', ';', '\n', '\r', '\t', 'Email', 'Name', '\u00e9', ' ', '\0'), { maxLength: 200 })
      .map(parts => Buffer.from(parts.join(''))),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async content => {
      try {
        const file = await open(content)
        readHeader(file.header.cells)
        await rows(file)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ERR_INVALID_CSV', String(error))
      }
    }),
    { numRuns: 1000 },
  )
})
