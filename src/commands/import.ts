/** `import`: reads files into the database, with the same job that the API runs. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { findEmbeddedServer } from '../database/embedded-server.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import { ConnectraError } from '../errors.ts'
import { SERVICES } from '../fields.ts'
import { commandUploadKey } from '../files/keys.ts'
import type { ObjectStore } from '../files/object-store.ts'
import { validateImportData } from '../jobs/import/data.ts'
import { dryRunImport } from '../jobs/import/dry-run.ts'
import type { ImportReport } from '../jobs/import/report.ts'
import { isCancelled, type Job } from '../jobs/job/job.ts'
import type { Progress } from '../jobs/job/job-context.ts'
import { isServed } from '../jobs/queue/recovery.ts'
import { fileLocation, openStore } from '../store.ts'
import { assertReadable, checkedData, readJson } from './arguments.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { count, counted } from './format.ts'
import {
  countsLine,
  dryRunLines,
  ignoredLine,
  reportLines,
  tookLine,
  unmatchedLines,
  whyNothingStored,
} from './import-lines.ts'
import { displayProgress } from './progress.ts'
import { addJob, runToEnd } from './run-job.ts'

interface Options {
  readonly service?: string
  readonly mapping?: string
  readonly encoding?: string
  readonly dryRun?: boolean
  readonly detach?: boolean
  readonly json?: boolean
}

export function addImport(program: Command, run: Run): void {
  program
    .command('import')
    .summary('import CSV files')
    .description(
      'Imports CSV files of contacts and companies, plain or compressed with gzip or zip. Exports of Apollo, HubSpot, LinkedIn, Salesforce and similar tools work unchanged: delimiter, encoding and the meaning of the columns are detected. Rows that cannot be stored are written to a separate file of rejected rows. Use --dry-run to see all of this first. Importing the same file again changes nothing. Ctrl-C cancels the import: what it has stored so far is kept. A second Ctrl-C exits at once.',
    )
    .argument('<file...>', 'CSV files; - is standard input')
    .addOption(
      new Option('--service <service>', 'the type of the rows, if the header leaves it open or is misread').choices(
        SERVICES,
      ),
    )
    .option(
      '--mapping <json>',
      'the meaning of columns, as JSON or the name of a JSON file: {"Header": "row key"}, or null to ignore a column',
    )
    .option('--encoding <name>', 'the encoding of the files, if it is not detected correctly, such as windows-1250')
    .option('--dry-run', 'show what the import would do, without storing anything')
    .option('--detach', 'leave the import to a running server, print its job and exit')
    .option('--json', 'with --dry-run: print JSON, one line per file')
    .addHelpText(
      'after',
      `
Examples:
  connectra import --dry-run contacts.csv
  connectra import contacts.csv
  connectra import exports/*.csv
  connectra import --mapping '{"Firma": "company", "Notes": null}' kontakte.csv
  connectra import contacts.csv.gz
  connectra import --detach large.csv
  ssh crm cat contacts.csv | connectra import -`,
    )
    .action(run(importFiles))
}

async function importFiles(context: Context, files: readonly string[], options: Options): Promise<number> {
  const { config, signal } = context
  if (options.json && !options.dryRun) throw new InvalidArgumentError('--json requires --dry-run')
  if (options.detach && options.dryRun)
    throw new InvalidArgumentError('--detach and --dry-run exclude each other: a dry run has no job')
  const mapping = options.mapping === undefined ? undefined : await readJson(options.mapping, '--mapping')
  const meaning = {
    ...(options.service && { service: options.service }),
    ...(options.encoding !== undefined && { encoding: options.encoding }),
    ...(mapping !== undefined && { mapping }),
  }
  // Checked before anything is uploaded; any key will do.
  const anyKey = commandUploadKey('any.csv')
  checkedData('--encoding', () => validateImportData({ encoding: options.encoding, s3_key: anyKey }))
  checkedData('--mapping', () => validateImportData({ ...meaning, s3_key: anyKey }))
  if (files.filter(file => file === '-').length > 1)
    throw new InvalidArgumentError('- is standard input, which can be read only once')
  for (const file of files) await assertReadable(file)
  if (options.detach) await assertServerRuns(context)
  return await withDatabase(context, options.dryRun ? 'import --dry-run' : 'import', async database => {
    if (options.detach && !(await isServed(database.pool))) throw noServer()
    const store = await openStore(config, database.pool, () => config.publicUrl ?? '')
    const run = options.dryRun ? tryFile : options.detach ? detachFile : importFile
    let succeeded = 0
    for (const [at, file] of files.entries()) {
      if (signal.aborted) {
        context.say(`not imported: ${files.slice(at).join(', ')}`)
        break
      }
      const key = await upload(store, file, signal)
      const opened = { context, database, store, file, data: { ...meaning, s3_key: key }, json: options.json === true }
      if (await run(opened)) succeeded++
    }
    return succeeded === files.length ? 0 : 1
  })
}

/** A file that has been uploaded, and what its import needs. */
interface OpenedFile {
  readonly context: Context
  readonly database: OpenDatabase
  readonly store: ObjectStore
  /** As named on the command line. */
  readonly file: string
  readonly data: Readonly<Record<string, unknown>> & { readonly s3_key: string }
  readonly json: boolean
}

