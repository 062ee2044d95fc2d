/** A job counts as `completed` only once searches show its result. */
import type { SearchEngine } from '../../search/engine.ts'
import type { JobContext } from './job-context.ts'

const LOOK_EVERY_MS = 500

/**
 * Waits until searches of this engine include everything stored so far, and returns the position in the feed of the last write.
 * Without an engine there is nothing to wait for.
 */
export async function untilSearchable(
  engine: SearchEngine | null,
  { database, signal }: Pick<JobContext, 'database' | 'signal'>,
): Promise<number> {
  const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  const { seq } = rows[0]!
  while (engine !== null && !(await engine.waitFor(seq, LOOK_EVERY_MS))) signal.throwIfAborted()
  return seq
}
