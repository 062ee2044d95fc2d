/** `accept-files`: for a store that was emptied or replaced on purpose. */
import type { Command } from 'commander'
import { acceptStore, storePlace } from '../store.ts'
import { type Context, type Run, withDatabase } from './context.ts'

export function addAcceptFiles(program: Command, run: Run): void {
  program
    .command('accept-files')
    .summary('accept another directory or bucket of files')
    .description(
      'Makes DATA_DIR/files, or S3_BUCKET if it is set, the place of the files of this database. This is needed when the files were deleted, or replaced by others, on purpose; Connectra otherwise refuses to start. Processes with another place refuse to start from then on.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  connectra accept-files\n  DATABASE_URL=postgresql://… DATA_DIR=/mnt/new connectra accept-files',
    )
    .action(run(accept))
}

async function accept(context: Context): Promise<void> {
  const place = await storePlace(context.config)
  await withDatabase(context, 'accept-files', async ({ pool }) => await acceptStore(place, pool))
  context.print(
    `${place.name} has the files of this database from now on; restart running servers and workers, so that all of them use it`,
  )
}
