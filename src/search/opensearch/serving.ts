/**
 * When a process that has just started may answer searches. A write that was acknowledged before everything was restarted must not be
 * missing, so the process waits until the index has everything that was committed when it started. If the indexes have to be built
 * again, which may take an hour, it answers from the old ones, as the processes do that were not restarted.
 */
import type { Position } from '../engine.ts'
import { FORMAT } from './mapping.ts'
import type { Standing } from './watch/database.ts'

/** The position that searches reflect, and the epoch and format of the indexes that it belongs to. */
export interface Reached {
  readonly epoch: string
  readonly position: Position
  readonly format: number
}

export interface Start {
  /** Whether the process may answer from now on. `looks`: how often the stored position has been read. */
  mayServe(reached: Reached, standing: Standing, looks: number): boolean
}

/**
 * The position may have moved on between the look and the question to the database, which may have deleted the old one from the feed
 * meanwhile. The second look after the first such answer began later.
 */
const LOOKS_TO_BE_SURE = 2

export function openStart(): Start {
  let atStart = Infinity
  let unknownSince: number | null = null
  return {
    mayServe({ position, format }, { known, newest }, looks) {
      // Lower than at the start if a backup was restored meanwhile.
      atStart = Math.min(atStart, newest)
      if (known) unknownSince = null
      else unknownSince ??= looks
      // Documents of an older format lack what this version searches. A process of a newer version has built a newer one.
      if (format < FORMAT) return false
      if (unknownSince !== null) return looks >= unknownSince + LOOKS_TO_BE_SURE
      return position.seq >= atStart
    },
  }
}
