import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { zipOf } from '../helpers/zip.ts'
import { openFiles } from './files.ts'

const files = await openFiles()
const FIXTURES = new URL('../fixtures/', import.meta.url)

test('a file in a gzip file or a zip archive is imported like the plain file, whatever its name', async () => {
  const csv = await readFile(new URL('sp500-constituents.csv', FIXTURES))
  for (const content of [csv, gzipSync(csv), await zipOf({ '__MACOSX/._x.csv': 'x', 'data/sp500.csv': csv })]) {
    const job = await files.importText(content)
    const { bytesRead, bytesTotal, rowsStored } = job.progress
    assert.deepEqual(
      [job.status, rowsStored, bytesRead, bytesTotal],
      ['completed', 503, content.length, content.length],
    )
  }
  const rows = await files.rows(`SELECT name, city, state, industries FROM companies WHERE name = '3M'`)
  assert.deepEqual(rows, [
    { name: '3M', city: 'Saint Paul', state: 'Minnesota', industries: ['Industrial Conglomerates'] },
  ])
})

test('an archive that cannot be read fails at once with a message that says what to do', async () => {
  const csv = 'First Name,Email\nAda,ada@archive.example\n'
  for (const [content, message] of [
    [await zipOf({ 'a.csv': csv, 'b.csv': csv }), /^ERR_INVALID_CSV: .*unpack it/],
    [await zipOf({ 'xl/workbook.xml': 'x' }), /^ERR_INVALID_CSV: .*Excel workbook/],
    [gzipSync(csv).subarray(0, 30), /^ERR_INVALID_CSV: .*damaged or truncated/],
    [gzipSync(gzipSync(csv)), /^ERR_INVALID_CSV: .*compressed twice/],
    [await zipOf({ 'a.csv': await zipOf({ 'a.csv': csv }) }), /^ERR_INVALID_CSV: .*zip archive/],
  ] as const) {
    const job = await files.importText(content)
    assert.equal(job.status, 'failed')
    assert.match(job.response.runtimeErrors?.[0] ?? '', message)
  }
})
