/** A running process: its parts, opened in order and closed in reverse. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ensureFirstKey, type FirstKey } from './access/first-key.ts'
import { openKeyRing } from './access/keys.ts'
import type { Config } from './config.ts'
import { makeDataDirectory } from './database/data-directory.ts'
import { migrate } from './database/migrate.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { ConnectraError } from './errors.ts'
import { buildServer } from './http/server.ts'
import { JOB_HANDLERS, type JobType } from './jobs/job-types.ts'
import { startRetention } from './jobs/queue/retention.ts'
import { startWorker, type Worker } from './jobs/queue/worker.ts'
import type { Logger } from './log.ts'
import { within } from './runtime/within.ts'
import { type EmbeddedEngine, openEmbeddedEngine } from './search/embedded/engine.ts'
import { openStore } from './store.ts'

export interface AppOptions {
  /** For people, when another process wants the data directory. */
  readonly command: string
  /** Answer requests. */
  readonly http: boolean
  readonly log: Logger
  /** Gives up the opening. */
  readonly signal: AbortSignal
}

export interface App {
  /** Where clients reach it; null without HTTP. */
  readonly url: string | null
  /** Null when keys come by API_KEYS. */
  readonly firstKey: FirstKey | null
  /** Resolves when searches are answered. */
  readonly ready: Promise<void>
  /** Resolves when the process cannot go on, with the reason. */
  readonly failed: Promise<ConnectraError>
  /** Ends requests, gives jobs back with their checkpoints, and ends PostgreSQL in order; within 10 s. */
  close(): Promise<void>
}

type HttpServer = Awaited<ReturnType<typeof buildServer>>

/** How long a database of DATABASE_URL may take to answer at the start, and each part to close. Milliseconds. */
const DATABASE_PATIENCE = 30_000
const CLOSE_WORK_WITHIN = 4_000
const CLOSE_PART_WITHIN = 1_000

/** Opens what `config` describes. After an error everything that was open is closed again. */
export async function openApp(config: Config, options: AppOptions): Promise<App> {
  const { log, signal } = options
  const stack = createStack(log)
  try {
    const database = await openDatabase({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      connections: config.databaseConnections,
      command: options.command,
      share: false,
      patience: DATABASE_PATIENCE,
      say: line => log.warn(line),
      signal,
    })
    stack.push('the database', Infinity, () => database.close())
    const applied = await migrate(database.pool)
    if (applied.length > 0) log.info({ applied }, 'the database was migrated')
    signal.throwIfAborted()

    await makeDataDirectory(config.dataDir)
    let url = config.publicUrl
    const store = await openStore(config, database.pool, () => url ?? '')
    const retention = startRetention(database.pool, store, config.feedRetention, log)
    stack.push('the retention', CLOSE_PART_WITHIN, () => retention.stop())
    let opened: EmbeddedEngine | null = null
    const openEngine = once(() => {
      opened = openEmbeddedEngine({ databaseUrl: database.url, log, directory: join(config.dataDir, 'index') })
      const ready = opened.ready()
      ready.catch(() => {})
      return { engine: opened, ready }
    })
    // Whenever it is opened, it closes after the work that asks it.
    stack.push('the search index', CLOSE_PART_WITHIN, async () => await opened?.close())
    // Without requests to answer there is nothing to search until the first export.
    const engine = options.http ? openEngine().engine : null

    let worker: Worker | null = null
    let server: HttpServer | null = null
    stack.push('the work in hand', CLOSE_WORK_WITHIN, async () => {
      await Promise.all([server && closeServer(server), worker?.stop()])
    })
    const byType = jobLimits(config)
    const concurrency = options.http ? config.workerConcurrency : Math.max(1, config.workerConcurrency)
    let firstKey: FirstKey | null = null
    if (engine !== null) {
      if (config.apiKeys.length === 0) firstKey = await ensureFirstKey(config.dataDir, database.pool)
      const keys = await openKeyRing(database.pool, config.apiKeys)
      stack.push('the API keys', CLOSE_PART_WITHIN, () => keys.close())
      const state = () => ({ worker: concurrency > 0 ? { status: 'ok', concurrency } : { status: 'off' } })
      server = await buildServer({ config, database: database.pool, engine, store, keys, log, state })
      signal.throwIfAborted()
      const listening = await listen(server, config)
      url ??= listening
    }
    if (concurrency > 0)
      worker = startWorker({
        databaseUrl: database.url,
        engine,
        openEngine: async () => {
          const { engine, ready } = openEngine()
          await ready
          return engine
        },
        store,
        handlers: JOB_HANDLERS,
        limits: { concurrency, byType },
        log,
      })
    signal.throwIfAborted()
    const ready = engine === null ? Promise.resolve() : openEngine().ready
    return { url, firstKey, ready, failed: databaseFailure(database), close: () => close(database, stack) }
  } catch (error) {
    await stack.closeAll()
    throw error
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** By type of job; a type without a limit of its own is absent. */
function jobLimits({ workerImports, workerExports }: Config): Partial<Record<JobType, number>> {
  return {
    ...(workerImports === null ? {} : { insert_csv_file: workerImports }),
    ...(workerExports === null ? {} : { export_csv_file: workerExports }),
  }
}

/** Returns the address at which it can be reached from this machine. */
async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  try {
    await server.listen({ host, port, listenTextResolver: address => `listening on ${address}` })
  } catch (error) {
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${port} of ${host} is taken by another program: stop it, or set PORT to another port`,
      EACCES: `port ${port} may not be used without more rights: set PORT to one above 1023`,
      EADDRNOTAVAIL: `${host} is no address of this machine: set HOST to one, or to 0.0.0.0 for all`,
      ENOTFOUND: `${host} is no address of this machine: set HOST to one, or to 0.0.0.0 for all`,
    }
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    throw reason ? new ConnectraError('ERR_UNAVAILABLE', reason, { cause: error }) : error
  }
  const actual = (server.server.address() as AddressInfo).port
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${actual}`
}

/** Requests in hand are answered; half-way to the deadline the connections of those that take longer are cut. */
async function closeServer(server: HttpServer): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_WORK_WITHIN / 2)
  await server.close()
  clearTimeout(timer)
}

/** Only an embedded PostgreSQL ends with its process; one of DATABASE_URL may come back. */
async function databaseFailure({ server }: OpenDatabase): Promise<ConnectraError> {
  if (server === null) return await new Promise(() => {})
  const words = await server.ended
  return new ConnectraError('ERR_UNAVAILABLE', `PostgreSQL has ended by itself${words ? `: ${words}` : ''}`)
}

async function close({ pool, server }: OpenDatabase, stack: Stack): Promise<void> {
  // Most of the checkpoint that PostgreSQL ends with is written while the other parts close.
  if (server) pool.query('CHECKPOINT').catch(() => {})
  await stack.closeAll()
}

interface Stack {
  /** `close` gets at most `ms` to close the part, then the next one's turn comes. */
  push(part: string, ms: number, close: () => Promise<void>): void
  closeAll(): Promise<void>
}

function createStack(log: Logger): Stack {
  const parts: { part: string; ms: number; close: () => Promise<void> }[] = []
  const closeAll = async () => {
    for (let next = parts.pop(); next; next = parts.pop()) {
      const { part, ms, close } = next
      const late = () => log.warn({}, `${part} did not close in time`)
      await within(ms, close(), late).catch(error => log.warn({ err: error }, `${part} did not close well`))
    }
  }
  return { push: (part, ms, close) => parts.push({ part, ms, close }), closeAll }
}
