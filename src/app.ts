/** A running process: its parts, opened in order and closed in reverse. */
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureFirstKey, type FirstKey } from './access/first-key.ts'
import { openKeyRing } from './access/key-ring.ts'
import { hasAdminKey } from './access/keys.ts'
import { createSignInCode, signInUrl } from './access/sessions.ts'
import type { Config } from './config.ts'
import { hasConsole } from './console/built-console.ts'
import { serveSession, WORK_CONNECTIONS } from './database/connections.ts'
import { makeDataDirectory, updateOwner } from './database/data-directory.ts'
import { migrate } from './database/migrate.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { assertSessions } from './database/sessions.ts'
import { requestLimits } from './database/time-limits.ts'
import { watchOutage } from './database/unavailable.ts'
import { ConnectraError } from './errors.ts'
import type { buildServer } from './http/server.ts'
import { JOB_HANDLERS, type JobType } from './jobs/job-types.ts'
import { startRetention } from './jobs/queue/retention.ts'
import { startWorker, type Worker } from './jobs/queue/worker.ts'
import type { Logger } from './log.ts'
import { withRehearsal } from './rehearsal.ts'
import { within } from './runtime/within.ts'
import type { SearchEngine } from './search/engine.ts'
import { isEngineShared, openSearchEngine } from './search-engine.ts'
import { openStore } from './store.ts'

export interface AppOptions {
  /** How messages name this process when another one wants the data directory. */
  readonly command: string
  /** Whether to serve the API. */
  readonly http: boolean
  /** Whether to create the embedded database if the data directory has none. */
  readonly create: boolean
  readonly log: Logger
  /** Is called at every further attempt to reach the database at the start, and with `over` after the last one. */
  readonly onAttempt?: (over: boolean) => void
  /** Aborts the start. */
  readonly signal: AbortSignal
}

export interface App {
  /** The address for clients; null without HTTP. */
  readonly url: string | null
  /** Null if API_KEYS is set, or if this data directory has no valid key because the database had keys already. */
  readonly firstKey: FirstKey | null
  /** An address that opens the console and signs in once; null without HTTP, or if the console is not built. */
  createSignInUrl(): Promise<string | null>
  /** Resolves when searches can be answered. */
  readonly ready: Promise<void>
  /** Resolves with the reason when the process cannot continue. */
  readonly failed: Promise<ConnectraError>
  /**
   * Announces the stop: `/health/ready` returns 503, running jobs go back to the queue, and each response closes its connection.
   * Resolves after STOP_GRACE. Until `close`, requests are answered.
   */
  drain(): Promise<void>
  /** Finishes requests, returns jobs to the queue with their checkpoints, and shuts PostgreSQL down. Takes at most 10 s. */
  close(): Promise<void>
}

type HttpServer = Awaited<ReturnType<typeof buildServer>>

/** How long to wait for the database of DATABASE_URL at the start, and for each part to close. Milliseconds. */
const DATABASE_PATIENCE = 30_000
const CLOSE_WORK_WITHIN = 6_000
/** How long running requests may take of that. */
const CLOSE_REQUESTS_WITHIN = 5_000
const CLOSE_PART_WITHIN = 1_000

/** Opens what `config` describes. On an error, everything opened so far is closed again. */
export async function openApp(config: Config, options: AppOptions): Promise<App> {
  const { log, signal } = options
  const stack = createStack(log)
  try {
    const database = await openMigratedDatabase(config, options, stack)
    await makeDataDirectory(config.dataDir)
    let url = config.publicUrl
    const store = await openStore(
      config,
      database.pool,
      () => url ?? '',
      error => log.warn({ err: error }, 'the file storage does not respond; jobs wait until it does'),
    )
    let stopping = false
    const retention = startRetention(database.pool, store, config.feedRetention, log, config.fileRetention)
    stack.push('the retention', CLOSE_PART_WITHIN, () => retention.stop())
    const openEngine = engineOpener(config, database, options, stack)
    // Without requests to answer, nothing is searched until the first export. A shared index is kept up to date by all processes.
    const opened = options.http || isEngineShared(config) ? await openEngine() : null
    const engine = opened?.engine ?? null

    const outage = watchOutage(log)
    let worker: Worker | null = null
    let server: HttpServer | null = null
    stack.push('the requests and jobs', CLOSE_WORK_WITHIN, async () => {
      await Promise.all([server && closeServer(server), worker?.stop()])
    })
    const concurrency = options.http ? config.workerConcurrency : Math.max(1, config.workerConcurrency)
    let firstKey: FirstKey | null = null
    if (engine !== null && options.http) {
      if (config.apiKeys.length === 0) {
        // An embedded database has one data directory. Another database may have one for each of its processes.
        firstKey = await ensureFirstKey(config.dataDir, database.pool, { always: config.databaseUrl === null })
        if (firstKey === null) log.info({}, 'the database has API keys already: `connectra keys list` shows them')
        if (!(await hasAdminKey(database.pool)))
          log.warn({}, 'no key may manage keys in the console: create one with `connectra keys create --admin`')
      }
      const keys = await openKeyRing(database.pool, config.apiKeys, serveSession(concurrency), outage)
      stack.push('the API keys', CLOSE_PART_WITHIN, () => keys.close())
      const state = () => ({ worker: concurrency > 0 ? { status: 'ok', concurrency } : { status: 'off' } })
      // `work` does not need this code, which takes half a second to load.
      const { buildServer } = await import('./http/server.ts')
      server = await buildServer({
        config,
        database: database.pool,
        engine,
        store,
        keys,
        log,
        state,
        stopping: () => stopping,
      })
      signal.throwIfAborted()
      const listening = await listen(server, config)
      url ??= listening
      await updateOwner(config.dataDir, { url: listening })
    }
    if (concurrency > 0)
      worker = startWorker({
        databaseUrl: database.url,
        ownDatabase: database.server !== null,
        engine,
        openEngine: async () => {
          const { engine, ready } = await openEngine()
          await ready
          return engine
        },
        store,
        handlers: JOB_HANDLERS,
        limits: { concurrency, byType: jobLimits(config) },
        log,
        outage,
      })
    signal.throwIfAborted()
    const ready = options.http && opened !== null ? opened.ready : Promise.resolve()
    return {
      url: options.http ? url : null,
      firstKey,
      async createSignInUrl() {
        return !options.http || url === null || !(await hasConsole())
          ? null
          : signInUrl(url, await createSignInCode(database.pool))
      },
      ready,
      failed: databaseFailure(database),
      async drain() {
        stopping = true
        if (server === null || config.stopGrace === 0) return
        // Other processes can continue the jobs at once. An error is reported when the parts are closed.
        worker?.stop().catch(() => {})
        log.info({ seconds: config.stopGrace }, 'stopping; requests are still answered')
        await delay(config.stopGrace * 1000)
      },
      async close() {
        stopping = true
        await close(database, stack)
      },
    }
  } catch (error) {
    await stack.closeAll()
    throw error
  }
}

