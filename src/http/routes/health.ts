/** `/health`: whether this server is ready, part by part. */
import { Type } from 'typebox'
import { pendingMigrations } from '../../database/migrate.ts'
import { packageJson } from '../../package-json.ts'
import type { SearchEngine } from '../../search/engine.ts'
import { RETRY_AFTER } from '../error-reply.ts'
import type { App, ServerParts } from '../parts.ts'
import { strings } from '../schemas/parts.ts'
import { openStoreState } from '../store-state.ts'

/** The time limit for the database check, shorter than the usual timeouts of probes. */
const DATABASE_MS = 2000

type State = Readonly<{ status: 'ok' | 'starting' | 'rebuilding' | 'down' }> & Readonly<Record<string, unknown>>

export interface Health {
  readonly parts: Readonly<Record<string, State>>
  /** What keeps the server from replying to requests, such as `index is starting`; empty if it is ready. */
  readonly problem: string
  /**
   * The part of `problem` that another server may not have. If an index that all servers share is down, none of them is better,
   * and without searches they still store records and run jobs.
   */
  readonly ownProblem: string
  /** How far the index is behind the database: the age of the oldest change that it has not applied. */
  readonly lagSeconds: number
}

/** Returns a function that reads the state of all parts. */
export function openHealth(parts: ServerParts): () => Promise<Health> {
  const ask = shared(() => askDatabase(parts))
  const files = openStoreState(parts.store)
  return async () => {
    const [{ database, migrations, feed }, filesState] = await Promise.all([databaseState(ask), files()])
    const lag = lagOf(parts.engine, feed)
    const states: Record<string, State> = { database, migrations, index: indexState(parts.engine, lag) }
    const { index, ...others } = states
    const isSharedDown = parts.engine.shared && index!.status === 'down'
    return {
      // Without files, searches and upserts go on.
      parts: { ...states, files: filesState, ...parts.state?.() } as Record<string, State>,
      problem: describeProblems(states),
      ownProblem: describeProblems(isSharedDown ? others : states),
      lagSeconds: lag.seconds,
    }
  }
}

/** Empty if all parts are ready. */
function describeProblems(states: Readonly<Record<string, State>>): string {
  const notReady = Object.entries(states).filter(([, { status }]) => status !== 'ok')
  return notReady.map(([name, { status }]) => `${name} is ${status}`).join(', ')
}

export function healthRoutes(app: App, readHealth: () => Promise<Health>): void {
  const body = Type.Object({
    success: Type.Boolean(),
    status: strings(['ok', 'unavailable']),
    version: Type.String(),
    parts: Type.Record(Type.String(), Type.Object({ status: Type.String() }, { additionalProperties: true })),
    error: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
  })
  app.get(
    '/health',
    {
      config: { open: true },
      schema: {
        tags: ['Server'],
        operationId: 'getHealth',
        summary: 'Get the state of each part',
        description:
          '200 if database, migrations and index are ready, otherwise 503. `index.lag` is how far the index is behind the database, and `index.state` is `ok`, `catching up`, `rebuilding` or `down`. Load balancers should ask `/health/ready`.',
        response: { 200: { ...body, description: 'Ready' }, 503: { ...body, description: 'Not ready' } },
      },
    },
    async (request, reply) => {
      const { parts, problem } = await readHealth()
      reply.header('Cache-Control', 'no-store')
      const common = { version: packageJson.version, parts }
      if (problem === '') return { success: true, status: 'ok' as const, ...common }
      reply.status(503).header('Retry-After', String(RETRY_AFTER))
      const error = `ERR_UNAVAILABLE: ${problem}: try again shortly`
      return { success: false, status: 'unavailable' as const, error, request_id: request.id, ...common }
    },
  )
}

interface DatabaseState {
  readonly database: State
  readonly migrations: State
  readonly feed: Feed | null
}

/** The newest write, and the age of the oldest write that the index has not applied. */
interface Feed {
  readonly seq: number
  readonly waitingSeconds: number
}

/** Concurrent callers share one call, so that probes of a database that hangs do not pile up in its pool. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null
  return () => {
    pending ??= ask().finally(() => {
      pending = null
    })
    return pending
  }
}

async function databaseState(ask: () => Promise<DatabaseState>): Promise<DatabaseState> {
  const down: DatabaseState = { database: { status: 'down' }, migrations: { status: 'starting' }, feed: null }
  const timeout = Promise.withResolvers<DatabaseState>()
  const timer = setTimeout(() => timeout.resolve(down), DATABASE_MS)
  try {
    return await Promise.race([ask(), timeout.promise])
  } catch {
    return down
  } finally {
    clearTimeout(timer)
  }
}

async function askDatabase({ database, engine }: ServerParts): Promise<DatabaseState> {
  const connection = await database.connect()
  // A connection that does not answer is closed. Its query fails, and the next check uses another connection.
  let silent = false
  const timer = setTimeout(() => {
    silent = true
    connection.release(true)
  }, DATABASE_MS)
  try {
    const pending = await pendingMigrations(connection)
    if (pending.length > 0)
      return { database: { status: 'ok' }, migrations: { status: 'starting', pending }, feed: null }
    const { rows } = await connection.query<Feed>(
      `SELECT max(seq) AS seq, coalesce(extract(epoch FROM
         now() - (SELECT created_at FROM changes WHERE seq > $1 ORDER BY seq LIMIT 1))::float8, 0) AS "waitingSeconds"
       FROM changes`,
      [engine.applied()?.seq ?? 0],
    )
    return { database: { status: 'ok' }, migrations: { status: 'ok' }, feed: rows[0]! }
  } finally {
    clearTimeout(timer)
    if (!silent) connection.release()
  }
}

interface Lag {
  /** Also counts changes that are no longer in the feed. */
  readonly changes: number
  readonly seconds: number
}

function lagOf(engine: SearchEngine, feed: Feed | null): Lag {
  const changes = Math.max(0, (feed?.seq ?? 0) - (engine.applied()?.seq ?? 0))
  const seconds = changes === 0 ? 0 : Math.max(0, Math.round((feed?.waitingSeconds ?? 0) * 1000) / 1000)
  return { changes, seconds }
}

function indexState(engine: SearchEngine, lag: Lag): State {
  const { status: found, details } = engine.state()
  const applied = engine.applied()
  const answers = found === 'ok' || found === 'outdated'
  const status = answers ? 'ok' : found === 'down' ? 'down' : 'starting'
  if (applied === null) return { status, state: found === 'down' ? found : 'rebuilding', ...details }
  const upToDate = found === 'ok' && lag.changes === 0
  const state = found === 'rebuilding' || found === 'down' ? found : upToDate ? 'ok' : 'catching up'
  return { status, state, ...details, seq: applied.seq, lag }
}
