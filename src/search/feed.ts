/**
 * The feed: brings changes committed to the database into a search engine, in commit order. An engine that is behind catches
 * up. If the database no longer has its position (because it was restored, or the feed was trimmed), it is rebuilt. The engines of
 * several processes are rebuilt one after the other, so that the others go on answering.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Bell, createBell } from '../database/bell.ts'
import type { Connection, Database } from '../database/pool.ts'
import { SERVICES, type Service } from '../fields.ts'
import { copyRowsOf } from '../records/read/binary-rows.ts'
import { fetchForIndex } from '../records/read/fetch.ts'
import type { Log } from '../runtime/log.ts'
import type { Change, ChangedRows, ChangedUuids, ChangeTarget, Moment, Position } from './engine.ts'

export interface FeedOptions {
  readonly database: Database
  readonly target: ChangeTarget
  /** Ends the feed immediately, whatever it is waiting for. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Called once, before anything is applied, with the newest committed position in the feed. */
  readonly onStart?: (newest: number) => void
  /** Called on every failure. The feed retries by itself. */
  readonly onError?: (error: unknown) => void
  readonly patience?: Patience
}

/** Milliseconds. */
export interface Patience {
  /**
   * How often the feed polls without a notification. Notifications cannot get lost on a live connection; polling detects a
   * dead one.
   */
  readonly poll: number
  /** If reading a group, or a portion of all records, takes longer than this, the connection is considered dead. */
  readonly answerWithin: number
}

const PATIENCE: Patience = { poll: 5_000, answerWithin: 60_000 }
/** Limits the memory used at a time: 50,000 uuids of 16 bytes, plus the row that exceeds the limit. */
const GROUP_BYTES = 50_000 * 16
const GROUP_ROWS = 5_000
const FIRST_PAUSE = 25
const LONGEST_PAUSE = 2_000
/** The advisory lock of the process whose engine is being rebuilt, and how often the others try to get it. */
const REBUILD_LOCK = 4852720
const TRY_EVERY = 500

