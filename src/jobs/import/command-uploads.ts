/** Deletes files that the command line uploaded and could not delete itself: it was killed, or had detached from the job. */
import type { Database } from '../../database/pool.ts'
import { COMMAND_UPLOADS } from '../../files/keys.ts'
import type { ObjectStore } from '../../files/object-store.ts'

/** A running command line deletes the file itself. */
const GRACE = `interval '1 hour'`

/**
 * Deletes the files of imports that completed at least an hour ago, or failed or were cancelled at least `seconds` ago: until
 * then they can be retried. Returns their number. Does nothing if `signal` is aborted.
 */
export async function dropCommandUploads(
  database: Database,
  store: ObjectStore,
  seconds: number,
  signal?: AbortSignal,
): Promise<number> {
  const keys = signal?.aborted ? [] : await store.list(COMMAND_UPLOADS)
  if (keys.length === 0) return 0
  const { rows } = await database.query<{ key: string }>(
    `SELECT data ->> 's3_key' AS key FROM jobs WHERE data ->> 's3_key' = ANY ($1)
     GROUP BY 1 HAVING bool_and(CASE status
       WHEN 'completed' THEN updated_at < now() - ${GRACE}
       WHEN 'failed' THEN updated_at < now() - make_interval(secs => $2)
       ELSE false END)`,
    [keys, seconds],
  )
  for (const { key } of rows) await store.delete(key)
  return rows.length
}
