/**
 * The feed: carries what was committed to the database into a search engine, in the order of commit. An engine
 * that is behind catches up; one whose position the database does not know (restored, or trimmed) is rebuilt.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Bell, createBell } from '../database/bell.ts'
import type { Connection, Database } from '../database/pool.ts'
import { SERVICES, type Service } from '../fields.ts'
import { copyRowsOf } from '../records/read/binary-rows.ts'
import { fetchForIndex } from '../records/read/fetch.ts'
import type { Log } from '../runtime/log.ts'
import type { Change, ChangedRows, ChangeTarget, Moment, Position } from './engine.ts'

export interface FeedOptions {
  readonly database: Database
  readonly target: ChangeTarget
  /** Ends the feed: whatever it waits for is given up at once. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Called once, before anything is applied, with the newest committed place of the feed (`seq`). */
  readonly onStart?: (newest: number) => void
  /** Told of every failure; the feed goes on by itself. */
  readonly onError?: (error: unknown) => void
  readonly patience?: Patience
}

/** Milliseconds. */
export interface Patience {
  /**
   * How often the feed looks without being notified. Notifications can't get lost on a live connection: this finds
   * out that a connection is dead.
   */
  readonly poll: number
  /** A connection on which a group, or a portion of all records, takes longer than that is dead. */
  readonly answerWithin: number
}

const PATIENCE: Patience = { poll: 5_000, answerWithin: 60_000 }
/** Bounds what is in memory at a time: 50,000 uuids of 16 bytes, and the row that goes beyond. */
const GROUP_BYTES = 50_000 * 16
const GROUP_ROWS = 5_000
const FIRST_PAUSE = 25
const LONGEST_PAUSE = 2_000

/** Follows the feed until `signal` aborts, then resolves. Failures of the database or the target are survived. */
export async function followChanges(options: FeedOptions): Promise<void> {
  const { signal, log } = options
  let failures = 0
  let started = false
  const onConnected = async (connection: Connection) => {
    if (started) return
    options.onStart?.(await readNewest(connection))
    started = true
  }
  const onProgress = () => {
    if (failures > 0) log.info({ failures }, 'the change feed goes on')
    failures = 0
  }
  while (!signal.aborted) {
    try {
      await followOnOneConnection(options, onConnected, onProgress)
    } catch (error) {
      if (signal.aborted) return
      options.onError?.(error)
      // Not a line every two seconds while the database is away: the 1st, 2nd, 4th, 8th … time.
      if (Number.isInteger(Math.log2(++failures))) log.warn({ err: error, failures }, 'the change feed is interrupted')
      await delay(Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE), undefined, { signal }).catch(() => {})
    }
  }
}

async function followOnOneConnection(
  options: FeedOptions,
  onConnected: (connection: Connection) => Promise<void>,
  onProgress: () => void,
): Promise<void> {
  const { target, signal, log, patience = PATIENCE } = options
  const session = await openSession(options.database, signal, patience)
  try {
    await session.bounded(onConnected(session.connection))
    for (let known = false; ; known = true) {
      const group = await session.bounded(readGroup(session.connection, target))
      if (group === null) {
        await rebuild(session, target, log)
      } else {
        if (group.changes !== null || !known) await target.apply(group.position, group.changes ?? [])
        if (!group.more) await session.bell.wait(patience.poll)
      }
      onProgress()
      if (signal.aborted) return
    }
  } finally {
    session.release()
  }
}

interface Session {
  readonly connection: Connection
  /** Rings at every commit, and when the connection is lost. */
  readonly bell: Bell
  /** Waits for an answer; when it takes too long the connection is given up, which fails it. */
  bounded<T>(answer: Promise<T>): Promise<T>
  /** Closes the connection, at once. */
  release(): void
}

async function openSession(database: Database, signal: AbortSignal, { answerWithin }: Patience): Promise<Session> {
  const connection = await database.connect()
  const bell = createBell()
  let released = false
  const release = () => {
    if (released) return
    released = true
    signal.removeEventListener('abort', release)
    bell.ring()
    connection.release(true)
  }
  const bounded = async <T>(answer: Promise<T>) => {
    const timer = setTimeout(release, answerWithin)
    try {
      return await answer
    } finally {
      clearTimeout(timer)
    }
  }
  connection.on('error', release)
  connection.on('notification', bell.ring)
  signal.addEventListener('abort', release)
  if (signal.aborted) release()
  try {
    await bounded(connection.query('LISTEN changes'))
  } catch (error) {
    release()
    throw error
  }
  return { connection, bell, bounded, release }
}

interface Group {
  /** The place after the group. */
  readonly position: Position
  /** Null when nothing is new, or the target has it already. */
  readonly changes: readonly Change[] | null
  /** More is known to follow. */
  readonly more: boolean
}

