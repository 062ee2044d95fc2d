/**
 * Decides when a snapshot is written: once changes have paused, or at the latest some time after the first unwritten change.
 * Only one snapshot is written at a time.
 */
import type { Log } from '../../../runtime/log.ts'

/** Milliseconds. */
export interface SnapshotPatience {
  /** The snapshot is written after this time without a change. */
  readonly quiet: number
  /** No change waits longer than this. */
  readonly latest: number
  /** The pause after a failure. It doubles with each further failure, up to `longestPause`. */
  readonly firstPause: number
  readonly longestPause: number
}

/** With a steady stream of changes, most segments are merged within two minutes, so few are written that soon become obsolete. */
export const DEFAULT_PATIENCE: SnapshotPatience = {
  quiet: 5_000,
  latest: 120_000,
  firstPause: 10_000,
  longestPause: 600_000,
}

export interface SnapshotSchedule {
  /** Reports that there is something new to write. */
  changed(): void
  /** Writes unwritten changes without waiting for a pause. */
  hurry(): void
  /** Writes unwritten changes one last time. Nothing is written afterwards. */
  finish(): Promise<void>
}

/** `write` writes the state at the time of the call. If it fails, that is logged once, and it is tried again. */
export function createSnapshotSchedule(
  write: () => Promise<void>,
  log: Log,
  { quiet, latest, firstPause, longestPause }: SnapshotPatience = DEFAULT_PATIENCE,
): SnapshotSchedule {
  /** The time of the first unwritten change. Null if everything is written. */
  let since: number | null = null
  let failures = 0
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let finished = false

  function arm(ms: number): void {
    clearTimeout(timer)
    if (!finished && running === null) timer = setTimeout(start, ms)
  }

  /** Milliseconds from now. */
  function due(): number {
    if (failures > 0) return Math.min(firstPause * 2 ** (failures - 1), longestPause)
    return Math.max(0, Math.min(quiet, since! + latest - performance.now()))
  }

  function start(): void {
    running = attempt().finally(() => {
      running = null
      if (since !== null) arm(due())
    })
  }

  async function attempt(): Promise<void> {
    const before = since
    since = null
    try {
      await write()
      if (failures > 0) log.info({ failures }, 'the search index snapshot can be written again')
      failures = 0
    } catch (error) {
      since = before
      if (failures++ > 0) return
      log.warn({ err: error }, 'the search index snapshot cannot be written; searches and changes continue')
    }
  }

  return {
    changed() {
      since ??= performance.now()
      // A change does not restart the pause after a failure.
      if (failures === 0) arm(due())
    },
    hurry() {
      if (since !== null) arm(0)
    },
    async finish() {
      finished = true
      clearTimeout(timer)
      await running
      if (since !== null) await attempt()
    },
  }
}
