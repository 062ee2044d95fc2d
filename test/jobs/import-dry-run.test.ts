import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../../src/database/pool.ts'
import { validateImportData } from '../../src/jobs/import/data.ts'
import { type DryRun, dryRunImport } from '../../src/jobs/import/dry-run.ts'
import { insertCsvFile } from '../../src/jobs/import/insert-csv-file.ts'
import { BATCH_LIMITS } from '../../src/jobs/import/read-batches.ts'
import type { ImportReport } from '../../src/jobs/import/report.ts'
import { rounds } from '../helpers/rounds.ts'
import { openFiles, reportOf } from './files.ts'

const files = await openFiles()
const { database, store } = files
const HEADER = 'First Name,Last Name,Email,Company,Company LinkedIn Url,# Employees'

/** In the short run, batches and files have a fifth of the rows. */
const FIFTH = rounds(5, 1)
const LIMITS = { ...BATCH_LIMITS, rows: BATCH_LIMITS.rows / FIFTH }

async function dryRun(key: string, signal = new AbortController().signal): Promise<DryRun> {
  const parts = { database, store, signal, onProgress: () => {} }
  return await dryRunImport(parts, validateImportData({ s3_key: key }), LIMITS)
}

/** Several batches with repeated companies and people, changed values, and rows of every kind. */
function content(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    if (row % 100 === 7) return ',,,,,12'
    if (row % 100 === 8) return ',,,,,'
    const company = row % (700 / FIFTH)
    const person = row % (11_000 / FIFTH)
    const employees = row % 50 === 0 ? 'many' : String(company < 5 ? row : company + 1)
    return `P${person},Q,p${person}@c${company}.example,C${company},https://linkedin.com/company/c${company},${employees}`
  })
  return [HEADER, ...lines].join('\n')
}

/** The state of the database that a write would change. */
async function state(): Promise<unknown> {
  return await files.rows(
    `SELECT (SELECT count(*) FROM companies) AS companies, (SELECT count(*) FROM contacts) AS contacts,
       (SELECT max(seq) FROM changes) AS seq, (SELECT last_value FROM companies_id_seq) AS company_id,
       (SELECT last_value FROM contacts_id_seq) AS contact_id, (SELECT max(xmin::text::bigint) FROM contacts) AS writer`,
  )
}

function numbers({ counts, rejected, warnings, kind, skipped_lines }: ImportReport): unknown {
  return { counts, rejected, warnings, kind, skipped_lines }
}

test('a dry run counts what the following import does, the first and the second time, and stores nothing', async () => {
  const key = await files.upload(content(14_000 / FIFTH))
  for (const _ of ['first', 'again']) {
    const before = await state()
    const found = await dryRun(key)
    assert.deepEqual(await state(), before)
    assert.equal(found.rows.length, 10)
    const job = await files.run('insert_csv_file', { s3_key: key }, context => insertCsvFile(context, LIMITS))
    const report = reportOf(job)
    assert.deepEqual(numbers(found), numbers(report))
    const { rows, companies, contacts } = report.counts
    assert.ok(companies.updated > 50)
    assert.equal(rows.read, rows.stored + rows.rejected + rows.empty)
    for (const { created, updated, unchanged } of [companies, contacts])
      assert.equal(created + updated + unchanged, rows.stored)
  }
})

test('an import and its dry run count the values that were not used because another column had one', async () => {
  const rows = [
    'Ann,ann@used.example,ann@home.example',
    'Bob,,bob@home.example',
    'Cem,cem@used.example,',
    ',,x@home.example,,',
  ]
  const key = await files.upload(`First Name,Primary Email,Personal Email\n${rows.join('\n')}\n,,,more\n`)
  const expected = [{ column: 'Personal Email', count: 1, reason: 'read where Primary Email is empty' }]
  const found = await dryRun(key)
  assert.equal(found.columns[2]?.explanation, 'a known header; read where Primary Email is empty')
  assert.deepEqual(found.dropped_values, expected)
  assert.deepEqual(reportOf(await files.run('insert_csv_file', { s3_key: key })).dropped_values, expected)
})

test('a dry run sees records stored or deleted in the meantime', async () => {
  await files.importText(`${HEADER}\nDel,Eted,deleted@d.example,,,\n`)
  await files.rows(`UPDATE contacts SET deleted_at = now() WHERE email = 'deleted@d.example'`)
  const { counts } = await dryRun(await files.upload(`${HEADER}\nDel,Eted,deleted@d.example,,,\n`))
  assert.deepEqual(counts.contacts, { created: 1, updated: 0, unchanged: 0 })
})

test('a dry run leaves no table and no connection behind, even if interrupted', async () => {
  const key = await files.upload(content(12_000 / FIFTH))
  const controller = new AbortController()
  const interrupted = dryRunImport(
    { database, store, signal: controller.signal, onProgress: () => controller.abort() },
    validateImportData({ s3_key: key }),
    LIMITS,
  )
  await assert.rejects(interrupted, { name: 'AbortError' })
  await dryRun(key)
  assert.deepEqual(await temporaryTables(database), [])
})

async function temporaryTables(pool: Database): Promise<unknown[]> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const { rows } = await pool.query(
      `SELECT relname FROM pg_class WHERE relpersistence = 't' AND relname IN ('companies', 'contacts')`,
    )
    // The server drops the tables once it notices the end of the connection.
    if (rows.length === 0 || Date.now() > deadline) return rows
  }
}

test('a dry run refuses what an import would refuse', async () => {
  await assert.rejects(dryRun('uploads/absent.csv'), { code: 'ERR_NOT_FOUND' })
  await assert.rejects(dryRun(await files.upload('foo,bar\n1,2\n')), { code: 'ERR_INVALID_CSV' })
})
