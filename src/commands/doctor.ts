/** `doctor`: checks everything an installation needs, and says how to fix what is wrong. */
import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import pg from 'pg'
import { type Config, readConfig, SETTINGS } from '../config.ts'
import { makeDataDirectory } from '../database/data-directory.ts'
import { pendingMigrations } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../database/open-database.ts'
import type { Database } from '../database/pool.ts'
import { assertRights } from '../database/rights.ts'
import type { Service } from '../fields.ts'
import { uploadKey } from '../files/keys.ts'
import type { JobStatus } from '../jobs/job/job.ts'
import { readJobStats } from '../jobs/queue/stats.ts'
import { TABLES } from '../records/columns.ts'
import { findSnapshot } from '../search/embedded/snapshot/manifest.ts'
import { openStore } from '../store.ts'
import type { Context, Run } from './context.ts'

/** Returns what was found, for people. Throws an error that says what is wrong and what to do. */
type Check = () => Promise<string>

const LOW_SPACE = 1024 ** 3
const ANSWER_WITHIN = 5_000
const TRIES = 5
/** A job that has been due for this long and that nobody has claimed has no worker. Seconds. */
const UNCLAIMED_AFTER = 30

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .summary('check the installation')
    .description(
      'Checks the settings, the data directory, the database, its migrations, the jobs and the files. If a server is running at HOST and PORT, compares its search index with the database. Says how to fix what is wrong, and exits with 1 if anything is.',
    )
    .addHelpText('after', '\nExamples:\n  connectra doctor')
    .action(run(examine))
}

async function examine(context: Context): Promise<number> {
  const { config } = context
  let failures = 0
  const check = async <T>(name: string, work: () => Promise<T>, describe: (found: T) => string): Promise<T | null> => {
    try {
      const found = await work()
      context.print(`ok    ${name}: ${describe(found)}`)
      return found
    } catch (error) {
      failures++
      context.print(`FAIL  ${name}: ${(error as Error).message}`)
      return null
    }
  }
  const report = (name: string, work: Check) => check(name, work, found => found)

  await report('settings', async () => changedSettings(config))
  await report('data directory', () => lookAtDirectory(config.dataDir))
  const found = await check(
    'database',
    () => lookAtDatabase(context),
    ({ description }) => description,
  )
  if (found) {
    const { database } = found
    try {
      await report('sessions', () => lookForPooler(database.url))
      await report('migrations', () => lookAtMigrations(database))
      await report('jobs', () => lookAtJobs(database))
      await report('files', () => tryStore(config, database))
      await report('snapshot', () => lookAtSnapshot(join(config.dataDir, 'index')))
      await report('index', () => compareIndex(config, database))
    } finally {
      await database.close()
    }
  }
  return failures > 0 ? 1 : 0
}

/** The caller closes the database. */
async function lookAtDatabase({ config, say, signal }: Context) {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: config.databaseConnections,
    command: 'doctor',
    share: true,
    create: false,
    patience: 0,
    say,
    signal,
  })
  try {
    const { rows } = await database.pool.query<{ server_version: string }>('SHOW server_version')
    return { database, description: `PostgreSQL ${rows[0]!.server_version}, ${kindOf(config, database)}` }
  } catch (error) {
    await database.close()
    throw error
  }
}

function kindOf(config: Config, database: OpenDatabase): string {
  if (config.databaseUrl) return 'at DATABASE_URL'
  return database.server ? 'embedded' : 'embedded, run by the server'
}

async function lookAtMigrations({ pool }: OpenDatabase): Promise<string> {
  await assertRights(pool, false)
  const pending = await pendingMigrations(pool)
  if (pending.length === 0) return 'all applied'
  throw new Error(`not applied: ${pending.join(', ')}. Run \`connectra migrate\`, or start the server`)
}

function changedSettings(config: Config): string {
  const defaults = readConfig({})
  const changed = Object.entries(SETTINGS).flatMap(([name, setting]) => {
    const value = config[name as keyof Config]
    if (String(value) === String(defaults[name as keyof Config])) return []
    return `${setting.env}=${'secret' in setting ? '(secret)' : value}`
  })
  return changed.length > 0 ? changed.join(' ') : 'all defaults'
}

async function lookAtDirectory(directory: string): Promise<string> {
  const path = await makeDataDirectory(directory)
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const shown = `${(free / 1024 ** 3).toFixed(1)} GB free`
  if (free < LOW_SPACE) throw new Error(`${path} has ${shown}: free some disk space, imports and PostgreSQL need it`)
  return `${path}, ${shown}`
}

/** A pooler in transaction mode gives a client a different session while someone else's transaction holds the previous one. */
async function lookForPooler(url: string): Promise<string> {
  const [one, other] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })]
  const session = async (client: pg.Client) =>
    (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number
  try {
    await Promise.all([one.connect(), other.connect()])
    const before = await session(one)
    await other.query('BEGIN')
    await session(other)
    const after = await session(one)
    if (before === after) return 'a direct or session-mode connection'
    throw new Error(
      'DATABASE_URL points to a pooler in transaction mode, which breaks notifications, session locks and temporary tables. Point DATABASE_URL at PostgreSQL itself, or set the pooler to session mode',
    )
  } finally {
    await Promise.allSettled([one.end(), other.end()])
  }
}

