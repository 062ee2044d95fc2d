/** `export`: writes the results of a query to a file, with the same job that the API runs. */
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { SERVICES } from '../fields.ts'
import type { ObjectStore } from '../files/object-store.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import { validateJobData } from '../jobs/job-types.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../records/read/export-sql.ts'
import { openStore } from '../store.ts'
import { assertWritable, checkedData, readJson } from './arguments.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { counted } from './format.ts'
import { displayProgress } from './progress.ts'
import { runToEnd } from './run-job.ts'

interface Options {
  readonly service: string
  readonly vql: string
  readonly out: string
  readonly format: ExportFormat
  readonly gzip: boolean
  readonly excel: boolean
  readonly force: boolean
}

export function addExport(program: Command, run: Run): void {
  program
    .command('export')
    .summary('export the results of a query as CSV or NDJSON')
    .description(
      'Writes the records that a query finds to a file, in the order of the query. The query is in VQL, as for a search. Its select_columns become the columns, and its limit (none by default) caps the number of rows. The file appears only when it is complete, and only its owner can read it.',
    )
    .addOption(new Option('--service <service>', 'the type of the records').choices(SERVICES).makeOptionMandatory())
    .requiredOption('--vql <json>', 'the query: JSON, or the name of a JSON file')
    .requiredOption('--out <file>', 'the file to write; - is standard output')
    .addOption(
      new Option('--format <format>', 'csv, or ndjson (one JSON object per line)')
        .choices(EXPORT_FORMATS)
        .default('csv'),
    )
    .option('--gzip', 'compress the file', false)
    .option('--excel', 'begin a CSV file with a byte order mark, so that Excel reads it as UTF-8', false)
    .option('--force', 'overwrite an existing file', false)
    .addHelpText(
      'after',
      `
Examples:
  connectra export --service contact --out contacts.csv \\
    --vql '{"where": {"keyword_match": {"must": {"country": "germany"}}}, "select_columns": ["uuid", "email", "company_name"]}'
  connectra export --service company --vql query.json --out - | head
  connectra export --service company --vql query.json --excel --out companies.csv
  connectra export --service company --vql query.json --format ndjson --gzip --out companies.ndjson.gz`,
    )
    .action(run(exportRows))
}

async function exportRows(context: Context, options: Options): Promise<number> {
  const { service, vql, out, format, gzip, excel, force } = options
  if (excel && format !== 'csv') throw new InvalidArgumentError('--excel requires --format csv')
  const wanted = { service, vql: await readJson(vql, '--vql'), format, gzip, ...(excel && { bom: true }) }
  const data = checkedData('--vql', () => validateJobData('export_csv_file', wanted))
  await assertWritable(out, force)
  return await withDatabase(context, 'export', async database => {
    const store = await openStore(context.config, database.pool, () => context.config.publicUrl ?? '')
    const display = displayProgress(context, 'written')
    const job = await runToEnd(
      context,
      database,
      store,
      { jobType: 'export_csv_file', data, searches: true },
      ({ progress }) => display.show(progress),
    ).finally(display.end)
    const key = job.response.s3Key
    if (job.status !== 'completed' || key === undefined) {
      for (const error of context.signal.aborted ? [] : (job.response.runtimeErrors ?? [])) context.say(error)
      context.say(context.signal.aborted ? 'export cancelled' : 'export failed')
      return 1
    }
    // Also when copying fails: nobody else knows of this file.
    await copyOut(store, key, out, force).finally(() => store.delete(key))
    context.say(`exported ${counted(job.progress.rowsRead, 'row')}${out === '-' ? '' : ` to ${out}`}`)
    return 0
  })
}

/** The file appears only when it is complete. */
async function copyOut(store: ObjectStore, key: string, out: string, replace: boolean): Promise<void> {
  const content = await store.get(key)
  if (out === '-') return await pipeline(content, process.stdout, { end: false })
  await writeWholeFile(out, { replace, mode: 0o600 }, async destination => await pipeline(content, destination))
}
