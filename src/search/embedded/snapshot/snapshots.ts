/** The snapshot of a running index: read at startup, written while it runs. Used by the writer thread; see manifest.ts. */

import { makeDataDirectory } from '../../../database/data-directory.ts'
import type { Database } from '../../../database/pool.ts'
import type { Log } from '../../../runtime/log.ts'
import type { Published } from '../index-state.ts'
import { createSnapshotLock } from './lock.ts'
import { filesOf, readManifest, type StoredFile } from './manifest.ts'
import { readSnapshot } from './read-snapshot.ts'
import { createSnapshotSchedule, type SnapshotPatience, type SnapshotSchedule } from './schedule.ts'
import { writeSnapshot } from './write-snapshot.ts'

/** Loads the snapshot in the directory. Returns null if there is none, or if it cannot be trusted, which is logged. */
export async function loadSnapshot(directory: string, log: Log, signal: AbortSignal): Promise<Published | null> {
  const started = performance.now()
  try {
    const snapshot = await readSnapshot(directory, signal)
    if (snapshot === null) return null
    const { state, position } = snapshot
    const bytes = [...state.company, ...state.contact].reduce((sum, { segment }) => sum + segment.buffer.byteLength, 0)
    const ms = Math.round(performance.now() - started)
    log.info({ seq: position.seq, bytes, ms }, 'search index snapshot read')
    return snapshot
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'search index snapshot discarded')
    return null
  }
}

export interface Snapshots extends SnapshotSchedule {
  /** Releases the lock, so that another process can write. */
  close(): void
}

export interface SnapshotsOptions {
  readonly directory: string
  /** One connection is used for the lock. */
  readonly database: Database
  readonly log: Log
  readonly patience: SnapshotPatience
  /** The state to write, with its position in the feed. */
  readonly current: () => Published
}

/** Writes the snapshots, unless another process does so. */
export function keepSnapshots({ directory, database, log, patience, current }: SnapshotsOptions): Snapshots {
  const lock = createSnapshotLock(database, directory)
  const known = new Map<string, StoredFile>()
  let leftToOthers = false

  async function write(): Promise<void> {
    await makeDataDirectory(directory)
    const held = await lock.hold()
    if (held === 'others') {
      if (!leftToOthers) log.info({ directory }, 'another process writes the search index snapshot')
      leftToOthers = true
      return
    }
    if (held === 'taken') {
      leftToOthers = false
      known.clear()
      // The files of a damaged manifest are not worth keeping.
      const manifest = await readManifest(directory).catch(() => null)
      for (const [name, file] of manifest === null ? [] : filesOf(manifest)) known.set(name, file)
    }
    const started = performance.now()
    const published = current()
    const written = await writeSnapshot(directory, published, known)
    const ms = Math.round(performance.now() - started)
    log.info({ seq: published.position.seq, ...written, ms }, 'search index snapshot written')
  }

  const schedule = createSnapshotSchedule(write, log, patience)
  return { ...schedule, close: lock.release }
}