async function lookAtJobs({ pool }: OpenDatabase): Promise<string> {
  const { depth, oldestWaitingSeconds, running, failures } = await readJobStats(pool)
  const waiting = depth.reduce((sum, { status, jobs }) => sum + (isWaiting(status) ? jobs : 0), 0)
  const speed = running.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0)
  const since = oldestWaitingSeconds === null ? '' : ` (the oldest for ${Math.round(oldestWaitingSeconds)} s)`
  const shown = [
    `${waiting} waiting${since}`,
    `${running.length} running${running.length > 0 ? ` at ${Math.round(speed)} rows/s` : ''}`,
    `${failures.lastHour} failed in the last hour, ${failures.lastDay} in the last day`,
  ]
  if (running.length === 0 && (oldestWaitingSeconds ?? 0) > UNCLAIMED_AFTER)
    shown.push('no worker is running: start `connectra serve` or `connectra work`')
  return shown.join('; ')
}

function isWaiting(status: JobStatus): boolean {
  return status === 'open' || status === 'retry_in_queued'
}

async function tryStore(config: Config, database: OpenDatabase): Promise<string> {
  const store = await openStore(config, database.pool, () => '')
  const key = uploadKey('doctor.txt')
  await store.put(
    key,
    (async function* () {
      yield 'written by connectra doctor'
    })(),
  )
  const size = await store.size(key)
  await store.delete(key)
  if (size === null) throw new Error(`a file written to ${join(config.dataDir, 'files')} could not be read back`)
  return `${join(config.dataDir, 'files')} is writable`
}

/** A missing or damaged snapshot is not an error: the next start just takes longer. */
async function lookAtSnapshot(directory: string): Promise<string> {
  const found = await findSnapshot(directory)
  if (found === null) return `none in ${directory} yet: a running server writes it`
  const megabytes = (found.bytes / 1024 ** 2).toFixed(1)
  return `${directory}, ${megabytes} MB, written ${found.written.toISOString()}; safe to delete at any time`
}

type Counts = Readonly<Record<Service, number>>

/** Compares counts at one position of the feed. While records are constantly written there may be no such position. */
async function compareIndex(config: Config, { pool }: OpenDatabase): Promise<string> {
  const base = localAddress(config)
  const health = await fetch(`${base}/health`, { signal: AbortSignal.timeout(ANSWER_WITHIN) }).catch(() => null)
  if (health === null) return `not checked: no server is running at ${base}`
  if (health.status !== 200) throw new Error(`the server at ${base} is not ready: ${await health.text()}`)
  const key = config.apiKeys[0] ?? (await readFile(join(config.dataDir, 'api-key'), 'utf8').catch(() => '')).trim()
  for (let tries = 1; tries <= TRIES; tries++) {
    const seq = await lastSeq(pool)
    const inDatabase: Counts = {
      company: await countStored(pool, 'company'),
      contact: await countStored(pool, 'contact'),
    }
    const inIndex: Counts = {
      company: await countFound(base, key, 'companies', seq),
      contact: await countFound(base, key, 'contacts', seq),
    }
    if ((await lastSeq(pool)) !== seq) continue
    return describeComparison(inDatabase, inIndex)
  }
  return 'not compared: records are being written constantly'
}

/** The address at which a server with these settings can be reached from this machine. */
function localAddress({ host, port }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

async function lastSeq(pool: Database): Promise<number> {
  return (await pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')).rows[0]!.seq
}

async function countStored(pool: Database, service: Service): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${TABLES[service]} WHERE deleted_at IS NULL`,
  )
  return rows[0]!.count
}

/** Asks the server at `base` for its count, once its index has reached `seq`. */
async function countFound(base: string, key: string, path: 'companies' | 'contacts', seq: number): Promise<number> {
  const reply = await fetch(`${base}/${path}/count`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      'X-Connectra-Min-Seq': String(seq),
    },
    body: '{}',
    signal: AbortSignal.timeout(2 * ANSWER_WITHIN),
  })
  const body = (await reply.json()) as { count?: number; error?: string }
  if (reply.status === 401)
    throw new Error(
      `the server at ${base} rejects the API key of this data directory: it may belong to another installation`,
    )
  if (body.count === undefined)
    throw new Error(`the server at ${base} could not count its records: ${body.error ?? reply.status}`)
  return body.count
}

function describeComparison(inDatabase: Counts, inIndex: Counts): string {
  const shown = ({ company, contact }: Counts) => `${company} companies and ${contact} contacts`
  if (inIndex.company === inDatabase.company && inIndex.contact === inDatabase.contact)
    return `matches the database: ${shown(inDatabase)}`
  throw new Error(`it has ${shown(inIndex)}, but the database has ${shown(inDatabase)}: run \`connectra reindex\``)
}
