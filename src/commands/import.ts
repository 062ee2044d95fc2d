/** `import`: files into the database, by the same job that the API runs. */
import { createReadStream } from 'node:fs'
import { basename, join } from 'node:path'
import { type Command, Option } from 'commander'
import { ConnectraError } from '../errors.ts'
import { SERVICES } from '../fields.ts'
import { uploadKey } from '../files/keys.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Job } from '../jobs/job.ts'
import { openStore } from '../store.ts'
import { assertReadable, readJson } from './arguments.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { count, displayProgress } from './progress.ts'
import { runToEnd } from './run-job.ts'

interface Options {
  readonly service?: string
  readonly mapping?: string
}

const COLUMNS_SHOWN = 5

export function addImport(program: Command, run: Run): void {
  program
    .command('import')
    .summary('import CSV files')
    .description(
      'Imports CSV files of contacts or companies, also in gzip or zip: exports of Apollo, HubSpot, LinkedIn, Salesforce and the like as they are. Delimiter, encoding and the meaning of the columns are detected. Rows that cannot be taken go to a file of rejects; importing a file again changes nothing.',
    )
    .argument('<file...>', 'CSV files; - is standard input')
    .addOption(new Option('--service <service>', 'what the rows are, where the header does not say').choices(SERVICES))
    .option(
      '--mapping <json>',
      'what columns mean, as JSON or a file of it: {"Header": "row key" or null to ignore it}',
    )
    .addHelpText(
      'after',
      `
Examples:
  connectra import contacts.csv
  connectra import exports/*.csv
  connectra import --mapping '{"Firma": "company", "Notes": null}' kontakte.csv
  connectra import contacts.csv.gz
  ssh crm cat contacts.csv | connectra import -`,
    )
    .action(run(importFiles))
}

async function importFiles(context: Context, files: readonly string[], options: Options): Promise<number> {
  const { config, signal } = context
  const mapping = options.mapping === undefined ? undefined : await readJson(options.mapping, '--mapping')
  for (const file of files) await assertReadable(file)
  return await withDatabase(context, 'import', async database => {
    const store = await openStore(config, database.pool, () => config.publicUrl ?? '')
    let failed = 0
    for (const file of files) {
      if (signal.aborted) break
      const key = await upload(store, file, signal)
      const display = displayProgress(context, 'read')
      const data = {
        s3_key: key,
        ...(options.service && { service: options.service }),
        ...(mapping !== undefined && { mapping }),
      }
      const job = await runToEnd(
        context,
        database,
        store,
        { jobType: 'insert_csv_file', data, searches: false },
        ({ progress }) => display.show(progress),
      ).finally(display.end)
      report(context, file, job)
      if (job.status === 'completed') await store.delete(key)
      else failed++
    }
    return failed > 0 || signal.aborted ? 1 : 0
  })
}

async function upload(store: ObjectStore, file: string, signal: AbortSignal): Promise<string> {
  const key = uploadKey(file === '-' ? 'stdin.csv' : basename(file))
  try {
    await store.put(key, file === '-' ? process.stdin : createReadStream(file), { signal })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
    throw new ConnectraError('ERR_INVALID_CSV', `${file} is a directory: name the files in it`)
  }
  return key
}

function report({ config, print, say }: Context, file: string, job: Job): void {
  const { rowsRead, rowsStored, rowsRejected } = job.progress
  const counts = `${count(rowsRead)} rows read, ${count(rowsStored)} stored, ${count(rowsRejected)} rejected`
  if (job.status === 'completed') print(`${file}: ${counts}`)
  else if (job.status === 'failed') say(`${file}: failed after ${counts}`)
  else say(`${file}: interrupted after ${counts}; job ${job.uuid} goes on in \`connectra serve\``)
  for (const error of job.response.runtimeErrors ?? []) say(`  ${error}`)
  const ignored = ignoredColumns(job)
  if (ignored.length > 0) print(`  ignored columns: ${shortened(ignored)}`)
  if (job.response.rejectsS3Key) print(`  rejected rows: ${join(config.dataDir, 'files', job.response.rejectsS3Key)}`)
}

function ignoredColumns({ response }: Job): string[] {
  const columns = response.details?.ignored_columns
  return Array.isArray(columns) ? columns.map(({ column }: { column: string }) => column) : []
}

function shortened(names: readonly string[]): string {
  const more = names.length - COLUMNS_SHOWN
  return more > 1 ? `${names.slice(0, COLUMNS_SHOWN).join(', ')} and ${more} more` : names.join(', ')
}
