/**
 * Writes a state of the index to disk: first the files that are not there yet, then the manifest. It runs asynchronously
 * while the writer thread applies changes, and blocks the thread for no longer than one portion takes.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { makeDataDirectory } from '../../../database/data-directory.ts'
import { SERVICES, type Service } from '../../../fields.ts'
import type { Published } from '../index-state.ts'
import { SEGMENT_FORMAT } from '../segment/segment.ts'
import {
  deadFile,
  encodeManifest,
  fieldsFingerprint,
  filesOf,
  isSnapshotFile,
  MANIFEST,
  type Manifest,
  type StoredFile,
  type StoredSegment,
  segmentFile,
} from './manifest.ts'

/** The number of bytes written at once. Their checksum takes 0.4 ms. */
const PORTION = 2 ** 20
/** The file is flushed after this many bytes. A single large flush at the end would delay PostgreSQL's commits. */
const SYNC_EVERY = 16 * PORTION

export interface Written {
  readonly segments: number
  /** The size of the whole snapshot. */
  readonly bytes: number
  /** The size of the files that were written this time. */
  readonly newBytes: number
}

/**
 * Writes the snapshot. `known` holds the complete files in the directory by name; these are not written again. It is updated,
 * even after a failure. Rejects with the error of the file system; the previous snapshot then stays valid.
 */
export async function writeSnapshot(
  directory: string,
  { state, position }: Published,
  known: Map<string, StoredFile>,
): Promise<Written> {
  const home = await makeDataDirectory(directory)
  const present = new Set(await readdir(home))
  for (const name of known.keys()) if (!present.has(name)) known.delete(name)
  // Files left behind by killed writers are removed first, because they may be what fills the disk.
  await removeOthers(home, known)
  let newBytes = 0
  const store = async (name: string, parts: readonly Uint8Array[]) => {
    const file = known.get(name) ?? (await writeFile(join(home, name), parts))
    if (!known.has(name)) newBytes += file.bytes
    known.set(name, file)
    return file
  }

  const sets: Uint8Array[] = []
  const segments: Record<Service, StoredSegment[]> = { company: [], contact: [] }
  for (const service of SERVICES) {
    for (const { segment, dead } of state[service]) {
      const { id, size, buffer } = segment
      const { bytes, checksum } = await store(segmentFile(id), [new Uint8Array(buffer)])
      segments[service].push({ id, size, bytes, checksum, dead: dead !== null })
      if (dead !== null) sets.push(new Uint8Array(dead.buffer, dead.byteOffset, dead.byteLength))
    }
  }
  const id = randomUUID()
  const dead = sets.length === 0 ? null : { id, ...(await store(deadFile(id), sets)) }
  const manifest: Manifest = { format: SEGMENT_FORMAT, fields: fieldsFingerprint(), position, segments, dead }
  await writeManifest(home, manifest)
  const files = filesOf(manifest)
  for (const name of known.keys()) if (!files.has(name)) known.delete(name)
  await removeOthers(home, known)
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0)
  return { segments: segments.company.length + segments.contact.length, bytes, newBytes }
}

/**
 * Puts the manifest in place. The directory is synced before, so that the files it lists exist, and after, so that it is in
 * place before other files are removed.
 */
async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await sync(directory)
  await writeFile(join(directory, `${MANIFEST}.new`), [Buffer.from(encodeManifest(manifest))])
  await rename(join(directory, `${MANIFEST}.new`), join(directory, MANIFEST))
  await sync(directory)
}

/** Removes the snapshot files that are not in `kept`, except the manifest. */
async function removeOthers(directory: string, kept: ReadonlyMap<string, unknown>): Promise<void> {
  for (const name of await readdir(directory))
    if (isSnapshotFile(name) && name !== MANIFEST && !kept.has(name))
      await rm(join(directory, name), { recursive: true, force: true })
}

/** Resolves once the file is flushed to disk. */
async function writeFile(path: string, parts: readonly Uint8Array[]): Promise<StoredFile> {
  const handle = await open(path, 'w', 0o600)
  try {
    let bytes = 0
    let checksum = 0
    for (const part of parts) {
      for (let place = 0; place < part.length; place += PORTION) {
        const portion = part.subarray(place, place + PORTION)
        checksum = crc32(portion, checksum)
        await writeAll(handle, portion)
        bytes += portion.length
        if (bytes % SYNC_EVERY === 0) await handle.datasync()
      }
    }
    await handle.datasync()
    return { bytes, checksum }
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray((await handle.write(rest)).bytesWritten)
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
