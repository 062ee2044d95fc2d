/** Checks that no job was lost or done twice, and that all files are whole. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { JOB_COLUMNS, type Job, type JobRow, jobFromRow } from '../../../src/jobs/job/job.ts'
import { softDelete } from '../../../src/records/write/delete.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import type { Cluster } from './cluster.ts'
import type { Ledger } from './ledger.ts'
import { EXPORTED } from './records.ts'

/** Seconds. A waiting job is tried again after a minute at most. */
const JOBS_END_WITHIN = 150

export interface JobChecks {
  /** Checks the jobs since the last check. `retried`: a fault let exports fail and be tried again. Returns their number. */
  check(retried: boolean): Promise<number>
}

export function openJobChecks(cluster: Cluster, ledger: Ledger): JobChecks {
  const { database, store } = cluster
  let checked = 0
  /** The digest of an export by its columns. All exports of the same columns have the same content. */
  const digests = new Map<string, string>()

  async function checkImport(job: Job): Promise<void> {
    const file = ledger.imports.get(String(job.data.s3_key))
    assert.ok(file, `job ${job.uuid} imports a file that no client has uploaded`)
    const { counts } = job.response.details as { counts: { rows: object; contacts: object } }
    const { rows } = file
    assert.deepEqual(
      [counts.rows, counts.contacts, job.attempts],
      [
        { read: rows + 1, empty: 0, stored: rows, warned: 0, rejected: 1 },
        { created: rows, updated: 0, unchanged: 0 },
        1,
      ],
      `import ${job.uuid}`,
    )
    const found = await database.query<{ uuid: string }>(
      'SELECT uuid FROM contacts WHERE title = $1 AND deleted_at IS NULL',
      [file.title],
    )
    assert.equal(found.rows.length, rows, `contacts of import ${job.uuid}`)
    const rejects = (await buffer(await store.get(job.response.rejectsS3Key!))).toString()
    assert.equal(rejects.trimEnd().split('\n').length, 2, `rejects of import ${job.uuid}: ${rejects}`)
    // So that the data stays small.
    const uuids = found.rows.map(({ uuid }) => uuid)
    await softDelete(database, 'contact', uuids)
  }

  async function checkExport(job: Job, retried: boolean): Promise<void> {
    if (!retried) assert.equal(job.attempts, 1, `runs of export ${job.uuid}: ${JSON.stringify(job.response)}`)
    const content = await buffer(await store.get(job.response.s3Key!))
    const digest = createHash('sha256').update(content).digest('hex')
    const { bytes, sha256 } = job.response.details as { bytes: number; sha256: string }
    assert.deepEqual([content.length, digest], [bytes, sha256], `the file of export ${job.uuid}`)
    const columns = JSON.stringify(job.data.vql)
    if (!digests.has(columns)) {
      assert.equal(content.toString().trimEnd().split('\n').length, EXPORTED + 1)
      digests.set(columns, digest)
    }
    assert.equal(digest, digests.get(columns), `the content of export ${job.uuid}`)
  }

  return {
    async check(retried) {
      await waitUntil('all jobs have ended', async () => (await unfinishedJobs(cluster)) === 0, JOBS_END_WITHIN)
      const { rows } = await database.query<JobRow>(`SELECT ${JOB_COLUMNS} FROM jobs ORDER BY id`)
      const jobs = rows.map(jobFromRow)
      const known = new Set(jobs.map(({ uuid }) => uuid))
      for (const uuid of ledger.jobs) assert.ok(known.has(uuid), `job ${uuid} is lost`)
      for (const job of jobs.slice(checked)) {
        assert.equal(job.status, 'completed', `job ${job.uuid}: ${JSON.stringify(job.response)}`)
        await (job.jobType === 'insert_csv_file' ? checkImport(job) : checkExport(job, retried))
      }
      const files = jobs.flatMap(({ response }) => response.s3Key ?? []).sort()
      assert.deepEqual((await store.list('exports/')).toSorted(), files, 'the files of exports')
      assert.deepEqual(await store.unfinished!('exports/'), [], 'unfinished uploads')
      const fresh = jobs.length - checked
      checked = jobs.length
      return fresh
    },
  }
}

async function unfinishedJobs({ database }: Cluster): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*) AS count FROM jobs WHERE status NOT IN ('completed', 'failed')`,
  )
  return rows[0]!.count
}
