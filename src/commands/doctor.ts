/** `doctor`: checks everything an installation needs, and says how to fix what is wrong. */
import { access, constants, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import pg from 'pg'
import { type Config, readConfig, SETTINGS } from '../config.ts'
import { unusable } from '../database/data-directory.ts'
import { pendingMigrations } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../database/open-database.ts'
import { assertRights } from '../database/rights.ts'
import { findSnapshot } from '../search/embedded/snapshot/manifest.ts'
import { describeSearchCluster } from '../search-engine.ts'
import { filesDirectory } from '../store.ts'
import type { Context, Run } from './context.ts'
import { checkFiles, checkJobs } from './doctor/check-jobs.ts'
import { compareIndex } from './doctor/compare-index.ts'
import { type Found, openReport, warning } from './doctor/report.ts'

const LOW_SPACE = 1024 ** 3

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .summary('check the installation')
    .description(
      'Checks the settings, the data directory, the database, its migrations, the jobs and their files. If a server is running on the data directory, compares its search index with the database. Says how to fix what is wrong, and exits with 1 if anything is. Creates and changes nothing.',
    )
    .option(
      '--json',
      'print one JSON object: {"ok": …, "checks": [{"name": …, "status": "ok" | "warn" | "fail", "message": …}]}',
    )
    .addHelpText('after', '\nExamples:\n  connectra doctor\n  connectra doctor --json')
    .action(run(examine))
}

async function examine(context: Context, { json = false }: { json?: boolean }): Promise<number> {
  const { config } = context
  const report = openReport(json, context.print)
  await report.check('settings', async () => changedSettings(config))
  await report.check('data directory', () => lookAtDirectory(config))
  const database = await open(context).catch(error => {
    report.fail('database', error)
    return null
  })
  if (database === null) return report.end()
  try {
    await report.check('database', () => describeDatabase(config, database))
    await report.check('sessions', () => lookForPooler(database.url))
    await report.check('migrations', () => lookAtMigrations(database))
    // The other checks read tables that the migrations create.
    if ((await pendingMigrations(database.pool).catch(() => [''])).length > 0) return report.end()
    await report.check('jobs', () => checkJobs(database.pool))
    await report.check('files', () => checkFiles(filesDirectory(config), database.pool))
    if (config.opensearchUrl === null)
      await report.check('snapshot', () => lookAtSnapshot(join(config.dataDir, 'index')))
    else await report.check('search cluster', async () => (await describeSearchCluster(config))!)
    await report.check('index', () => compareIndex(config, database))
  } finally {
    await database.close()
  }
  return report.end()
}

/** The caller closes the database. */
async function open({ config, say, signal }: Context): Promise<OpenDatabase> {
  return await openDatabase({
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
}

async function describeDatabase(config: Config, database: OpenDatabase): Promise<string> {
  const { rows } = await database.pool.query<{ server_version: string }>('SHOW server_version')
  return `PostgreSQL ${rows[0]!.server_version}, ${kindOf(config, database)}`
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

async function lookAtDirectory({ dataDir }: Config): Promise<Found> {
  const found = await statfs(dataDir).catch(error => {
    if (error.code === 'ENOENT') return null
    throw unusable(dataDir, error)
  })
  if (found === null) return warning(`${dataDir} does not exist yet: the server creates it when it starts`)
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch(error => {
    throw unusable(dataDir, error)
  })
  const free = found.bavail * found.bsize
  const shown = `${(free / 1024 ** 3).toFixed(1)} GB free`
  if (free < LOW_SPACE) throw new Error(`${dataDir} has ${shown}: free some disk space, imports and PostgreSQL need it`)
  return `${dataDir}, ${shown}`
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

/** A missing or damaged snapshot is not an error: the next start just takes longer. */
async function lookAtSnapshot(directory: string): Promise<string> {
  const found = await findSnapshot(directory)
  if (found === null) return `none in ${directory} yet: a running server writes it`
  const megabytes = (found.bytes / 1024 ** 2).toFixed(1)
  return `${directory}, ${megabytes} MB, written ${found.written.toISOString()}; safe to delete at any time`
}
