/** Deletes files that no job needs any more, and uploads that killed processes did not complete. */
import type { Database } from '../../database/pool.ts'
import { everyBucket, type ObjectStore, type StoredFile, type UnfinishedPut } from '../../files/object-store.ts'
import { dropUnpublishedExports } from '../export/unpublished-exports.ts'
import { dropCommandUploads } from '../import/command-uploads.ts'

/** Seconds. */
export interface FileRetention {
  /** Of files whose import can be retried until then. */
  readonly command: number
  /** Of uploads, rejects and warnings. */
  readonly files: number
}

/** The job, and for an export the claim of the run, in a key. */
const OF_JOB = /^\w+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-(\d{1,15})_|\.csv$)/

/** Deletes what has expired in all buckets. Returns the number of files. Ends early if `signal` aborts. */
export async function dropExpiredFiles(
  database: Database,
  store: ObjectStore,
  { command, files }: FileRetention,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0
  for (const bucket of everyBucket(store)) {
    deleted += await dropUnpublishedExports(database, bucket, signal)
    deleted += await dropCommandUploads(database, bucket, command, signal)
    for (const folder of ['uploads/', 'rejects/', 'warnings/'])
      deleted += await dropOldFiles(database, bucket, folder, files, signal)
    deleted += await dropUnfinished(database, bucket, signal)
  }
  return deleted
}

/**
 * Deletes files that are older than `seconds` and that no job has used for as long. A job that has not ended keeps its files. Exports
 * stay until somebody deletes them.
 */
export async function dropOldFiles(
  database: Database,
  store: ObjectStore,
  folder: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0
  for await (const portion of store.scan(folder)) {
    if (signal?.aborted) break
    const oldest = Date.now() - seconds * 1000
    const keys = await withoutJob(
      database,
      portion.filter(file => file.modifiedAt.getTime() < oldest),
      seconds,
    )
    // In S3, the files of a portion take up to a minute.
    for (const key of keys) {
      if (signal?.aborted) break
      await store.delete(key)
      deleted++
    }
  }
  return deleted
}

/** The keys of the files that no job needs, or has needed within the last `seconds`. */
async function withoutJob(
  database: Database,
  files: readonly StoredFile[],
  seconds: number,
): Promise<readonly string[]> {
  if (files.length === 0) return []
  const { rows } = await database.query<{ key: string }>(
    `WITH needed AS (
       SELECT data ->> 's3_key' AS upload, uuid FROM jobs
       WHERE status NOT IN ('completed', 'failed') OR updated_at >= now() - make_interval(secs => $2))
     SELECT key FROM unnest($1::text[], $3::uuid[]) AS file(key, job)
     WHERE NOT EXISTS (SELECT FROM needed WHERE upload = key) AND NOT EXISTS (SELECT FROM needed WHERE uuid = job)`,
    [files.map(file => file.key), seconds, files.map(file => OF_JOB.exec(file.key)?.[1] ?? null)],
  )
  return rows.map(row => row.key)
}

/** An upload of the command line or of another program may take this long. Milliseconds. */
const UNFINISHED_MS = 24 * 3600 * 1000

/** Gives up uploads of runs that have ended: nobody completes them, but the storage charges for them. */
async function dropUnfinished(database: Database, store: ObjectStore, signal?: AbortSignal): Promise<number> {
  let dropped = 0
  for (const folder of ['exports/', 'rejects/', 'warnings/', 'uploads/']) {
    if (store.unfinished === undefined || signal?.aborted) break
    const puts = await store.unfinished(folder)
    const abandoned = folder === 'uploads/' ? puts.filter(isOld) : await ofEndedRuns(database, puts)
    for (const put of abandoned) {
      if (signal?.aborted) break
      await put.drop()
      dropped++
    }
  }
  return dropped
}

function isOld({ startedAt }: UnfinishedPut): boolean {
  return Date.now() - startedAt.getTime() > UNFINISHED_MS
}

/** The uploads whose job has been given back, has ended, or is run by another worker by now. */
async function ofEndedRuns(database: Database, puts: readonly UnfinishedPut[]): Promise<UnfinishedPut[]> {
  const runs = puts.flatMap(put => {
    const match = OF_JOB.exec(put.key)
    return match === null ? [] : [{ put, job: match[1]!, claim: match[2] ?? null }]
  })
  if (runs.length === 0) return []
  const { rows } = await database.query<{ at: number }>(
    `SELECT at::int FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS run(job, claim, at)
     WHERE NOT EXISTS (SELECT FROM jobs WHERE uuid = run.job AND jobs.claim = coalesce(run.claim, jobs.claim))`,
    [runs.map(run => run.job), runs.map(run => run.claim)],
  )
  return rows.map(({ at }) => runs[at - 1]!.put)
}
