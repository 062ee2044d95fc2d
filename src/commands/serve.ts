/** `serve` and `work`: the long-running processes. */
import { once } from 'node:events'
import { relative } from 'node:path'
import type { Command } from 'commander'
import type { App } from '../app.ts'
import { hasConsole } from '../console/built-console.ts'
import { createLog, type Logger } from '../log.ts'
import { packageJson } from '../package-json.ts'
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
}

export function addWork(program: Command, run: Run): void {
  program
    .command('work')
    .summary('run jobs only')
    .description(
      'Runs imports and exports until it is stopped (SIGTERM, Ctrl-C), without serving the API. Start as many as needed next to `connectra serve`, with the same DATABASE_URL and the same files.',
    )
    .addHelpText('after', '\nExamples:\n  DATABASE_URL=postgresql://… WORKER_CONCURRENCY=2 connectra work')
    .action(run(context => stay(context, 'work')))
}

async function stay(context: Context, command: 'serve' | 'work'): Promise<void> {
  const { config, signal, init } = context
  const http = command === 'serve'
  const log = createLog(config.logLevel, process.stdout)
  // Loaded here because help needs no HTTP, and comes in half the time without it.
  const { openApp } = await import('../app.ts')
  const app = await openApp(config, { command, http, create: http || init, log, onAttempt: showAttempt, signal }).catch(
    error => {
      if (signal.aborted) return null
      throw error
    },
  )
  if (app === null) return
  try {
    if (app.url) await greet(app, app.url, log, context)
    else log.info(`Connectra ${packageJson.version} runs jobs`)
    app.ready.then(
      () => log.info('ready'),
      () => {},
    )
    const failure = await Promise.race([app.failed, aborted(signal)])
    if (failure) throw failure
    await app.drain()
    log.info('stopping')
  } finally {
    await app.close()
  }
  log.info('stopped')
}

/** On a terminal, a dot for each attempt to reach the database. */
function showAttempt(over: boolean): void {
  if (process.stdout.isTTY) process.stdout.write(over ? '\n' : '.')
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await once(signal, 'abort')
  return null
}

async function greet(app: App, url: string, log: Logger, { say, interactive }: Context): Promise<void> {
  const { firstKey } = app
  log.info(`Connectra ${packageJson.version} is running at ${url}, documentation at ${url}/docs`)
  if (firstKey === null) return
  const path = shortest(firstKey.path)
  if (!firstKey.created) {
    log.info(`the API key is in ${path}`)
    return
  }
  const consoleUrl = interactive ? await app.createSignInUrl() : (await hasConsole()) ? url : null
  for (const line of introduceKey(firstKey.key, path, url, interactive, consoleUrl).split('\n')) say(line)
}

/**
 * The key itself is shown on a terminal only, and so is an address that signs in. Elsewhere, standard error ends up in the logs of
 * systemd or Docker, which others may read. `consoleUrl`: where the console is; null if it is not built.
 */
export function introduceKey(
  key: string,
  path: string,
  url: string,
  interactive: boolean,
  consoleUrl: string | null,
): string {
  const stored = interactive
    ? `It is stored in ${path} and will not be shown again:\n\n  ${key}`
    : `It is stored in ${path}.`
  const token = interactive ? key : `$(cat ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`})`
  return `
An API key has been created. ${stored}
${consoleUrl === null ? '' : introduceConsole(consoleUrl, interactive)}
${consoleUrl === null ? 'Try it' : 'Or try the API'}:

  curl -H "Authorization: Bearer ${token}" ${url}/common/contact/filters
`
}

function introduceConsole(url: string, interactive: boolean): string {
  if (!interactive) return `\nOpen the console at ${url}: \`connectra console\` prints an address that signs you in.\n`
  return `\nOpen the console. This address signs you in, once, within 15 minutes:\n\n  ${url}\n`
}

function shortest(path: string): string {
  const fromHere = relative('', path)
  return fromHere.startsWith('..') ? path : fromHere
}
