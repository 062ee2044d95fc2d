/** Backups as bytes. */
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { writeBackup } from '../../src/backup/write-backup.ts'
import type { Database } from '../../src/database/pool.ts'

export async function backUp(pool: Database, signal = new AbortController().signal): Promise<Buffer> {
  const through = new PassThrough()
  const [bytes] = await Promise.all([
    buffer(through),
    writeBackup(pool, through, { version: '1.2.3', signal, onProgress() {} }),
  ])
  return bytes
}

/** In pieces of `portion` bytes. */
export async function restoreFrom(pool: Database, backup: Buffer, portion = 65_536): Promise<Record<string, number>> {
  const pieces = Array.from({ length: Math.ceil(backup.length / portion) }, (_, place) =>
    backup.subarray(place * portion, (place + 1) * portion),
  )
  return await restoreBackup(pool, Readable.from(pieces), {
    signal: new AbortController().signal,
    onProgress() {},
  })
}
