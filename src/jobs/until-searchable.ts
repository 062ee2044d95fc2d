/** `completed` means searchable. */
import type { JobContext } from './job-context.ts'

const LOOK_EVERY_MS = 500

/** Waits until searches of this node see all that is stored by now; on a node without an engine there is nothing to wait for. */
export async function untilSearchable({ database, engine, signal }: JobContext): Promise<void> {
  if (engine === null) return
  const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  while (!(await engine.waitFor(rows[0]!.seq, LOOK_EVERY_MS))) signal.throwIfAborted()
}
