/** `backup`: the whole database in one file. */
import { type Command, InvalidArgumentError } from 'commander'
import { type Rows, writeBackup } from '../backup/write-backup.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import { packageJson } from '../package-json.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { counted } from './format.ts'
import { displayProgress } from './progress.ts'

export function addBackup(program: Command, run: Run): void {
  program
    .command('backup')
    .argument('<file>', 'the file to write; - is standard output')
    .summary('write the whole database to one file')
    .description(
      'Writes a consistent snapshot of companies, contacts, jobs, API keys and secrets to one compressed file. Servers keep running. The file appears only when it is complete, and only its owner can read it. Uploaded and exported files (DATA_DIR/files) are not included.',
    )
    .option('--force', 'overwrite an existing file')
    .addHelpText(
      'after',
      `
Examples:
  connectra backup connectra-$(date +%F).backup
  connectra backup - | ssh elsewhere 'cat > connectra.backup'
  connectra restore --check connectra-2026-11-24.backup   # verify it`,
    )
    .action(run(backup))
}

async function backup(context: Context, file: string, { force = false }: { force?: boolean }): Promise<void> {
  const { signal, say } = context
  if (file === '-' && process.stdout.isTTY)
    throw new InvalidArgumentError('a backup is binary: name a file, or pipe it to another command')
  const started = performance.now()
  let bytes = 0
  const write = async ({ pool }: OpenDatabase) => {
    const display = displayProgress(context, 'written')
    const writeTo = async (destination: NodeJS.WritableStream) => {
      const options = {
        version: packageJson.version,
        signal,
        onProgress: (done: number, estimate: number | null) => display.show(rowsDone(done, estimate)),
      }
      const written = await writeBackup(pool, destination, options).finally(display.end)
      if ('bytesWritten' in destination) bytes = Number(destination.bytesWritten)
      return written
    }
    if (file === '-') return await writeTo(process.stdout)
    return await writeWholeFile(file, { replace: force, mode: 0o600 }, writeTo)
  }
  const rows = await withDatabase(context, 'backup', write, { reads: true })
  const where = file === '-' ? '' : ` to ${file}, ${size(bytes)}`
  say(`wrote ${describeRows(rows)}${where}, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

function rowsDone(rowsRead: number, rowsTotal: number | null) {
  return { rowsRead, rowsTotal, rowsStored: rowsRead, rowsRejected: 0, bytesRead: 0, bytesTotal: null }
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `1,000 companies, 1 contact, …` */
export function describeRows(rows: Rows): string {
  const { companies = 0, contacts = 0, jobs = 0, api_keys: keys = 0 } = rows
  return [
    counted(companies, 'company', 'companies'),
    counted(contacts, 'contact'),
    counted(jobs, 'job'),
    counted(keys, 'API key'),
  ].join(', ')
}
