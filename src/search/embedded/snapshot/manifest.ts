/**
 * The format of a snapshot on disk: one file per segment with the bytes of its buffer, one file with all dead sets, and the
 * manifest, which lists them. Every file except the manifest has a random id as its name and is complete before a manifest
 * refers to it. The manifest is renamed into place. If a writer is interrupted, the previous snapshot therefore stays valid.
 *
 * write-snapshot.ts and read-snapshot.ts write and read it, schedule.ts decides when to write, and lock.ts which process does.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { FIELDS, SERVICES, type Service } from '../../../fields.ts'
import { isUuid } from '../../../records/values/uuid.ts'
import type { Position } from '../../engine.ts'
import { SEGMENT_FORMAT } from '../segment/segment.ts'

export interface StoredFile {
  readonly bytes: number
  /** CRC-32, which takes 80 ms for 350 MB. It detects damage, not forgery. */
  readonly checksum: number
}

export interface StoredSegment extends StoredFile {
  readonly id: string
  /** The number of records, including dead ones. */
  readonly size: number
  /** Whether it has a dead set. The file `dead` holds the sets one after another, in the order of the segments. */
  readonly dead: boolean
}

export interface Manifest {
  readonly format: number
  readonly fields: string
  /** The position in the feed that the snapshot reflects. */
  readonly position: Position
  readonly segments: Readonly<Record<Service, readonly StoredSegment[]>>
  readonly dead: (StoredFile & { readonly id: string }) | null
}

export const MANIFEST = 'manifest.json'

export function segmentFile(id: string): string {
  return `${id}.segment`
}

export function deadFile(id: string): string {
  return `${id}.dead`
}

/** Whether a file belongs to a snapshot, finished or not. All other files in the directory are left alone. */
export function isSnapshotFile(name: string): boolean {
  return /^[-0-9a-f]{36}\.(segment|dead)$/.test(name) || name.startsWith(MANIFEST)
}

/** The files of a manifest, by name. */
export function filesOf({ segments, dead }: Manifest): Map<string, StoredFile> {
  const files = new Map<string, StoredFile>()
  for (const service of SERVICES) for (const segment of segments[service]) files.set(segmentFile(segment.id), segment)
  if (dead !== null) files.set(deadFile(dead.id), dead)
  return files
}

/**
 * A hash of the fields in order, because columns are found by position, and of the Unicode version, because Node.js folds
 * texts by it.
 */
export function fieldsFingerprint(): string {
  const fields = SERVICES.map(service => FIELDS[service].map(({ name, kind, answered }) => [name, kind, answered]))
  return createHash('sha256')
    .update(JSON.stringify([fields, process.versions.unicode]))
    .digest('hex')
}

/** One line of JSON, followed by one line with its checksum. */
export function encodeManifest(manifest: Manifest): string {
  const json = JSON.stringify(manifest)
  return `${json}\n${crc32(json)}\n`
}

/** Reads the manifest in the directory. Returns null if there is none, and throws if it cannot be used. */
export async function readManifest(directory: string): Promise<Manifest | null> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const json = text.slice(0, text.indexOf('\n'))
  if (text !== `${json}\n${crc32(json)}\n`) throw new Error('the manifest is damaged')
  const manifest = JSON.parse(json) as Manifest
  if (manifest.format !== SEGMENT_FORMAT)
    throw new Error(`the snapshot has format ${manifest.format}, not ${SEGMENT_FORMAT}`)
  if (manifest.fields !== fieldsFingerprint()) throw new Error('the snapshot was written for other fields')
  for (const { id } of [...SERVICES.flatMap(service => manifest.segments[service]), manifest.dead ?? []].flat())
    if (!isUuid(id)) throw new Error('the manifest contains an invalid file id')
  return manifest
}

/** The size in bytes of the snapshot on disk, and when it was written, for display. Null if there is no snapshot. */
export async function findSnapshot(directory: string): Promise<{ bytes: number; written: Date } | null> {
  const manifest = await stat(join(directory, MANIFEST)).catch(() => null)
  if (manifest === null) return null
  let bytes = 0
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name)).catch(() => null))?.size ?? 0
  return { bytes, written: manifest.mtime }
}
