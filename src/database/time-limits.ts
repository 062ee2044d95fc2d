/**
 * Time limits towards PostgreSQL. A server that is frozen, or behind a firewall that drops packets, neither answers nor closes
 * the connection. A connection on which the server owes an answer and is silent for too long is therefore destroyed.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** Milliseconds. */
export interface TimeLimits {
  /** For opening a connection, and for waiting until one of the pool is free. */
  readonly connect: number
  /** For the silence before an answer, or between two pieces of data of a COPY. A statement's limit unless it streams. */
  readonly answer: number
  /** For waiting for a lock. Shorter than `answer`, so that the server can say why it did not answer. */
  readonly lock: number
}

/**
 * For jobs, the change feed and the building of an index. A batch takes a second; this is for a database that is busy with
 * something else.
 */
export const WORK_LIMITS: TimeLimits = { connect: 10_000, answer: 60_000, lock: 30_000 }

/** For requests. `seconds`: the limit of a statement. */
export function requestLimits(seconds: number): TimeLimits {
  return { connect: 10_000, answer: seconds * 1000, lock: Math.max(500, Math.min(30_000, (seconds * 1000 * 2) / 3)) }
}

/** For a statement whose duration grows with the size of the database, such as a migration. An hour. */
export const LONG_STATEMENT = 3_600_000
/** For commands, whose user can press Ctrl-C. */
export const COMMAND_LIMITS: TimeLimits = { connect: 10_000, answer: LONG_STATEMENT, lock: 30_000 }

/** The server did not answer in time. The connection is destroyed, and what it was doing is rolled back. */
export class DatabaseTimeout extends Error {
  override readonly name = 'DatabaseTimeout'
  readonly code = 'ERR_DATABASE_TIMEOUT'

  constructor(ms: number) {
    super(`the database did not answer within ${ms / 1000} s`)
  }
}

/** What pg's client has beyond its type definitions. */
interface Internals {
  readonly connection: { readonly stream: Socket }
  /** False while the server owes an answer. */
  readonly readyForQuery: boolean
}

/** A connection → the function that changes its limit. */
const watched = new WeakMap<object, (ms: number) => void>()

/**
 * Watches a connection that has just been opened. If the server is silent for `ms` milliseconds while it owes an answer, the
 * connection is destroyed, its statement fails with a DatabaseTimeout, and `onSilent` is called.
 */
export function watchAnswers(client: pg.ClientBase, ms: number, onSilent: () => void = () => {}): void {
  const internals = client as unknown as Internals
  const { stream } = internals.connection
  let limit = 0
  const setLimit = (next: number) => {
    if (next === limit) return
    limit = next
    stream.setTimeout(limit)
  }
  const destroyIfSilent = (received: number) => {
    if (stream.destroyed || internals.readyForQuery) return
    // Data has arrived, or is waiting for a slow reader.
    if (stream.bytesRead !== received || stream.readableLength > 0) {
      stream.setTimeout(limit)
      return
    }
    stream.destroy(new DatabaseTimeout(limit))
    onSilent()
  }
  stream.on('timeout', () => {
    // A farewell that the server does not answer.
    if (stream.writableEnded) stream.destroy()
    // After this process itself was suspended, its timers come first, before the data that has arrived meanwhile.
    else if (!internals.readyForQuery) setImmediate(destroyIfSilent, stream.bytesRead)
  })
  watched.set(client, setLimit)
  setLimit(ms)
}

/** Changes the limit of a connection until it is released to its pool. */
export function limitAnswers(client: pg.ClientBase, ms: number): void {
  watched.get(client)?.(ms)
}
