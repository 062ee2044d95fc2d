/** Dead sets: the records of a segment that were replaced or deleted. A change copies the set and never modifies it. */

import type { Entry } from '../index-state.ts'
import { openSegment } from '../segment/open-segment.ts'
import { findUuid, UUID_BYTES } from '../segment/uuids.ts'
import { type Bits, fillBits, hasBit, setBit, wordsFor } from '../sets/bitset.ts'

/** Marks the records with these `uuids` (16 bytes each) as dead. Returns the same entry if it has none of them alive. */
export function killAll(entry: Entry, uuids: readonly Uint8Array[]): Entry {
  const { segment, live } = entry
  const rows = openSegment(segment).uuids
  let dead: Bits | null = entry.dead
  let killed = 0
  for (const uuid of uuids) {
    const slot = findUuid(rows, uuid, 0)
    if (slot < 0 || (dead !== null && hasBit(dead, slot))) continue
    if (killed === 0) dead = copy(entry.dead, segment.size)
    setBit(dead!, slot)
    killed++
  }
  return killed === 0 ? entry : { segment, dead: dead as Int32Array<SharedArrayBuffer>, live: live - killed }
}

function copy(dead: Bits | null, size: number): Int32Array<SharedArrayBuffer> {
  const copied = new Int32Array(new SharedArrayBuffer(4 * wordsFor(size)))
  if (dead !== null) copied.set(dead)
  return copied
}

/** The entry with all records dead. */
export function allDead({ segment }: Entry): Entry {
  const dead = copy(null, segment.size)
  fillBits(dead, segment.size)
  return { segment, dead, live: 0 }
}

/** The uuids that are dead in `now` but were not in `before`, an earlier entry of the same segment. */
export function findDead(now: Entry, before: Entry): readonly Uint8Array[] {
  if (now.dead === null || now.live === before.live) return []
  const { uuids, size } = openSegment(now.segment)
  const found: Uint8Array[] = []
  for (let slot = 0; slot < size; slot++) {
    if (hasBit(now.dead, slot) && (before.dead === null || !hasBit(before.dead, slot))) {
      found.push(uuids.subarray(slot * UUID_BYTES, (slot + 1) * UUID_BYTES))
    }
  }
  return found
}
