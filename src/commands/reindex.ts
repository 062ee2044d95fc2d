/** `reindex`: for whoever mistrusts an index. */
import type { Command } from 'commander'
import { type Context, type Run, withDatabase } from './context.ts'

export function addReindex(program: Command, run: Run): void {
  program
    .command('reindex')
    .summary('have every search index built anew')
    .description(
      'Has every running server build its search index anew from the database, and every other one at its next start: the snapshots on disk are not used again. Searches go on with the old index meanwhile. It is never needed in normal operation.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  connectra doctor     # compares the index with the database\n  connectra reindex',
    )
    .action(run(reindex))
}

/** An engine or a snapshot whose position the database does not know is built anew (search/feed.ts): so every token is replaced. */
async function reindex(context: Context): Promise<void> {
  await withDatabase(context, 'reindex', async ({ pool }) => {
    await pool.query('UPDATE changes SET token = gen_random_uuid()')
    await pool.query(`SELECT pg_notify('changes', '')`)
  })
  context.print('every running server builds its search index anew; `/health` and the log show when it is done')
}
