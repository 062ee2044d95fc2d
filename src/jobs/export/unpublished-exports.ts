/** Deletes files of export runs that ended before the job published their keys. No client knows these files. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { ClaimedJob } from '../job/job-context.ts'

type Run = Pick<ClaimedJob, 'uuid' | 'claim'>

/**
 * The key is specific to this run, because a worker that lost the job may still be writing its own file. Downloads are
 * named `name`.
 */
export function exportKey({ uuid, claim }: Run, name: string): string {
  return `exports/${uuid}-${claim}_${name}`
}

const KEY = /^exports\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,15})_/

export function isOfRun(key: string, run: Run): boolean {
  return key.startsWith(exportKey(run, ''))
}

/**
 * Deletes files left by earlier runs of the job. Files of later runs stay: a worker that froze may have lost the job to
 * them.
 */
export async function dropEarlierRuns(store: ObjectStore, { uuid, claim }: Run): Promise<void> {
  for (const key of await store.list(`exports/${uuid}-`)) {
    const writer = KEY.exec(key)?.[2]
    if (writer !== undefined && Number(writer) < claim) await store.delete(key)
  }
  for (const { key, drop } of (await store.unfinished?.(`exports/${uuid}-`)) ?? []) {
    const writer = KEY.exec(key)?.[2]
    if (writer !== undefined && Number(writer) < claim) await drop()
  }
}

/** Leaves time for a worker that froze to notice that it has lost its job. */
const GRACE = `interval '1 hour'`

/** How many files the database is asked about at a time. */
const PORTION = 1000

/**
 * Deletes the files of jobs that ended at least an hour ago, except the one in `job_response`. Returns their number. Ends early
 * if `signal` aborts.
 */
export async function dropUnpublishedExports(
  database: Database,
  store: ObjectStore,
  signal?: AbortSignal,
): Promise<number> {
  const files = (await store.list('exports/')).filter(key => KEY.test(key))
  let deleted = 0
  for (let place = 0; place < files.length && !signal?.aborted; place += PORTION) {
    const keys = files.slice(place, place + PORTION)
    const { rows } = await database.query<{ key: string }>(
      `SELECT key FROM unnest($1::text[], $2::uuid[]) AS file(key, job) JOIN jobs ON jobs.uuid = file.job
       WHERE status IN ('completed', 'failed') AND updated_at < now() - ${GRACE} AND job_response ->> 's3_key' IS DISTINCT FROM key`,
      [keys, keys.map(key => KEY.exec(key)![1])],
    )
    for (const { key } of rows) {
      if (signal?.aborted) break
      await store.delete(key)
      deleted++
    }
  }
  return deleted
}
