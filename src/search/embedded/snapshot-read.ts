/** A snapshot from disk into the state it was written from: every byte is checked, and any doubt is an error. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Service } from '../../fields.ts'
import { countBits, nextBit, wordsFor } from './bitset.ts'
import type { Entry } from './index-state.ts'
import { deadFile, readManifest, type StoredFile, segmentFile } from './snapshot-manifest.ts'
import type { Published } from './writer-messages.ts'

/** Bytes: read at once, and checked while they are in the processor's cache. */
const PORTION = 4 * 2 ** 20

/**
 * Null when the directory has no snapshot. Throws when it is damaged, of another format or of other fields, and when `signal`
 * aborts. Whether the database knows its position is not checked here. 350 MB that the system has in memory take 0.4 s.
 */
export async function readSnapshot(directory: string, signal: AbortSignal): Promise<Published | null> {
  const manifest = await readManifest(directory)
  if (manifest === null) return null
  const read = async (name: string, file: StoredFile) => await readChecked(join(directory, name), file, signal)
  const sets = manifest.dead === null ? null : await read(deadFile(manifest.dead.id), manifest.dead)
  let place = 0
  const readService = async (service: Service) => {
    const entries: Entry[] = []
    for (const stored of manifest.segments[service]) {
      const { id, size } = stored
      const dead = stored.dead ? viewDead(sets, place, size) : null
      place += dead?.byteLength ?? 0
      const buffer = await read(segmentFile(id), stored)
      entries.push({ segment: { id, service, size, buffer }, dead, live: size - (dead === null ? 0 : countBits(dead)) })
    }
    return entries
  }
  const state = { company: await readService('company'), contact: await readService('contact') }
  if (place !== (sets?.byteLength ?? 0)) throw new Error('it has more dead sets than segments')
  return { state, position: manifest.position }
}

/** The dead set at a place of the file: a view, nothing is copied. */
function viewDead(sets: SharedArrayBuffer | null, place: number, size: number): Int32Array<SharedArrayBuffer> {
  const words = wordsFor(size)
  if (sets === null || place + 4 * words > sets.byteLength) throw new Error('a dead set is missing')
  const dead = new Int32Array(sets, place, words)
  if (nextBit(dead, size) >= 0) throw new Error('a dead set is larger than its segment')
  return dead
}

async function readChecked(path: string, { bytes, checksum }: StoredFile, signal: AbortSignal) {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    if (size !== bytes) throw new Error(`${path} has ${size} bytes, not ${bytes}`)
    const buffer = new SharedArrayBuffer(bytes)
    const view = new Uint8Array(buffer)
    let found = 0
    for (let place = 0; place < bytes; ) {
      signal.throwIfAborted()
      const { bytesRead } = await handle.read(view, place, Math.min(PORTION, bytes - place), place)
      if (bytesRead === 0) throw new Error(`${path} ends at ${place} bytes`)
      found = crc32(view.subarray(place, place + bytesRead), found)
      place += bytesRead
    }
    if (found !== checksum) throw new Error(`${path} is damaged`)
    return buffer
  } finally {
    await handle.close()
  }
}
