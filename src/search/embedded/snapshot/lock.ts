/**
 * Who writes the snapshot of a directory: of several processes on one database the one that holds an advisory lock, for as
 * long as its connection lives. So a killed one leaves nothing behind, also where process ids mean nothing, as between
 * containers that share a directory. It saves them from undoing each other's work; what keeps a snapshot whole are its
 * checksums.
 */
import { stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Connection, Database } from '../../../database/pool.ts'

/** The first key of the lock: (SNAPSHOT, directory). */
const SNAPSHOT = 4852713

export interface SnapshotLock {
  /** 'taken' when this process did not have it before; 'others' when another process has it. */
  hold(): Promise<'held' | 'taken' | 'others'>
  release(): void
}

/** The lock of a directory that exists; `database` has a connection to spare. */
export function createSnapshotLock(database: Database, directory: string): SnapshotLock {
  let held: { readonly connection: Connection; readonly key: number } | null = null

  function release(): void {
    held?.connection.release(true)
    held = null
  }

  return {
    release,
    async hold() {
      // By the directory itself: it has another path in another container, and another one may have the same path elsewhere.
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
