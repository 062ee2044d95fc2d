/**
 * Decides which process writes the snapshot of a directory. Of several processes on one database, it is the one that holds an
 * advisory lock, which lasts as long as its connection. A killed process therefore leaves no lock behind, even where process
 * ids are meaningless, as between containers that share a directory. The lock only keeps processes from undoing each other's
 * work; the integrity of a snapshot is protected by its checksums.
 */
import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Connection, Database } from '../../../database/pool.ts'
import { isUuid } from '../../../records/values/uuid.ts'

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
      const key = crc32(await identify(directory)) | 0
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

/** The file with the id of a directory. */
const ID = 'snapshot-id'

/**
 * Returns the id of the directory: a random UUID in a file there, which is created if it is missing. Neither the path nor the
 * inode says which directory it is. In other containers the same directory may have another path, and another directory the
 * same path. On fresh volumes of the same image, the directories have the same inode.
 */
async function identify(directory: string): Promise<string> {
  const path = join(directory, ID)
  for (;;) {
    const found = await readFile(path, 'utf8').catch(error => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    })
    const id = found?.trim()
    if (id !== undefined && isUuid(id)) return id
    // The file was damaged, as by a loss of power.
    if (found !== null) await rm(path, { force: true })
    await createId(path)
  }
}

/** Creates the file unless another process has just done so. It never appears without its content. */
async function createId(path: string): Promise<void> {
  const id = randomUUID()
  const temporary = `${path}.${id}`
  try {
    await writeFile(temporary, `${id}\n`, { mode: 0o600 })
    await link(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { force: true })
  }
}