async function openMigratedDatabase(
  config: Config,
  { command, http, create, log, signal, onAttempt }: AppOptions,
  stack: Stack,
): Promise<OpenDatabase> {
  let waited = false
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: http ? config.databaseConnections : WORK_CONNECTIONS,
    limits: requestLimits(config.databaseTimeout),
    command,
    share: false,
    create,
    patience: DATABASE_PATIENCE,
    say: line => log.warn(line),
    onAttempt(over) {
      waited = true
      onAttempt?.(over)
    },
    restarts: {
      onEnd: reason => log.error({ reason }, 'PostgreSQL has stopped unexpectedly; restarting it'),
      onRestart: () => log.info('PostgreSQL is running again'),
    },
    signal,
  })
  if (waited) log.info('the database can be reached')
  stack.push('the database', Infinity, () => database.close())
  if (config.databaseUrl) await assertSessions(config.databaseUrl)
  const applied = await migrate(database.pool)
  if (applied.length > 0) log.info({ applied }, 'migrated the database')
  signal.throwIfAborted()
  return database
}

/** Returns a function that opens the search index when it is first called. */
function engineOpener(config: Config, database: OpenDatabase, { http, log }: AppOptions, stack: Stack) {
  let opened: SearchEngine | null = null
  // Pushed before it is opened, so that it closes after the work that uses it, whenever that opens it.
  stack.push('the search index', CLOSE_PART_WITHIN, async () => await opened?.close())
  return once(async () => {
    opened = await openSearchEngine(config, database, log)
    if (http && !opened.shared) opened = withRehearsal(opened, database.pool)
    const ready = opened.ready()
    ready.catch(() => {})
    return { engine: opened, ready }
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** By job type. A type without its own limit is absent. */
function jobLimits({ workerImports, workerExports }: Config): Partial<Record<JobType, number>> {
  return {
    ...(workerImports === null ? {} : { insert_csv_file: workerImports }),
    ...(workerExports === null ? {} : { export_csv_file: workerExports }),
  }
}

/** Returns the address at which the server can be reached from this machine. */
async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  try {
    await server.listen({ host, port, listenTextResolver: address => `listening on ${address}` })
  } catch (error) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${port} on ${host} is already in use: stop the program that uses it, or set PORT to another port`,
      EACCES: `no permission to listen on port ${port}: set PORT to a port above 1023`,
      EADDRNOTAVAIL: `${host} is not an address of this machine: set HOST to one that is, or to 0.0.0.0 for all of them`,
      ENOTFOUND: `${host} is not an address of this machine: set HOST to one that is, or to 0.0.0.0 for all of them`,
    }
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    throw reason ? new ConnectraError('ERR_UNAVAILABLE', reason, { cause: error }) : error
  }
  const actual = (server.server.address() as AddressInfo).port
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${actual}`
}

/** Lets running requests finish. The connections of those that take too long are closed. */
async function closeServer(server: HttpServer): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_REQUESTS_WITHIN)
  await server.close()
  clearTimeout(timer)
}

/** Only an embedded PostgreSQL can fail for good, after restarts; the one at DATABASE_URL may come back. */
async function databaseFailure({ server }: OpenDatabase): Promise<ConnectraError> {
  if (server === null) return await new Promise(() => {})
  const words = await server.ended
  return new ConnectraError(
    'ERR_UNAVAILABLE',
    `PostgreSQL has stopped unexpectedly, and restarting it three times within a minute did not help${words ? `: ${words}` : ''} (see postgres.log in the data directory)`,
  )
}

async function close({ pool, server }: OpenDatabase, stack: Stack): Promise<void> {
  // PostgreSQL writes a checkpoint at its shutdown. This one writes most of it while the other parts close.
  if (server) pool.query('CHECKPOINT').catch(() => {})
  await stack.closeAll()
}

interface Stack {
  /** `close` has `ms` to close the part; then the next part is closed. */
  push(part: string, ms: number, close: () => Promise<void>): void
  closeAll(): Promise<void>
}

function createStack(log: Logger): Stack {
  const parts: { part: string; ms: number; close: () => Promise<void> }[] = []
  const closeAll = async () => {
    for (let next = parts.pop(); next; next = parts.pop()) {
      const { part, ms, close } = next
      const late = () => log.warn({}, `${part} did not close in time`)
      await within(ms, close(), late).catch(error => log.warn({ err: error }, `${part} failed to close`))
    }
  }
  return { push: (part, ms, close) => parts.push({ part, ms, close }), closeAll }
}
