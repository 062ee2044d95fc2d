/** `doctor`: looks at everything an installation needs, and says what to do about what it does not find. */
import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import pg from 'pg'
import { type Config, readConfig, SETTINGS } from '../config.ts'
import { makeDataDirectory } from '../database/data-directory.ts'
import { pendingMigrations } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../database/open-database.ts'
import type { Service } from '../fields.ts'
import { uploadKey } from '../files/keys.ts'
import type { JobStatus } from '../jobs/job/job.ts'
import { readJobStats } from '../jobs/queue/stats.ts'
import { TABLES } from '../records/columns.ts'
import { findSnapshot } from '../search/embedded/snapshot/manifest.ts'
import { openStore } from '../store.ts'
import type { Context, Run } from './context.ts'

/** What was found, for people. Throws what is wrong, with what to do. */
type Check = () => Promise<string>

const LOW_SPACE = 1024 ** 3
const ANSWER_WITHIN = 5_000
const TRIES = 5
/** Seconds after which a job that is due and in nobody's hand has no worker. */
const LEFT_LYING = 30

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .summary('check the installation')
    .description(
      'Checks settings, data directory, database, migrations, files and, when a server runs at HOST and PORT, its index against the database. Says what to do about what is wrong; the exit code is 1 then.',
    )
    .addHelpText('after', '\nExamples:\n  connectra doctor')
    .action(run(examine))
}

async function examine(context: Context): Promise<number> {
  const { config, signal } = context
  let failures = 0
  const check = async (name: string, work: Check) => {
    try {
      context.print(`ok    ${name}: ${await work()}`)
    } catch (error) {
      failures++
      context.print(`FAIL  ${name}: ${(error as Error).message}`)
    }
  }
  await check('settings', async () => changedSettings(config))
  await check('data directory', () => lookAtDirectory(config.dataDir))
  let database: OpenDatabase | null = null
  await check('database', async () => {
    database = await openDatabase({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      connections: config.databaseConnections,
      command: 'doctor',
      share: true,
      patience: 0,
      say: context.say,
      signal,
    })
    const { rows } = await database.pool.query<{ server_version: string }>('SHOW server_version')
    const kind = config.databaseUrl
      ? 'of DATABASE_URL'
      : database.server
        ? 'embedded'
        : 'embedded, of the running server'
    return `PostgreSQL ${rows[0]!.server_version}, ${kind}`
  })
  // TypeScript does not see the assignment in the closure.
  const opened = database as OpenDatabase | null
  if (opened) {
    try {
      await check('sessions', () => lookForPooler(opened.url))
      await check('migrations', async () => {
        const pending = await pendingMigrations(opened.pool)
        if (pending.length === 0) return 'all applied'
        throw new Error(`${pending.join(', ')} missing: run \`connectra migrate\`, or start the server`)
      })
      await check('jobs', () => lookAtJobs(opened))
      await check('files', () => tryStore(config, opened))
      await check('snapshot', () => lookAtSnapshot(join(config.dataDir, 'index')))
      await check('index', () => compareIndex(config, opened))
    } finally {
      await opened.close()
    }
  }
  return failures > 0 ? 1 : 0
}

function changedSettings(config: Config): string {
  const defaults = readConfig({})
  const changed = Object.entries(SETTINGS).flatMap(([name, setting]) => {
    const value = config[name as keyof Config]
    if (String(value) === String(defaults[name as keyof Config])) return []
    return `${setting.env}=${'secret' in setting ? '(secret)' : value}`
  })
  return changed.length > 0 ? changed.join(' ') : 'all as by default'
}

async function lookAtDirectory(directory: string): Promise<string> {
  const path = await makeDataDirectory(directory)
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const shown = `${(free / 1024 ** 3).toFixed(1)} GB free`
  if (free < LOW_SPACE) throw new Error(`${path} has ${shown}: make room, imports and PostgreSQL need it`)
  return `${path}, ${shown}`
}

/** A transaction-mode pooler gives a client another session while someone else's transaction holds the one it had. */
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
      'DATABASE_URL leads to a pooler in transaction mode: notifications, session locks and temporary tables do not work through it. Point DATABASE_URL at PostgreSQL itself, or set the pooler to session mode',
    )
  } finally {
    await Promise.allSettled([one.end(), other.end()])
  }
}

async function lookAtJobs({ pool }: OpenDatabase): Promise<string> {
  const { depth, oldestWaitingSeconds, running, failures } = await readJobStats(pool)
  const waiting = depth.reduce((sum, { status, jobs }) => sum + (isWaiting(status) ? jobs : 0), 0)
  const speed = running.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0)
  const since = oldestWaitingSeconds === null ? '' : `, one of them due for ${Math.round(oldestWaitingSeconds)} s`
  const shown = [
    `${waiting} waiting${since}`,
    `${running.length} running${running.length > 0 ? ` at ${Math.round(speed)} rows/s` : ''}`,
    `${failures.lastHour} failed in the last hour, ${failures.lastDay} in the last day`,
  ]
  if (running.length === 0 && (oldestWaitingSeconds ?? 0) > LEFT_LYING)
    shown.push('no worker takes them: start `connectra serve` or `connectra work`')
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
  if (size === null) throw new Error(`what is written to ${join(config.dataDir, 'files')} cannot be read again`)
  return `${join(config.dataDir, 'files')} can be written to`
}

/** None, or a damaged one, is nothing wrong: the next start takes longer. */
async function lookAtSnapshot(directory: string): Promise<string> {
  const found = await findSnapshot(directory)
  if (found === null) return `none yet in ${directory}: a running server writes it`
  const megabytes = (found.bytes / 1024 ** 2).toFixed(1)
  return `${directory}, ${megabytes} MB, written ${found.written.toISOString()}; it may be deleted at any time`
}

/** Compares counts at one place of the feed; under constant writing there may be none. */
async function compareIndex(config: Config, { pool }: OpenDatabase): Promise<string> {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`
  const health = await fetch(`${base}/health`, { signal: AbortSignal.timeout(ANSWER_WITHIN) }).catch(() => null)
  if (health === null) return `not checked: no server answers at ${base}`
  if (health.status !== 200) throw new Error(`the server at ${base} is not ready: ${await health.text()}`)
  const key = config.apiKeys[0] ?? (await readFile(join(config.dataDir, 'api-key'), 'utf8').catch(() => '')).trim()
  const last = async () => (await pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')).rows[0]!.seq
  const stored = async (service: Service) =>
    (await pool.query<{ count: number }>(`SELECT count(*) AS count FROM ${TABLES[service]} WHERE deleted_at IS NULL`))
      .rows[0]!.count
  const found = async (path: string, seq: number) => {
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
        `the server at ${base} does not know the key of this data directory: is it another installation's?`,
      )
    if (body.count === undefined) throw new Error(`the server at ${base} does not count: ${body.error ?? reply.status}`)
    return body.count
  }
  for (let tries = 1; tries <= TRIES; tries++) {
    const seq = await last()
    const inDatabase = { company: await stored('company'), contact: await stored('contact') }
    const inIndex = { company: await found('companies', seq), contact: await found('contacts', seq) }
    if ((await last()) !== seq) continue
    const shown = `${inDatabase.company} companies and ${inDatabase.contact} contacts`
    if (inIndex.company === inDatabase.company && inIndex.contact === inDatabase.contact)
      return `agrees with the database: ${shown}`
    throw new Error(
      `it has ${inIndex.company} companies and ${inIndex.contact} contacts, the database ${shown}: run \`connectra reindex\``,
    )
  }
  return 'not compared: records are being written all the time'
}
