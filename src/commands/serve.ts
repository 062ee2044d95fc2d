/** `serve` and `work`: the long-running processes. */
import { once } from 'node:events'
import { relative } from 'node:path'
import type { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import type { App } from '../app.ts'
import { createLog, type Logger } from '../log.ts'
import type { Context, Run } from './context.ts'

export function addServe(program: Command, run: Run): void {
  program
    .command('serve')
    .summary('run the API and its job worker')
    .description(
      'Runs the HTTP server, the search index, the job worker and, unless DATABASE_URL is set, PostgreSQL, until it is stopped (SIGTERM, Ctrl-C). The first start creates an API key.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  connectra serve\n  HOST=0.0.0.0 PORT=80 DATA_DIR=/var/lib/connectra connectra serve',
    )
    .action(run(context => stay(context, 'serve')))
  program
    .command('work')
    .summary('run jobs only')
    .description(
      'Runs imports and exports until it is stopped (SIGTERM, Ctrl-C), without serving the API. Start as many as needed next to `connectra serve`, with the same DATABASE_URL and the same files.',
    )
    .addHelpText('after', '\nExamples:\n  DATABASE_URL=postgresql://… WORKER_CONCURRENCY=2 connectra work')
    .action(run(context => stay(context, 'work')))
}

async function stay({ config, signal, say }: Context, command: 'serve' | 'work'): Promise<void> {
  const log = createLog(config.logLevel, process.stdout)
  // Loaded here because the other commands need no HTTP, and start in half the time without it.
  const { openApp } = await import('../app.ts')
  const app = await openApp(config, { command, http: command === 'serve', log, signal }).catch(error => {
    if (signal.aborted) return null
    throw error
  })
  if (app === null) return
  try {
    if (app.url) greet(app, app.url, log, say)
    app.ready.then(
      () => log.info('ready'),
      () => {},
    )
    const failure = await Promise.race([app.failed, aborted(signal)])
    if (failure) throw failure
    log.info('stopping')
  } finally {
    await app.close()
  }
  log.info('stopped')
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await once(signal, 'abort')
  return null
}

/** The key is shown once, when it is created. It goes to standard error, to appear at any log level but not in the log. */
function greet({ firstKey }: App, url: string, log: Logger, say: Context['say']): void {
  log.info(`Connectra ${packageJson.version} is running at ${url}, documentation at ${url}/docs`)
  if (firstKey === null) return
  const path = shortest(firstKey.path)
  if (!firstKey.created) {
    log.info(`the API key is in ${path}`)
    return
  }
  const greeting = `
An API key has been created. It is stored in ${path} and will not be shown again:

  ${firstKey.key}

Try it:

  curl -H 'Authorization: Bearer ${firstKey.key}' ${url}/common/contact/filters
`
  for (const line of greeting.split('\n')) say(line)
}

function shortest(path: string): string {
  const fromHere = relative('', path)
  return fromHere.startsWith('..') ? path : fromHere
}
