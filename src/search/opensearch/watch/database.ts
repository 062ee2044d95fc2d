/** What the database says: positions that the leader announces, and how a position compares with the feed. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../../database/pool.ts'
import { reindexedToken } from '../../../database/reindexed-token.ts'
import type { Position } from '../../engine.ts'
import { CHANNEL } from '../write/database-source.ts'

/** Milliseconds. */
const RECONNECT_AFTER = 1_000

/** Calls `onPayload` with everything that the leader announces, until `signal` aborts. Never rejects. */
export async function listen(
  database: Database,
  signal: AbortSignal,
  onPayload: (payload: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const lost = Promise.withResolvers<void>()
    try {
      const connection = await database.connect()
      const end = () => lost.resolve()
      connection.on('error', end)
      connection.on('end', end)
      signal.addEventListener('abort', end)
      connection.on('notification', ({ payload = '' }) => onPayload(payload))
      try {
        await connection.query(`LISTEN ${CHANNEL}`)
        await lost.promise
      } finally {
        signal.removeEventListener('abort', end)
        connection.release(true)
      }
    } catch {
      // The database is down. The position is read once a second anyway.
    }
    await delay(RECONNECT_AFTER, undefined, { signal }).catch(() => {})
  }
}

/** How a position compares with the feed. */
export interface Standing {
  /** Whether the database has the position. If not, the indexes are built again. */
  readonly known: boolean
  /** If not, whether that is only because of `connectra reindex`: the same change is at this position. */
  readonly reindexed: boolean
  /** The newest committed position. */
  readonly newest: number
  /** The age of the oldest change after the position, in seconds; 0 if there is none. */
  readonly lagSeconds: number
}

const ONCE = reindexedToken('$2::uuid')
/** The command may run again before the indexes are built. */
const TWICE = reindexedToken(ONCE)

/** Null is a position before all others. */
export async function readStanding(database: Database, position: Position | null): Promise<Standing> {
  const { seq, token } = position ?? { seq: -1, token: null }
  const { rows } = await database.query<Standing>(
    `SELECT (SELECT max(seq) FROM changes) AS newest,
       EXISTS (SELECT FROM changes WHERE seq = $1 AND token = $2::uuid) AS known,
       EXISTS (SELECT FROM changes WHERE seq = $1 AND token IN (${ONCE}, ${TWICE})) AS reindexed,
       coalesce(extract(epoch FROM
         now() - (SELECT created_at FROM changes WHERE seq > $1 ORDER BY seq LIMIT 1))::float8, 0) AS "lagSeconds"`,
    [seq, token],
  )
  return rows[0]!
}
