import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openKeyRing } from '../../src/access/key-ring.ts'
import { checkConnections } from '../../src/commands/doctor/check-connections.ts'
import { checkFiles, checkJobs } from '../../src/commands/doctor/check-jobs.ts'
import { openReport, warning } from '../../src/commands/doctor/report.ts'
import { readConfig } from '../../src/config.ts'
import { serveSession } from '../../src/database/connections.ts'
import { commandUploadKey } from '../../src/files/keys.ts'
import { createJob } from '../../src/jobs/queue/queue.ts'
import { announceWorker } from '../../src/jobs/queue/recovery.ts'
import { openStore } from '../../src/store.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()
const root = mkdtempSync(join(tmpdir(), 'connectra-doctor-'))
after(() => rmSync(root, { recursive: true, force: true }))
const files = join(root, 'files')

async function addImport(key: string, status: string, response: object = {}): Promise<void> {
  const { uuid } = await createJob(pool, {
    jobType: 'insert_csv_file',
    data: { s3_key: `uploads/${key}` },
    retryCount: 0,
    retryIntervalSeconds: 0,
  })
  await pool.query('UPDATE jobs SET status = $2, job_response = $3 WHERE uuid = $1', [
    uuid,
    status,
    JSON.stringify(response),
  ])
}

test('files are checked without writing any: those of open jobs must exist, others are worth a warning', async () => {
  assert.equal(await checkFiles(files, pool), `${files} does not exist yet: the server creates it when it starts`)
  assert.deepEqual(readdirSync(root), [])
  await openStore(readConfig({ DATA_DIR: root }), pool, () => '')
  await addImport('open.csv', 'open')
  await addImport('imported-and-deleted.csv', 'completed', { s3_key: 'exports/taken.csv' })
  await assert.rejects(checkFiles(files, pool), {
    message:
      'files of unfinished jobs are missing, so these jobs will fail: uploads/open.csv. Restore the files, or cancel the jobs',
  })
  writeFileSync(join(files, 'uploads/open.csv'), '')
  assert.equal(
    await checkFiles(files, pool),
    `${files} is writable; 1 file of exports of the last day deleted; 1 file of open and recent jobs present`,
  )
  await addImport(commandUploadKey('interrupted.csv').replace('uploads/', ''), 'failed')
  await addImport('failed.csv', 'failed', { rejects_s3_key: 'rejects/lost.csv' })
  assert.deepEqual(
    await checkFiles(files, pool),
    warning(
      `${files} is writable; files of failed imports are missing, so these cannot be retried: uploads/failed.csv; files with rejected rows or warnings are missing: rejects/lost.csv; 1 file of exports of the last day deleted`,
    ),
  )
})

test('many failed jobs are worth a warning with their most common error', async () => {
  assert.match((await checkJobs(pool)) as string, /^1 waiting .*2 failed in the last hour, 2 in the last day$/)
  for (let job = 0; job < 8; job++)
    await addImport(`${job}.csv`, 'failed', { runtime_errors: ['ERR_X: first', 'ERR_INVALID_CSV: no header'] })
  const found = await checkJobs(pool)
  assert.ok(typeof found === 'object')
  assert.match(
    found.warning,
    /; 10 failed in the last hour, 10 in the last day; many jobs fail, most often with: ERR_INVALID_CSV: no header \(8\)$/,
  )
})

test('connections are compared with what PostgreSQL allows', async () => {
  const found = await checkConnections({ databaseConnections: 10, workerConcurrency: 2, opensearchUrl: null }, pool)
  assert.ok(typeof found === 'string')
  assert.match(
    found,
    /^`serve` opens up to 21, and 4 more while it builds an index; `work` opens up to 12, and 4 more .*; 0 `serve` and 0 `work` are running; PostgreSQL allows 297, of which other programs use \d+$/,
  )
  const shared = { databaseConnections: 10, workerConcurrency: 2, opensearchUrl: ['http://search:9200'] }
  assert.match(
    String(await checkConnections(shared, pool)),
    /^`serve` opens up to 22, and 4 more while it feeds the search indexes; `work` opens up to 13, and 4 more /,
  )
  const rings = [await openKeyRing(pool, [], serveSession(0)), await openKeyRing(pool, [], serveSession(2))]
  const worker = await pool.connect()
  try {
    // The worker of the second one, and another one.
    for (const id of [1, 2]) await announceWorker(worker, id)
    assert.match(String(await checkConnections(shared, pool)), /; 2 `serve` and 1 `work` are running; /)
  } finally {
    worker.release(true)
    for (const ring of rings) await ring.close()
  }
  const large = await checkConnections({ databaseConnections: 400, workerConcurrency: 0, opensearchUrl: null }, pool)
  assert.ok(typeof large === 'object')
  assert.match(
    large.warning,
    /All together may need \d+: raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS/,
  )
})

test('the report exits with 1 only if a check fails', async () => {
  const lines: string[] = []
  const report = openReport(false, line => lines.push(line))
  await report.check('one', async () => 'fine')
  await report.check('two', async () => warning('look'))
  assert.equal(report.end(), 0)
  await report.check('three', async () => {
    throw new Error('broken')
  })
  assert.equal(report.end(), 1)
  assert.deepEqual(lines, ['ok    one: fine', 'warn  two: look', 'FAIL  three: broken'])
})
