/** The command line. Only this file reads arguments, environment and signals, and ends the process. */
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { Context, Run } from './commands/context.ts'
import { createProgram } from './commands/program.ts'
import { type Config, readConfig, reportUnknownSettings } from './config.ts'
import { ConnectraError } from './errors.ts'
import { describePathError, plainReason } from './files/path-errors.ts'
import { createLog } from './log.ts'
import { setDefaultCountry } from './records/values/default-country.ts'
import { printable, printableLines } from './text/printable.ts'

const FAILED = 1
const USAGE = 2
/** After a signal, the process exits within this time, whatever hangs. PostgreSQL ends with its parent. Milliseconds. */
const STOP_WITHIN = 9_500
const WATCH_EVERY = 250
/** STOP_GRACE, which comes before that. Milliseconds. */
let stopGrace = 0

const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
// The launcher that started this process is gone.
process.on('disconnect', () => stop())

// npm and npx send signals to the shell between them and this process, and the shell does not pass them on.
if (process.env.npm_execpath) {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), WATCH_EVERY).unref()
}

/** The reader of standard output, such as `head`, has closed it. Work continues: an import should complete. */
let unread = false
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE')
      fail(new ConnectraError('ERR_UNAVAILABLE', `cannot write output: ${plainReason(error)}`), FAILED)
    unread = true
  })

/** Launchers and npm pass on what the terminal has also sent, so one Ctrl-C arrives several times. Milliseconds. */
const ONE_PRESS = 500
/** These close in order, however often Ctrl-C is pressed: clients wait for their replies. */
const SERVES: ReadonlySet<string | undefined> = new Set(['serve', 'work'])
let stoppedAt = 0

/** The first signal asks for an orderly end. A second Ctrl-C does not wait for it. PostgreSQL ends with its parent. */
function stop(signal?: NodeJS.Signals): void {
  if (stopping.signal.aborted) {
    if (signal !== 'SIGINT' || performance.now() - stoppedAt < ONE_PRESS || SERVES.has(process.argv[2])) return
    process.stderr.write('connectra: exited before everything was closed\n')
    process.exit(FAILED)
  }
  stoppedAt = performance.now()
  stopping.abort()
  setTimeout(() => process.exit(FAILED), stopGrace + STOP_WITHIN).unref()
}

/** Otherwise the process would exit with success before it notices that its output could not be written. */
async function outputWritten(): Promise<void> {
  await new Promise<void>(resolve => process.stdout.write('', () => setImmediate(resolve)))
}

function settings(): Config {
  if (existsSync('.env')) {
    process.loadEnvFile('.env')
    const names = Object.keys(parseEnv(readFileSync('.env', 'utf8')))
    for (const line of reportUnknownSettings(names)) process.stderr.write(`connectra: ${line}\n`)
  }
  try {
    return readConfig(process.env)
  } catch (error) {
    fail(error, USAGE)
  }
}

/** Commander passes the command itself as the last argument. */
function hasInit(command: unknown): boolean {
  return command instanceof Command && command.opts().init === true
}

const run: Run =
  work =>
  async (...args) => {
    const config = settings()
    setDefaultCountry(config.defaultCountry)
    if (process.argv[2] === 'serve') stopGrace = config.stopGrace * 1000
    const debug = config.logLevel === 'debug' || config.logLevel === 'trace'
    const context: Context = {
      config,
      log: createLog(debug ? config.logLevel : 'error', process.stderr),
      signal: stopping.signal,
      print: line => process.stdout.write(`${printable(line)}\n`),
      say: line => process.stderr.write(`${printable(line)}\n`),
      interactive: process.stderr.isTTY === true,
      init: hasInit(args.at(-1)),
    }
    try {
      process.exitCode = (await work(context, ...args)) ?? 0
    } catch (error) {
      fail(error, error instanceof InvalidArgumentError ? USAGE : FAILED, debug)
    }
    await outputWritten()
    process.exit()
  }

/** Prints one line that says what is wrong and what to do, and with debug logging the stack as well. */
function fail(thrown: unknown, code: number, debug = false): never {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (unread && (error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(code)
  const problem = error instanceof ConnectraError ? null : describePathError(error, 'use')
  const expected =
    error instanceof ConnectraError ||
    error instanceof InvalidArgumentError ||
    error.name === 'AbortError' ||
    problem !== null
  const message = error.name === 'AbortError' ? 'interrupted' : (problem ?? (error.message || error.name))
  process.stderr.write(`connectra: ${printableLines(message)}\n`)
  if (debug) process.stderr.write(`${printableLines(String(error.stack))}\n`)
  else if (!expected) process.stderr.write('Set LOG_LEVEL=debug to see where it happened.\n')
  process.exit(code)
}

try {
  const program = await createProgram(run, process.argv[2])
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : USAGE)
  fail(error, FAILED)
}
