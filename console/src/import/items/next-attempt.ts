/** When an upload is tried again that was cut off. */

interface Attempts {
  /** In a row, without one that came further than all before. */
  readonly failures: number
  /** Bytes: how far any attempt has come. */
  readonly furthest: number
}

export const NO_ATTEMPTS: Attempts = { failures: 0, furthest: 0 }

/** Seconds before each further attempt. A server that is restarted is back by then. */
const WAITS = [1, 3, 8, 15, 30]

/** After an attempt that has sent `reached` bytes. `seconds`: how long to wait; null to give up. */
export function nextAttempt({ failures, furthest }: Attempts, reached: number) {
  // An attempt that came further shows that it is worth trying.
  const before = reached > furthest ? 0 : failures
  return { failures: before + 1, furthest: Math.max(furthest, reached), seconds: WAITS[before] ?? null }
}