/** Starts no PostgreSQL only to find out that no server is using it. */
async function assertServerRuns({ config }: Context): Promise<void> {
  if (config.databaseUrl === null && (await findEmbeddedServer(config.dataDir)) === null) throw noServer()
}

function noServer(): ConnectraError {
  return new ConnectraError(
    'ERR_UNAVAILABLE',
    'no server is running, so nobody would run the import: start `connectra serve`, or import without --detach',
  )
}

/** Returns whether rows were stored. */
async function importFile({ context, database, store, file, data }: OpenedFile): Promise<boolean> {
  const display = displayProgress(context, 'read')
  const job = await runToEnd(
    context,
    database,
    store,
    { jobType: 'insert_csv_file', data, searches: false },
    ({ progress }) => display.show(progress),
  ).finally(display.end)
  const stored = report(context, file, job)
  // The job has ended, and the person still has the file.
  await store.delete(data.s3_key)
  return stored
}

/** Leaves the import to a server. */
async function detachFile({ context, database, store, file, data }: OpenedFile): Promise<boolean> {
  const { uuid } = await addJob(database.pool, store, { jobType: 'insert_csv_file', data }).catch(async error => {
    await store.delete(data.s3_key)
    throw error
  })
  context.print(`${file}: job ${uuid}`)
  context.say(`follow it with \`connectra jobs show ${uuid}\``)
  return true
}

/** Shows what an import would do; returns whether rows would be stored. */
async function tryFile({ context, database, store, file, data, json }: OpenedFile): Promise<boolean> {
  const { print, say, signal } = context
  const display = displayProgress(context, 'read')
  try {
    const parts = { database: database.pool, store, signal, onProgress: display.show }
    const found = await dryRunImport(parts, validateImportData(data)).finally(display.end)
    if (json) print(JSON.stringify({ file, ...found }))
    else for (const line of dryRunLines(file, found)) print(line)
    const nothing = whyNothingStored(found)
    if (nothing !== null) say(`${file}: nothing would be imported: ${nothing}`)
    return nothing === null
  } catch (error) {
    if (!signal.aborted && !(error instanceof ConnectraError)) throw error
    say(
      signal.aborted
        ? `${file}: interrupted`
        : `${file}: ${(error as ConnectraError).code}: ${(error as Error).message}`,
    )
    return false
  } finally {
    await store.delete(data.s3_key)
  }
}

async function upload(store: ObjectStore, file: string, signal: AbortSignal): Promise<string> {
  const key = commandUploadKey(file === '-' ? 'stdin.csv' : basename(file))
  try {
    await store.put(key, file === '-' ? process.stdin : createReadStream(file), { signal })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
    throw new ConnectraError('ERR_INVALID_CSV', `${file} is a directory: name the files inside it`)
  }
  return key
}

/** Prints the result of an import; returns whether rows were stored. */
function report({ config, print, say }: Context, file: string, job: Job): boolean {
  const { response, status } = job
  // Written by `insertCsvFile` (JobResponse.details has no type of its own).
  const details = status === 'completed' ? (response.details as unknown as ImportReport) : null
  if (details !== null) printReport(print, file, details)
  else say(`${file}: ${isCancelled(job) ? 'cancelled' : 'failed'} after ${progressCounts(job.progress)}`)
  for (const error of response.runtimeErrors ?? []) say(`  ${error}`)
  if (response.rejectsS3Key) print(`  rejected rows: ${fileLocation(config, response.rejectsS3Key)}`)
  if (response.warningsS3Key) print(`  warnings: ${fileLocation(config, response.warningsS3Key)}`)
  const nothing = details && whyNothingStored(details)
  if (nothing !== null) say(`${file}: nothing was imported: ${nothing}`)
  return details !== null && nothing === null
}

function printReport(print: Context['print'], file: string, details: ImportReport): void {
  print(`${file}: ${countsLine(details, false)}`)
  for (const line of [...reportLines(details, false), ...ignoredLine(details), ...unmatchedLines(details)]) print(line)
  print(`  ${tookLine(details)}`)
}

function progressCounts({ rowsRead, rowsStored, rowsRejected }: Progress): string {
  return `${counted(rowsRead, 'row')} read, ${count(rowsStored)} stored, ${count(rowsRejected)} rejected`
}
