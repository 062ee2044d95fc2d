/** The files of exports whose run ended before its job told of them: nobody knows their keys. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { ClaimedJob } from '../job/job-context.ts'

type Run = Pick<ClaimedJob, 'uuid' | 'claim'>

/** A key of this run: a worker that lost the job may still be writing its own file. Downloads are called `name`. */
export function exportKey({ uuid, claim }: Run, name: string): string {
  return `exports/${uuid}-${claim}_${name}`
}

const KEY = /^exports\/([0-9a-f-]{36})-(\d+)_/

export function isOfRun(key: string, run: Run): boolean {
  return key.startsWith(exportKey(run, ''))
}

/** Deletes what earlier runs of the job have left; of later ones, to whom a worker that froze may have lost it, nothing. */
export async function dropEarlierRuns(store: ObjectStore, { uuid, claim }: Run): Promise<void> {
  for (const key of await store.list(`exports/${uuid}-`)) {
    const writer = KEY.exec(key)?.[2]
    if (writer !== undefined && Number(writer) < claim) await store.delete(key)
  }
}

/** A worker that froze may still be about to learn that its job is another's. */
const GRACE = `interval '1 hour'`

/** Deletes what runs have left of jobs that ended an hour ago or longer, but for the file that the job tells of; returns how many. */
export async function dropUnpublishedExports(database: Database, store: ObjectStore): Promise<number> {
  const keys = (await store.list('exports/')).filter(key => KEY.test(key))
  const { rows } = await database.query<{ key: string }>(
    `SELECT key FROM unnest($1::text[], $2::uuid[]) AS file(key, job) JOIN jobs ON jobs.uuid = file.job
     WHERE status IN ('completed', 'failed') AND updated_at < now() - ${GRACE} AND job_response ->> 's3_key' IS DISTINCT FROM key`,
    [keys, keys.map(key => KEY.exec(key)![1])],
  )
  for (const { key } of rows) await store.delete(key)
  return rows.length
}
