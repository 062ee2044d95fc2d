/**
 * Whether DATABASE_URL keeps the session of a connection. A pooler in transaction mode gives each transaction whatever session
 * is free, which breaks notifications, session locks, prepared statements and temporary tables.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { ConnectraError } from '../errors.ts'
import { WORK_LIMITS, watchAnswers } from './time-limits.ts'

/** A connection. */
export interface Asking {
  /** Runs a statement and returns its rows. */
  query(sql: string): Promise<{ rows: Record<string, unknown>[] }>
}

/**
 * A pooler that hands out its sessions in turn can by chance give a connection the same one again. In each round, the other
 * connection uses one session more, so that this cannot happen in all of them.
 */
const ROUNDS = 4

/** Throws if the URL leads to a pooler in transaction or statement mode. */
export async function assertSessions(url: string): Promise<void> {
  const clients = [1, 2].map(
    () => new pg.Client({ connectionString: url, connectionTimeoutMillis: WORK_LIMITS.connect }),
  ) as [pg.Client, pg.Client]
  try {
    for (const client of clients) {
      client.on('error', () => {})
      await client.connect()
      watchAnswers(client, WORK_LIMITS.connect)
    }
    if (await keepsSession(...clients)) return
  } finally {
    await Promise.allSettled(clients.map(client => client.end()))
  }
  throw new ConnectraError(
    'ERR_UNAVAILABLE',
    'DATABASE_URL leads to a pooler in transaction mode, which breaks notifications, session locks and temporary tables: point DATABASE_URL at PostgreSQL itself, or set the pooler to session mode (PgBouncer: pool_mode = session)',
  )
}

/** Whether `one` has a session of its own while `other` is open too. Both are new. */
export async function keepsSession(one: Asking, other: Asking): Promise<boolean> {
  const mark = randomUUID()
  const first = await sessionOf(one, `set_config('connectra.session', '${mark}', false)`)
  for (let round = 0; round < ROUNDS; round++) {
    for (let use = 0; use <= round; use++) if ((await sessionOf(other)).pid === first.pid) return false
    await other.query('BEGIN')
    try {
      await sessionOf(other)
      const now = await sessionOf(one)
      if (now.pid !== first.pid || now.mark !== mark) return false
    } finally {
      await other.query('ROLLBACK')
    }
  }
  return true
}

interface Session {
  readonly pid: unknown
  readonly mark: unknown
}

async function sessionOf(connection: Asking, mark = `current_setting('connectra.session', true)`): Promise<Session> {
  const { rows } = await connection.query(`SELECT pg_backend_pid() AS pid, ${mark} AS mark`)
  return rows[0] as unknown as Session
}
