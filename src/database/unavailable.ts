/** Which failures mean that the database is away or busy, so that the same request may succeed shortly. */

/**
 * Classes of SQLSTATE (PostgreSQL manual, appendix A): connection exceptions, insufficient resources, operator
 * intervention (a shutdown, a crash, a start that has not ended).
 */
const CLASSES = new Set(['08', '53', '57'])
/** A standby after a failover; a lock not had in time; transactions that idled or collided too often. */
const STATES = new Set(['25006', '55P03', '25P03', '25P04', '40001', '40P01'])
/** What the operating system says when there is no way to the server. */
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** A connection that breaks off in mid-query fails it with an error without a code: it is known by identity. */
const lost = new WeakSet<Error>()

/** To be called with the `error` event of every connection: the same object fails the queries it was running. */
export function rememberLostConnection(error: Error): void {
  lost.add(error)
}

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (lost.has(error)) return true
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  if (typeof code !== 'string') return false
  if (SYSTEM.has(code)) return true
  // A socket file that is gone; an ENOENT of a file system call is something else.
  if (code === 'ENOENT') return syscall === 'connect'
  return code.length === 5 && (CLASSES.has(code.slice(0, 2)) || STATES.has(code))
}
