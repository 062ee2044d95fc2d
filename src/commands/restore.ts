/** `restore`: a backup into an empty database. */
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
    .argument('<file>', 'what `connectra backup` wrote; - is standard input')
    .summary('put a backup into an empty database')
    .description(
      'Puts a backup into the database of DATA_DIR or DATABASE_URL, which must hold no records: all of it, or nothing when the file is damaged or anything goes wrong. Ids go on after those of the backup, and search indexes build themselves anew. It can be of an older version of Connectra or of PostgreSQL.',
    )
    .option('--check', 'only read the file and see whether it is whole; no database is needed')
    .addHelpText(
      'after',
      `
Examples:
  DATA_DIR=/var/lib/connectra-new connectra restore connectra.backup
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
    context.print(`${file} is whole: ${describeRows(rows)}, ${seconds()} s`)
    return
  }
  await withDatabase(context, 'restore', async database => {
    const rows = await restoreBackup(database.pool, open(file), options).finally(display.end)
    context.print(`restored ${describeRows(rows)}, ${seconds()} s`)
    if (database.server === null)
      context.print('servers that run on this database: restart them, so that they sign URLs with the restored key')
    // Until autovacuum comes around PostgreSQL plans as for empty tables; it does come, if this fails.
    await database.pool.query('ANALYZE companies, contacts, jobs').catch(() => {})
  })
}

function open(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 })
}
