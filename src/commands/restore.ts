/** `restore`: loads a backup into an empty database. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import { verifyBackup } from '../backup/read-backup.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { assertReadable } from './arguments.ts'
import { describeRows } from './backup.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { displayProgress } from './progress.ts'

export function addRestore(program: Command, run: Run): void {
  program
    .command('restore')
    .argument('<file>', 'a file written by `connectra backup`; - is standard input')
    .summary('load a backup into an empty database')
    .description(
      'Loads a backup into the database of DATA_DIR or DATABASE_URL, which must not contain any records. If the file is damaged or anything else fails, nothing is changed. New IDs continue after those of the backup, and search indexes are rebuilt. The backup may come from an older version of Connectra or PostgreSQL.',
    )
    .option('--check', 'only verify that the file is complete and undamaged; needs no database')
    .addHelpText(
      'after',
      `
Examples:
  DATA_DIR=/var/lib/connectra-new connectra restore --init connectra.backup
  DATABASE_URL=postgresql://… connectra restore connectra.backup
  ssh elsewhere cat connectra.backup | connectra restore -`,
    )
    .action(run(restore))
}

async function restore(context: Context, file: string, { check = false }: { check?: boolean }): Promise<void> {
  await assertReadable(file)
  const bytesTotal = file === '-' ? null : (await stat(file)).size
  const started = performance.now()
  const display = displayProgress(context, check ? 'read' : 'stored')
  const options = {
    signal: context.signal,
    onProgress: (rowsRead: number, bytesRead: number) =>
      display.show({ rowsRead, rowsTotal: null, rowsStored: rowsRead, rowsRejected: 0, bytesRead, bytesTotal }),
  }
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  if (check) {
    const rows = await verifyBackup(open(file), options).finally(display.end)
    context.print(`${file} is complete and undamaged: ${describeRows(rows)}, ${seconds()} s`)
    return
  }
  await withDatabase(context, 'restore', async database => {
    const rows = await restoreBackup(database.pool, open(file), options).finally(display.end)
    context.print(`restored ${describeRows(rows)}, ${seconds()} s`)
    if (database.server === null)
      context.print('restart the servers that use this database, so that they sign URLs with the restored secret')
    // PostgreSQL plans as if the tables were empty until they are analyzed. If this fails, autovacuum does it later.
    await database.pool.query('ANALYZE companies, contacts, jobs').catch(() => {})
  })
}

function open(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 })
}
