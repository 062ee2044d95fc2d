/** Outages of the database: which errors mean that it is unreachable or busy, so that the same request may succeed shortly. */
import type { Log } from '../runtime/log.ts'
import { UNREACHABLE } from '../runtime/unreachable.ts'
import { DatabaseTimeout } from './time-limits.ts'

/**
 * SQLSTATE classes (PostgreSQL manual, appendix A): connection exceptions, insufficient resources, operator
 * intervention (a shutdown, a crash, a server that is still starting).
 */
const CLASSES = new Set(['08', '53', '57'])
/** A standby after a failover; lock and idle timeouts; serialisation failures and deadlocks. */
const STATES = new Set(['25006', '55P03', '25P03', '25P04', '40001', '40P01'])
const SYSTEM = new Set(UNREACHABLE)

/** pg's errors for a connection that breaks while it is opened, or was already broken, have no code. */
const MESSAGES = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
])

/** pg-pool's error when no connection became free in time. It has no code. */
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect'

/** When a connection breaks during a query, the error has no code. It is recognised by identity. */
const lost = new WeakSet<Error>()

/** The listener for the `error` event of every connection. The connection's running queries fail with the same error object. */
export function rememberLostConnection(error: Error): void {
  lost.add(error)
}

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (lost.has(error) || MESSAGES.has(error.message) || error.message === POOL_EXHAUSTED) return true
  if (error instanceof DatabaseTimeout) return true
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  if (typeof code !== 'string') return false
  if (SYSTEM.has(code)) return true
  // The socket file is gone. An ENOENT from a file system call is something else.
  if (code === 'ENOENT') return syscall === 'connect'
  return code.length === 5 && (CLASSES.has(code.slice(0, 2)) || STATES.has(code))
}

/** What a client is told about an unavailable database. */
export function describeUnavailable(error: unknown): string {
  if (error instanceof DatabaseTimeout) return error.message
  if (error instanceof Error && error.message === POOL_EXHAUSTED) return 'all connections to the database are in use'
  return 'the database cannot be reached'
}

/** For the end of an outage in the log. Several parts of a process notice it; one line is enough. */
export interface Outage {
  /** A part has lost the database. */
  began(): void
  /** A part has got an answer. Logs it if it is the first one after an outage. */
  ended(): void
}

export function watchOutage(log: Log): Outage {
  let isOut = false
  return {
    began() {
      isOut = true
    },
    ended() {
      if (isOut) log.info({}, 'the database answers again')
      isOut = false
    },
  }
}
