import type { Entry } from '../../src/search/embedded/index-state.ts'
import { openSegment } from '../../src/search/embedded/segment/open-segment.ts'
import { uuidAt } from '../../src/search/embedded/segment/uuids.ts'
import { hasBit } from '../../src/search/embedded/sets/bitset.ts'

/** The uuids of the live records of an entry, ascending. */
export function liveUuids({ segment, dead }: Entry): readonly string[] {
  const { uuids, size } = openSegment(segment)
  const slots = Array.from({ length: size }, (_, slot) => slot).filter(slot => dead === null || !hasBit(dead, slot))
  return slots.map(slot => uuidAt(uuids, slot))
}
