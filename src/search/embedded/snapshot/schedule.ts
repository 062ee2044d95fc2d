/** When a snapshot is written: once changes have paused, at the latest some time after the first of them, one at a time. */
import type { Log } from '../../../runtime/log.ts'

/** Milliseconds. */
export interface SnapshotPatience {
  /** Without a change for so long, it is written. */
  readonly quiet: number
  /** Nothing waits longer than that. */
  readonly latest: number
  /** After a failure; doubled with each further one, up to `longestPause`. */
  readonly firstPause: number
  readonly longestPause: number
}

/** Under steady change the segments of two minutes have been merged into few: what is written soon goes is little. */
export const DEFAULT_PATIENCE: SnapshotPatience = {
  quiet: 5_000,
  latest: 120_000,
  firstPause: 10_000,
  longestPause: 600_000,
}

export interface SnapshotSchedule {
  /** There is something new to write. */
  changed(): void
  /** What is new is written without waiting for quiet. */
  hurry(): void
  /** Writes what is not written yet, and nothing afterwards. */
  finish(): Promise<void>
}

/** `write` writes what is there when it is called. Its failures are told of once, and it is tried again. */
export function createSnapshotSchedule(
  write: () => Promise<void>,
  log: Log,
  { quiet, latest, firstPause, longestPause }: SnapshotPatience = DEFAULT_PATIENCE,
): SnapshotSchedule {
  /** When the first change came that is not written; null: all is. */
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
      if (failures > 0) log.info({ failures }, 'the snapshot of the search index is written again')
      failures = 0
    } catch (error) {
      since = before
      if (failures++ > 0) return
      log.warn({ err: error }, 'the snapshot of the search index cannot be written; searches and changes go on')
    }
  }

  return {
    changed() {
      since ??= performance.now()
      // A pause after a failure is not begun anew by every change.
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
