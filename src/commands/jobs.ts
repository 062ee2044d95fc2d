/** `jobs`: what the endpoints for jobs do, from the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { JOB_STATUSES, type Job, type JobStatus, jobToJson } from '../jobs/job/job.ts'
import { JOB_TYPES } from '../jobs/job-types.ts'
import { cancelJob, getJob, listJobs, retryJob } from '../jobs/queue/queue.ts'
import { isServed } from '../jobs/queue/recovery.ts'
import { isUuid } from '../records/values/uuid.ts'
import { fileLocation } from '../store.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { counted, table } from './format.ts'
import { JOB_HEADER, jobLines, jobRow } from './job-lines.ts'

interface ListOptions {
  readonly status?: readonly JobStatus[]
  readonly type?: readonly string[]
  readonly limit: number
  readonly json?: boolean
}

interface OneOptions {
  readonly json?: boolean
}

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 1000
const JSON_HELP = 'print JSON, as the HTTP API returns it'

export function addJobs(program: Command, run: Run): void {
  const jobs = program
    .command('jobs')
    .summary('list, show, cancel and retry jobs')
    .description('Manages the jobs of imports and exports, including those that were created over HTTP.')
    .addHelpText(
      'after',
      `
Examples:
  connectra jobs list
  connectra jobs show d3f833f3-b101-402d-bd5b-301325dcbf74
  connectra jobs cancel d3f833f3-b101-402d-bd5b-301325dcbf74
  connectra jobs retry d3f833f3-b101-402d-bd5b-301325dcbf74`,
    )
  jobs
    .command('list')
    .summary('list jobs, newest first')
    .description('Lists jobs, newest first, with status, type, progress and age.')
    .addOption(new Option('--status <status...>', 'only jobs with one of these statuses').choices(JOB_STATUSES))
    .addOption(new Option('--type <type...>', 'only jobs of these types').choices(JOB_TYPES))
    .option('--limit <jobs>', `at most this many, up to ${MAX_LIMIT}`, parseLimit, DEFAULT_LIMIT)
    .option('--json', `${JSON_HELP}, one line per job`)
    .addHelpText(
      'after',
      '\nExamples:\n  connectra jobs list\n  connectra jobs list --status failed --type insert_csv_file --json',
    )
    .action(run(list))
  const one = (name: string, summary: string, description: string, work: typeof show) =>
    jobs
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<uuid>', 'the UUID that `connectra jobs list` shows', parseUuid)
      .option('--json', JSON_HELP)
      .addHelpText('after', `\nExamples:\n  connectra jobs ${name} d3f833f3-b101-402d-bd5b-301325dcbf74`)
      .action(run(work))
  one('show', 'show one job', 'Shows a job: its progress, messages, errors and files.', show)
  one(
    'cancel',
    'cancel a job',
    'Cancels a job that has not ended. It stores nothing from that moment on. An import keeps what it has stored.',
    cancel,
  )
  one(
    'retry',
    'run a failed job again',
    'Returns a failed or cancelled job to the queue. An import continues from its last checkpoint. A running server runs it at once, otherwise the next one.',
    retry,
  )
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MAX_LIMIT) throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_LIMIT}.`)
  return limit
}

function parseUuid(text: string): string {
  if (!isUuid(text)) throw new InvalidArgumentError('It must be a UUID: 8-4-4-4-12 hexadecimal digits.')
  return text.toLowerCase()
}

async function list(context: Context, { status, type, limit, json = false }: ListOptions): Promise<void> {
  const filter = { statuses: status ?? null, jobTypes: type ?? null, limit }
  const jobs = await withDatabase(context, 'jobs list', ({ pool }) => listJobs(pool, filter))
  if (json) for (const job of jobs) context.print(JSON.stringify(jobToJson(job)))
  else if (jobs.length === 0) context.say(status || type ? 'no such jobs' : 'no jobs')
  else {
    const now = new Date()
    for (const line of table([JOB_HEADER, ...jobs.map(job => jobRow(job, now))])) context.print(line)
  }
}

async function show(context: Context, uuid: string, { json = false }: OneOptions): Promise<void> {
  const job = await withDatabase(context, 'jobs show', ({ pool }) => getJob(pool, uuid))
  if (json) printJson(context, job)
  else
    for (const line of jobLines(job, new Date(), key => fileLocation(context.config, key, job.data.s3_bucket)))
      context.print(line)
}

async function cancel(context: Context, uuid: string, { json = false }: OneOptions): Promise<void> {
  const job = await withDatabase(context, 'jobs cancel', ({ pool }) => cancelJob(pool, uuid))
  if (json) printJson(context, job)
  else if (job.jobType === 'insert_csv_file')
    context.print(`cancelled job ${uuid}; ${counted(job.progress.rowsStored, 'row')} stored so far`)
  else context.print(`cancelled job ${uuid}`)
}

async function retry(context: Context, uuid: string, { json = false }: OneOptions): Promise<void> {
  const { job, served } = await withDatabase(context, 'jobs retry', async ({ pool }) => ({
    job: await retryJob(pool, uuid),
    served: await isServed(pool),
  }))
  if (json) printJson(context, job)
  else context.print(`job ${uuid} is in the queue`)
  if (!served) context.say('no server is running: the job waits until you start `connectra serve`')
}

function printJson(context: Context, job: Job): void {
  context.print(JSON.stringify(jobToJson(job)))
}