interface ChangeRow {
  readonly seq: number
  readonly token: string
  readonly service: Service
  readonly uuids: string | null
}

/** From so many records on a target that takes rows gets them as rows. */
const MANY = 500

/**
 * The changes after the position of the target, several transactions at once, with the present values of the records. All is read
 * from one snapshot: when nothing more follows, the engine shows exactly the database of that moment.
 * Null: the database does not know the position, the engine has to be rebuilt.
 */
async function readGroup(connection: Connection, target: ChangeTarget): Promise<Group | null> {
  const known = target.position()
  if (known === null) return null
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const next = await readChanges(connection, known)
  const last = next?.at(-1)
  let group: Group | null
  if (next === null) group = null
  else if (last === undefined) group = { position: known, changes: null, more: false }
  else {
    const position = { seq: last.seq, token: last.token }
    const changed = SERVICES.map(service => ({ service, uuids: distinctUuids(next, service) })).filter(
      ({ uuids }) => uuids.length > 0,
    )
    // One look more than needed at the end of a backlog costs less than counting what is left.
    group = { position, changes: await readRecords(connection, target, position, changed), more: next.length > 1 }
  }
  await connection.query('COMMIT')
  return group
}

async function readNewest(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ newest: number }>('SELECT coalesce(max(seq), 0) AS newest FROM changes')
  return rows[0]!.newest
}

/** The rows of the feed after `known`, up to a bound; null when it is not there. */
async function readChanges(connection: Connection, known: Position): Promise<readonly ChangeRow[] | null> {
  // The row of the position itself comes first; its size does not count, nor does a size need its value read.
  const { rows } = await connection.query<ChangeRow>({
    name: 'feed-group',
    text: `
      SELECT seq, token, service, CASE WHEN seq > $1 THEN array_to_string(uuids, ',') END AS uuids
      FROM (
        SELECT *, sum(pg_column_size(uuids)) FILTER (WHERE seq > $1)
                    OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM changes WHERE seq >= $1 ORDER BY seq LIMIT $2
      ) AS next
      WHERE coalesce(bytes_before, 0) < $3
      ORDER BY seq`,
    values: [known.seq, GROUP_ROWS, GROUP_BYTES],
  })
  const [first, ...next] = rows
  return first?.seq === known.seq && first.token === known.token ? next : null
}

/** The records as changes; null when there were many and the target took their rows. */
async function readRecords(
  connection: Connection,
  target: ChangeTarget,
  position: Position,
  changed: readonly { readonly service: Service; readonly uuids: readonly string[] }[],
): Promise<readonly Change[] | null> {
  if (target.applyRows !== undefined && changed.reduce((sum, { uuids }) => sum + uuids.length, 0) >= MANY) {
    const rows = changed.map(
      ({ service, uuids }): ChangedRows => ({
        service,
        uuids,
        send: async take => await copyRowsOf(connection, service, uuids, take),
      }),
    )
    await target.applyRows(position, rows)
    return null
  }
  const changes: Change[] = []
  for (const { service, uuids } of changed) changes.push(...(await fetchForIndex(connection, service, uuids)))
  return changes
}

function distinctUuids(rows: readonly ChangeRow[], service: Service): string[] {
  const uuids = new Set<string>()
  for (const row of rows)
    if (row.service === service && row.uuids) for (const uuid of row.uuids.split(',')) uuids.add(uuid)
  return [...uuids]
}

async function rebuild({ connection, bounded }: Session, target: ChangeTarget, log: Log): Promise<void> {
  const started = performance.now()
  const { position, moment } = await bounded(holdMoment(connection))
  const { seq } = position
  log.info({ seq, known: target.position()?.seq ?? null }, 'building the search index from the database')
  await target.rebuild(position, moment)
  await bounded(connection.query('COMMIT'))
  log.info({ seq, ms: Math.round(performance.now() - started) }, 'the search index is built')
}

/** Holds a moment of the database, with the place of the feed that it shows. */
async function holdMoment(connection: Connection): Promise<{ position: Position; moment: Moment }> {
  // The engine takes longer to build itself than a forgotten transaction is allowed to idle.
  await connection.query(
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0',
  )
  const { rows } = await connection.query<Position & { id: string; company: number; contact: number }>(
    `SELECT seq, token, pg_export_snapshot() AS id,
       pg_relation_size('companies') / 8192 AS company, pg_relation_size('contacts') / 8192 AS contact
     FROM changes ORDER BY seq DESC LIMIT 1`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the table `changes` is empty: it always keeps its newest row')
  const { seq, token, id, company, contact } = row
  return { position: { seq, token }, moment: { snapshotId: id, pages: { company, contact } } }
}
