/**
 * What a snapshot of the index is on disk: a file per segment, whose bytes are those of its buffer, one file with the
 * dead sets, and the manifest, which names them. Every file but the manifest is named by a random id and is complete before a
 * manifest names it; the manifest is renamed into place. So whatever ends a writer leaves the older snapshot.
 *
 * write-snapshot.ts and read-snapshot.ts are the two ways; snapshots.ts says when, lock.ts who.
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
  /** CRC-32: 350 MB take 80 ms. It is to find damage, not forgery. */
  readonly checksum: number
}

export interface StoredSegment extends StoredFile {
  readonly id: string
  /** Records, dead ones included. */
  readonly size: number
  /** Has it a dead set? Those stand in the file `dead` one after the other, in the order of the segments. */
  readonly dead: boolean
}

export interface Manifest {
  readonly format: number
  readonly fields: string
  /** The place of the feed that the snapshot shows. */
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

/** Files of snapshots, unfinished ones included. What else lies in the directory is none of ours. */
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

/** The fields in order, as columns are found by position; and the Unicode by which Node.js folds texts. */
export function fieldsFingerprint(): string {
  const fields = SERVICES.map(service => FIELDS[service].map(({ name, kind }) => [name, kind]))
  return createHash('sha256')
    .update(JSON.stringify([fields, process.versions.unicode]))
    .digest('hex')
}

/** A line of JSON, and a line with its checksum. */
export function encodeManifest(manifest: Manifest): string {
  const json = JSON.stringify(manifest)
  return `${json}\n${crc32(json)}\n`
}

/** The manifest in the directory, null when there is none. Throws what is wrong with it. */
export async function readManifest(directory: string): Promise<Manifest | null> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const json = text.slice(0, text.indexOf('\n'))
  if (text !== `${json}\n${crc32(json)}\n`) throw new Error('its manifest is damaged')
  const manifest = JSON.parse(json) as Manifest
  if (manifest.format !== SEGMENT_FORMAT) throw new Error(`it has format ${manifest.format}, not ${SEGMENT_FORMAT}`)
  if (manifest.fields !== fieldsFingerprint()) throw new Error('it has other fields')
  for (const { id } of [...SERVICES.flatMap(service => manifest.segments[service]), manifest.dead ?? []].flat())
    if (!isUuid(id)) throw new Error('its manifest names no files')
  return manifest
}

/** What lies on disk, for people: bytes, and when it was written; null when there is no snapshot. */
export async function findSnapshot(directory: string): Promise<{ bytes: number; written: Date } | null> {
  const manifest = await stat(join(directory, MANIFEST)).catch(() => null)
  if (manifest === null) return null
  let bytes = 0
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name)).catch(() => null))?.size ?? 0
  return { bytes, written: manifest.mtime }
}
