/** Imports hostile and random files: the import ends, its report is correct, and its totals add up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { writeCells } from '../../src/csv/write.ts'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import { BATCH_LIMITS } from '../../src/jobs/import/read-batches.ts'
import type { Job } from '../../src/jobs/job/job.ts'
import type { JobHandler } from '../../src/jobs/job/job-context.ts'
import { HOSTILE } from '../csv/hostile.ts'
import { anyText } from '../helpers/any-text.ts'
import { rounds } from '../helpers/rounds.ts'
import { zipOf } from '../helpers/zip.ts'
import { openFiles, reportOf } from './files.ts'

const files = await openFiles()

/** Checks the report of a completed import and returns its number of data rows. */
async function accountedRows(job: Job): Promise<number> {
  const { read, stored, rejected, empty } = reportOf(job).counts.rows
  assert.equal(read, stored + rejected + empty)
  const { rowsRead, rowsStored, rowsRejected } = job.progress
  assert.deepEqual([rowsRead, rowsStored, rowsRejected], [read, stored, rejected])
  if (rejected === 0) assert.equal(job.response.rejectsS3Key, undefined)
  else {
    const rejects = parse(await files.read(job.response.rejectsS3Key), { relax_column_count: true })
    assert.equal(rejects.length, rejected + 1)
  }
  return read
}

for (const [name, content] of Object.entries(HOSTILE))
  test(`${name} is imported with totals that add up, or refused`, async () => {
    const job = await files.importText(content)
    if (job.status === 'completed') await accountedRows(job)
    else {
      assert.equal(job.status, 'failed')
      assert.match(job.response.runtimeErrors?.[0] ?? '', /^ERR_INVALID_CSV: /)
    }
  })

test('a cell of a megabyte in an ignored column does no harm, and a larger one rejects the row', async () => {
  const rows = [
    ['Ada', 'ada@mega.example', 'x'.repeat(1_000_000)],
    ['Grace', 'grace@mega.example', 'x'.repeat(1_100_000)],
    ['Kay', 'kay@mega.example', 'line\n'.repeat(200_000)],
  ]
  const job = await files.importText(writeCells(['First Name', 'Email', 'Notes']) + rows.map(writeCells).join(''))
  assert.equal(await accountedRows(job), 3)
  const stored = await files.rows(`SELECT first_name FROM contacts WHERE email LIKE '%@mega.example' ORDER BY 1`)
  assert.deepEqual(
    stored.map(row => row.first_name),
    ['Ada', 'Kay'],
  )
  assert.match(
    await files.read(job.response.rejectsS3Key),
    /^Grace,grace@mega\.example,x+,\(the rest of the row is missing here\),3,ERR_VALUE_TOO_LONG,/m,
  )
})

const cell = fc.oneof(
  anyText({ maxLength: 12 }),
  fc.constantFrom('', ' ', 'Ada', '=1+1', "'", '"', '\n', ',', 'a@b.example', '10-50', '#NAME?', 'x'.repeat(3000)),
)

test('each random row is stored, rejected or empty', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 40 }),
      fc.constantFrom('utf8', 'utf16le'),
      fc.boolean(),
      async (rows, encoding, compressed) => {
        const header = ['First Name', 'Email', 'Company', 'Employees', 'Notes']
        // The first cell never looks like the beginning of a report's footer.
        const text = `\ufeff${writeCells(header)}${rows.map(([first, ...others]) => writeCells([`p${first}`, ...others])).join('')}`
        const bytes = Buffer.from(text, encoding)
        const job = await files.importText(compressed ? gzipSync(bytes) : bytes)
        assert.equal(job.status, 'completed')
        assert.equal(await accountedRows(job), rows.length)
      },
    ),
    { numRuns: rounds(3, 15) },
  )
})

const insertLongRows: JobHandler = context => insertCsvFile(context, { rows: BATCH_LIMITS.rows, characters: BATCH })

/** A handler that fails before storing its `stopAt`th checkpoint, and again at the next ones, then runs to the end. */
function breaking(stopAt: number, times: number): JobHandler {
  let broken = 0
  return async context => {
    let checkpoints = 0
    return await insertLongRows({
      ...context,
      checkpointSql(checkpoint, progress) {
        if (broken < times && ++checkpoints > stopAt) {
          broken++
          throw new Error('the worker breaks')
        }
        return context.checkpointSql(checkpoint, progress)
      },
    })
  }
}

/** The characters of a batch, and of most rows: nine or ten rows a batch. The thorough run has the product's batches. */
const BATCH = rounds(135_000, BATCH_LIMITS.characters)
const LONG = rounds(30_000, 900_000)

/** Long rows in both encodings. Every fifth is a reject, and one is too long. */
function longRows(name: string): Buffer {
  const rows = Array.from({ length: 38 }, (_, index) => {
    const note = `"${`Zoë ${'x'.repeat(995)}\n`.repeat(index === 20 ? 1200 : LONG / 1000)}"`
    const text =
      index % 5 === 4 ? `,,,5,${note}\r\n` : `${name}${index},${name}${index}@long.example,Ünlü,5,${note}\r\n`
    return Buffer.from(text, index % 3 === 0 ? 'latin1' : 'utf8')
  })
  return Buffer.concat([Buffer.from('First Name,Email,Company,Employees,Notes\r\n'), ...rows])
}

test('an import interrupted at any checkpoint and resumed has the same result, for every kind of file', async () => {
  const outcome = async (name: string, content: Buffer, handler: JobHandler) => {
    const key = `uploads/${name}.csv`
    await files.upload(content, key)
    const job = await files.run('insert_csv_file', { s3_key: key }, handler, 9)
    assert.equal(job.status, 'completed')
    const rows = await accountedRows(job)
    const people = await files.rows(
      `SELECT replace(first_name, '${name}', '') AS who FROM contacts WHERE first_name LIKE '${name}%' ORDER BY 1`,
    )
    const rejects = (await files.read(job.response.rejectsS3Key)).replaceAll(name, '')
    return { rows, people, rejects }
  }
  const expected = await outcome('whole', longRows('whole'), insertLongRows)
  const packed = {
    pla: async (bytes: Buffer) => bytes,
    gzi: async (bytes: Buffer) => gzipSync(bytes),
    zip: (bytes: Buffer) => zipOf({ 'a.csv': bytes }),
  }
  const interruptions = [
    ['pla', 1, 2],
    ['gzi', 3, rounds(1, 2)],
    ['zip', 2, rounds(1, 2)],
    ['gzi', 0, 2],
    ['gzi', 1, 2],
  ] as const
  for (const [kind, stopAt, times] of interruptions.slice(0, rounds(2, 5))) {
    // As many rows as in `whole`: the beginning of the row that is too long is kept.
    const name = `${kind}${stopAt}n`
    assert.deepEqual(await outcome(name, await packed[kind](longRows(name)), breaking(stopAt, times)), expected, name)
  }
})
