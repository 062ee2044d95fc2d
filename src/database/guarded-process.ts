/** A PostgreSQL process that ends with its parent, however that ends. */
import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterOf, unusable } from './data-directory.ts'
import type { DatabaseUser } from './database-user.ts'

/**
 * A shell script that runs its arguments, here PostgreSQL. A line on standard input shuts it down in order (INT). The
 * end of standard input, and so of the parent, ends it at once (QUIT, without a checkpoint). The script ignores signals
 * that are sent to its process group.
 */
const GUARD = `
  socket=$1; shift
  exec 3<&0
  trap : TERM INT HUP
  "$@" 3<&- </dev/null & pid=$!
  { while read -r _ <&3; do kill -INT $pid; done; kill -QUIT $pid; } 2>/dev/null & reader=$!
  exec 3<&-
  while kill -0 $pid 2>/dev/null; do wait $pid; status=$?; done
  kill -KILL $reader 2>/dev/null
  rm -rf "$socket"
  exit $status`

const SETTINGS = [
  'port=5432',
  'listen_addresses=',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'client_connection_check_interval=500ms',
  'shared_buffers=256MB',
  'max_connections=100',
  // Failed statements are reported to the client that sent them. They contain people's data, so they are not logged.
  'log_min_messages=log',
]

/** Keeps the variables of this process (PGPORT, PGDATA, a locale that is not installed) away from PostgreSQL. */
export const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }

/** How long a shutdown may take before PostgreSQL is ended at once. Milliseconds. */
const STOP_WITHIN = 3_000
const MAX_LOG_BYTES = 10 * 1024 * 1024

export interface GuardedProcess {
  /** Resolves with PostgreSQL's last log lines. */
  readonly ended: Promise<string>
  isRunning(): boolean
  stop(): Promise<void>
}

/** Starts PostgreSQL under the guard. */
export async function spawnGuarded(
  home: string,
  postgres: string,
  user: DatabaseUser,
  socketDirectory: string,
  extraSettings: readonly string[],
): Promise<GuardedProcess> {
  const log = await openLog(home)
  const settings = [`unix_socket_directories=${socketDirectory}`, ...SETTINGS, ...extraSettings]
  const command = [...user.prefix, postgres, '-D', clusterOf(home), ...settings.flatMap(each => ['-c', each])]
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', socketDirectory, ...command], {
    detached: true,
    env: environment,
    stdio: ['pipe', log.handle.fd, log.handle.fd],
    ...user.ids,
  })
  const stdin = child.stdin!
  stdin.on('error', () => {})
  let running = true
  const ended = new Promise<string>(resolve => {
    const end = async () => {
      running = false
      stdin.destroy()
      const words = lastWords(await log.read())
      await log.handle.close()
      resolve(words)
    }
    child.once('error', end)
    child.once('exit', end)
  })
  const stop = async () => {
    stdin.write('stop\n')
    const timer = setTimeout(() => stdin.destroy(), STOP_WITHIN)
    await ended
    clearTimeout(timer)
  }
  return { ended, isRunning: () => running, stop }
}

/** PostgreSQL's own log. It is a file, not a pipe, so that PostgreSQL can still write to it when its parent is gone. */
async function openLog(home: string) {
  const path = join(home, 'postgres.log')
  const before = await stat(path).catch(() => null)
  const full = before !== null && before.size > MAX_LOG_BYTES
  if (full) await rename(path, `${path}.1`)
  const start = full ? 0 : (before?.size ?? 0)
  const handle = await open(path, 'a', 0o600).catch(error => {
    throw unusable(home, error)
  })
  // Somebody may have rotated or deleted the file.
  const read = async () => (await readFile(path).catch(() => Buffer.alloc(0))).subarray(start).toString()
  return { handle, read }
}

/** Refused and lost connections. They say nothing about why it ended. */
const OF_CONNECTIONS =
  /is (?:starting up|shutting down)$|not yet accepting connections$|Consistent recovery state has not been yet reached|data (?:to|from) client: |connection to client (?:has been )?lost/
const REASON = /\b(?:FATAL|PANIC|DETAIL|HINT|error|could not|shutdown request)\b/

/** The log lines that say why PostgreSQL ended. */
export function lastWords(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '' && !OF_CONNECTIONS.test(line))
  const relevant = lines.filter(line => REASON.test(line))
  const words = (relevant.length > 0 ? relevant : lines).map(line =>
    line.replace(/^.*?\b(?:FATAL|PANIC|DETAIL|HINT|LOG):\s+/, ''),
  )
  // Each session may have logged the same.
  return [...new Set(words)].slice(-4).join('; ')
}