/** Follows the feed until `signal` aborts, then resolves. Retries after failures of the database or the target. */
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
    if (failures > 0) log.info({ failures }, 'the change feed has resumed')
    failures = 0
  }
  while (!signal.aborted) {
    try {
      await followOnOneConnection(options, onConnected, onProgress)
    } catch (error) {
      if (signal.aborted) return
      options.onError?.(error)
      // Logs the 1st, 2nd, 4th, 8th … failure, so that there is not a line every two seconds while the database is down.
      if (Number.isInteger(Math.log2(++failures))) log.warn({ err: error, failures }, 'the change feed was interrupted')
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
    /** Whether the target knows that the database has its position. */
    let confirmed = false
    let waiting = false
    for (;;) {
      const group = await session.bounded(readGroup(session.connection, target))
      if (group !== null) {
        // May take as long as an outage of the cluster. No transaction is open meanwhile.
        if (group.uuids !== null) await target.applyUuids!(group.position, group.uuids)
        else if (group.changes !== null || !confirmed)
          await session.bounded(target.apply(group.position, group.changes ?? []))
        confirmed = true
        waiting = false
        if (!group.more) await session.bell.wait(patience.poll)
      } else if (await rebuildInTurn(session, target, log)) {
        confirmed = true
        waiting = false
      } else {
        confirmed = false
        if (!waiting) log.info({}, 'the search index is outdated; it will be rebuilt after that of another process')
        waiting = true
        await delay(TRY_EVERY, undefined, { signal }).catch(() => {})
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
  /** Waits for an answer. If it takes too long, the connection is closed, which makes the answer fail. */
  bounded<T>(answer: Promise<T>): Promise<T>
  /** Closes the connection immediately. */
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
  /** The position after the group. */
  readonly position: Position
  /** Null if there are no changes, if the target reads them itself, or if it has already applied them. */
  readonly changes: readonly Change[] | null
  /** The changed records, for a target that reads them itself. */
  readonly uuids: readonly ChangedUuids[] | null
  /** Whether more changes may follow. */
  readonly more: boolean
}

interface ChangeRow {
  readonly seq: number
  readonly token: string
  readonly service: Service
  readonly uuids: string | null
}

/** With at least this many records, a target that supports it gets them as rows. */
const MANY = 500

/**
 * Reads the changes after the position of the target, several transactions at once, with the current values of the records.
 * Everything is read in one snapshot of the database. When no more changes follow, the engine reflects exactly that snapshot.
 * Returns null if the database does not have the position, so that the engine has to be rebuilt.
 */
async function readGroup(connection: Connection, target: ChangeTarget): Promise<Group | null> {
  const known = target.position()
  if (known === null) return null
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const next = await readChanges(connection, known)
  const last = next?.at(-1)
  let group: Group | null
  if (next === null) group = null
  else if (last === undefined) group = { position: known, changes: null, uuids: null, more: false }
  else {
    const position = { seq: last.seq, token: last.token }
    const changed = SERVICES.map(service => ({ service, uuids: distinctUuids(next, service) })).filter(
      ({ uuids }) => uuids.length > 0,
    )
    const readsItself = target.applyUuids !== undefined
    group = {
      position,
      changes: readsItself ? null : await readRecords(connection, target, position, changed),
      uuids: readsItself ? changed : null,
      // One extra read at the end of a backlog is cheaper than counting the remaining changes.
      more: next.length > 1,
    }
  }
  await connection.query('COMMIT')
  return group
}

async function readNewest(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ newest: number }>('SELECT coalesce(max(seq), 0) AS newest FROM changes')
  return rows[0]!.newest
}

/** The rows of the feed after `known`, up to a limit. Null if the feed does not have `known`. */
async function readChanges(connection: Connection, known: Position): Promise<readonly ChangeRow[] | null> {
  // The first row is that of the position itself; its size is not counted. pg_column_size does not read the values.
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

/** Returns the records as changes. Null if there were many and the target has applied their rows. */
async function readRecords(
  connection: Connection,
  target: ChangeTarget,
  position: Position,
  changed: readonly ChangedUuids[],
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

/**
 * Rebuilds the engine, unless it answers searches and another one is being rebuilt: then returns false. An engine that does not
 * answer is rebuilt at once, but keeps others waiting if it can.
 */
async function rebuildInTurn(session: Session, target: ChangeTarget, log: Log): Promise<boolean> {
  const { connection, bounded } = session
  const answers = target.outdate?.() ?? false
  const { rows } = await bounded(
    connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [REBUILD_LOCK]),
  )
  const { locked } = rows[0]!
  if (!locked && answers) return false
  await rebuild(session, target, log)
  // If the rebuild fails, the connection is closed, which frees the lock, too.
  if (locked) await bounded(connection.query('SELECT pg_advisory_unlock($1)', [REBUILD_LOCK]))
  return true
}

async function rebuild({ connection, bounded }: Session, target: ChangeTarget, log: Log): Promise<void> {
  const started = performance.now()
  const { position, moment } = await bounded(holdMoment(connection))
  const { seq } = position
  log.info({ seq, known: target.position()?.seq ?? null }, 'building the search index from the database')
  await target.rebuild(position, moment)
  await bounded(connection.query('COMMIT'))
  log.info({ seq, ms: Math.round(performance.now() - started) }, 'search index built')
}

/** Opens a transaction and exports its snapshot, with the position in the feed that it reflects. */
async function holdMoment(connection: Connection): Promise<{ position: Position; moment: Moment }> {
  // Building the engine takes longer than the timeout for forgotten transactions.
  await connection.query(
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0',
  )
  const { rows } = await connection.query<Position & { id: string; company: number; contact: number }>(
    `SELECT seq, token, pg_export_snapshot() AS id,
       pg_relation_size('companies') / 8192 AS company, pg_relation_size('contacts') / 8192 AS contact
     FROM changes ORDER BY seq DESC LIMIT 1`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the table `changes` is empty; it must always keep its newest row')
  const { seq, token, id, company, contact } = row
  return { position: { seq, token }, moment: { snapshotId: id, pages: { company, contact } } }
}
