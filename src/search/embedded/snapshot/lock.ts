/**
 * Decides which process writes the snapshot of a directory. Of several processes on one database, it is the one that holds an
 * advisory lock, which lasts as long as its connection. A killed process therefore leaves no lock behind, even where process
 * ids are meaningless, as between containers that share a directory. The lock only keeps processes from undoing each other's
 * work; the integrity of a snapshot is protected by its checksums.
 */
import { stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Connection, Database } from '../../../database/pool.ts'

/** The first key of the lock: (SNAPSHOT, directory). */
const SNAPSHOT = 4852716

export interface SnapshotLock {
  /** 'held' if this process already had the lock, 'taken' if it has just acquired it, 'others' if another process has it. */
  hold(): Promise<'held' | 'taken' | 'others'>
  release(): void
}

/** The lock of an existing directory. It uses one connection of `database`. */
export function createSnapshotLock(database: Database, directory: string): SnapshotLock {
  let held: { readonly connection: Connection; readonly key: number } | null = null

  function release(): void {
    held?.connection.release(true)
    held = null
  }

  return {
    release,
    async hold() {
      // The key is derived from the inode, not the path: in other containers the same directory may have another path, and
      // another directory may have the same path.
      const key = crc32(String((await stat(directory, { bigint: true })).ino)) | 0
      if (held?.key === key) return 'held'
      release()
      const connection = await database.connect()
      try {
        const { rows } = await connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', [
          SNAPSHOT,
          key,
        ])
        if (rows[0]?.locked !== true) {
          connection.release()
          return 'others'
        }
      } catch (error) {
        connection.release(true)
        throw error
      }
      connection.once('error', release)
      held = { connection, key }
      return 'taken'
    },
  }
}
