/** `reindex`: for anyone who does not trust an index. */
import type { Command } from 'commander'
import { reindexedToken } from '../database/reindexed-token.ts'
import { isEngineShared } from '../search-engine.ts'
import { type Context, type Run, withDatabase } from './context.ts'

export function addReindex(program: Command, run: Run): void {
  program
    .command('reindex')
    .summary('rebuild every search index')
    .description(
      'Makes every running server rebuild its search index from the database; servers that are not running rebuild theirs at the next start. Snapshots on disk are discarded. Servers rebuild one after the other; searches of a server fail with 503 until its new index is complete. With OpenSearch one server builds new indexes, and searches use the old ones until then. This is never needed in normal operation.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  connectra doctor     # compares the index with the database\n  connectra reindex',
    )
    .action(run(reindex))
}

/** An engine or snapshot rebuilds when the database does not know its position (search/feed.ts), so this replaces every token. */
async function reindex(context: Context): Promise<void> {
  await withDatabase(context, 'reindex', async ({ pool }) => {
    await pool.query(`UPDATE changes SET token = ${reindexedToken('token')}`)
    await pool.query(`SELECT pg_notify('changes', '')`)
  })
  context.print(
    isEngineShared(context.config)
      ? 'a running process, the leader, builds new indexes in OpenSearch now; searches use the old ones until its log shows that it is done. GET /health names the leader'
      : 'running servers rebuild their search indexes now, one after the other, and others at their next start; searches of a server fail with 503 until its log shows that it is done',
  )
}
