/** The command line. Only here are arguments, environment and signals read, and the process ended. */
import { existsSync } from 'node:fs'
import { CommanderError, InvalidArgumentError } from 'commander'
import type { Context, Run } from './commands/context.ts'
import { createProgram } from './commands/program.ts'
import { type Config, readConfig } from './config.ts'
import { ConnectraError } from './errors.ts'
import { createLog } from './log.ts'

const FAILED = 1
const USAGE = 2
/** An end that was asked for must be over by then, whatever hangs. PostgreSQL ends with its parent. Milliseconds. */
const STOP_WITHIN = 9_500
const WATCH_EVERY = 250

const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
// The launcher that started this process is gone.
process.on('disconnect', stop)

// npm and npx send a signal to the shell between them and this process, which does not pass it on.
if (process.env.npm_execpath) {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), WATCH_EVERY).unref()
}

/** Whoever read standard output has enough of it, such as `head`. What is under way goes on: an import is to be whole. */
let unread = false
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE')
      fail(new ConnectraError('ERR_UNAVAILABLE', `the output cannot be written: ${error.message}`), FAILED)
    unread = true
  })

/** Under npm a Ctrl-C comes twice: only the first counts. */
function stop(): void {
  if (stopping.signal.aborted) return
  stopping.abort()
  setTimeout(() => process.exit(FAILED), STOP_WITHIN).unref()
}

function settings(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  try {
    return readConfig(process.env)
  } catch (error) {
    fail(error, USAGE)
  }
}

const run: Run =
  work =>
  async (...args) => {
    const config = settings()
    const debug = config.logLevel === 'debug' || config.logLevel === 'trace'
    const context: Context = {
      config,
      log: createLog(debug ? config.logLevel : 'error', process.stderr),
      signal: stopping.signal,
      print: line => process.stdout.write(`${line}\n`),
      say: line => process.stderr.write(`${line}\n`),
      interactive: process.stderr.isTTY === true,
    }
    try {
      process.exitCode = (await work(context, ...args)) ?? 0
    } catch (error) {
      fail(error, error instanceof InvalidArgumentError ? USAGE : FAILED, debug)
    }
    process.exit()
  }

/** One line that says what is wrong and what to do; the stack for those who debug, or where nobody foresaw the error. */
function fail(thrown: unknown, code: number, debug = false): never {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (unread && (error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(code)
  const foreseen =
    error instanceof ConnectraError || error instanceof InvalidArgumentError || error.name === 'AbortError'
  const message = error.name === 'AbortError' ? 'interrupted' : error.message || error.name
  process.stderr.write(`connectra: ${message}\n`)
  if (debug) process.stderr.write(`${error.stack}\n`)
  else if (!foreseen) process.stderr.write('LOG_LEVEL=debug shows where it happened.\n')
  process.exit(code)
}

try {
  await createProgram(run).parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : USAGE)
  fail(error, FAILED)
}
