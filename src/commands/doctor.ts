/** `doctor`: checks everything an installation needs, and says how to fix what is wrong. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Config, changedSettings } from '../config.ts'
import { assertCompatible, pendingMigrations } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../database/open-database.ts'
import { assertRights } from '../database/rights.ts'
import { assertSessions } from '../database/sessions.ts'
import { findSnapshot } from '../search/embedded/snapshot/manifest.ts'
import { describeSearchCluster } from '../search-engine.ts'
import { filesDirectory, openS3 } from '../store.ts'
import type { Context, Run } from './context.ts'
import { checkConnections } from './doctor/check-connections.ts'
import { lookAtDirectory } from './doctor/check-directory.ts'
import { checkFiles, checkJobs } from './doctor/check-jobs.ts'
import { checkPublicUrl } from './doctor/check-public-url.ts'
import { checkBuckets, checkFilesInS3, checkUrls } from './doctor/check-s3.ts'
import { compareIndex } from './doctor/compare-index.ts'
import { openReport, warning } from './doctor/report.ts'

/** If S3 hangs, each of its checks would wait for it again. */
const WITHOUT_BUCKETS = warning('not checked, because the check of the buckets has failed')

export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .summary('check the installation')
    .description(
      'Checks the settings, the data directory, the database, its migrations, the jobs and their files. If a server is running on the data directory, compares its search index with the database. With PUBLIC_URL, checks that a server answers there. With S3_BUCKET, also tries the buckets and signed URLs with small objects, which it deletes again. Says how to fix what is wrong, and exits with 1 if anything is. Changes nothing else.',
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
  await report.check('settings', async () => describeChanges(config))
  await report.check('data directory', () => lookAtDirectory(config))
  const s3 = await openS3(config)
  const bucketsWork = s3 === null || (await report.check('buckets', () => checkBuckets(config, s3)))
  if (s3 !== null)
    await report.check('signed URLs', async () => (bucketsWork ? await checkUrls(config, s3) : WITHOUT_BUCKETS))
  const { publicUrl } = config
  if (publicUrl !== null) await report.check('public URL', () => checkPublicUrl(publicUrl))
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
    await report.check('connections', () => checkConnections(config, database.pool))
    await report.check('jobs', () => checkJobs(database.pool))
    await report.check('files', async () => {
      if (s3 === null) return await checkFiles(filesDirectory(config), database.pool)
      return bucketsWork ? await checkFilesInS3(config, s3, database.pool) : WITHOUT_BUCKETS
    })
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
  await assertCompatible(pool)
  const pending = await pendingMigrations(pool)
  if (pending.length === 0) return 'all applied'
  throw new Error(`not applied: ${pending.join(', ')}. Run \`connectra migrate\`, or start the server`)
}

function describeChanges(config: Config): string {
  return changedSettings(config).join(' ') || 'all defaults'
}

async function lookForPooler(url: string): Promise<string> {
  await assertSessions(url)
  return 'a direct or session-mode connection'
}

/** A missing or damaged snapshot is not an error: the next start just takes longer. */
async function lookAtSnapshot(directory: string): Promise<string> {
  const found = await findSnapshot(directory)
  if (found === null) return `none in ${directory} yet: a running server writes it`
  const megabytes = (found.bytes / 1024 ** 2).toFixed(1)
  return `${directory}, ${megabytes} MB, written ${found.written.toISOString()}; safe to delete at any time`
}
