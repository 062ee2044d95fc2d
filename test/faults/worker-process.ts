/** A worker as a process of its own, to be killed. Prints `ready`, and `started` whenever it begins or resumes a job. */

import { JOB_HANDLERS } from '../../src/jobs/job-types.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { openTestStore } from '../helpers/store.ts'

const [databaseUrl, directory] = process.argv.slice(2) as [string, string]

function print(_details: unknown, message?: string): void {
  if (message === 'job started') process.stdout.write('started\n')
}

function complain(details: unknown, message?: string): void {
  const { err } = details as { err?: unknown }
  process.stderr.write(`${message ?? details}${err instanceof Error ? `: ${err.message}` : ''}\n`)
}

const store = await openTestStore(directory)
startWorker({
  databaseUrl,
  engine: null,
  store,
  handlers: JOB_HANDLERS,
  limits: { concurrency: 1 },
  log: { info: print, warn: complain, error: complain },
})
process.stdout.write('ready\n')
