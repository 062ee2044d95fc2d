import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { emptyState } from '../../src/search/embedded/index-state.ts'
import { SEGMENT_FORMAT } from '../../src/search/embedded/segment/segment.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { Change } from '../../src/search/engine.ts'

/** The digest of the records below in each format. */
const DIGESTS: Readonly<Record<number, string>> = {
  1: 'ad11b78f4b4fabd202e1c7149212a040a20ea296652d94698f609119e34c7b8e',
  2: '339a06fca2841aa8fc1674cb93ffb6ae4a66993c900fa4dcb37485912a382e85',
  3: '21614693769b057234d9e6f02cc08bf70467dc261008eb3a9e144187c1a25b1c',
}

const changes: Change[] = Array.from({ length: 40 }, (_, index) => {
  const uuid = `00000000-0000-4000-8000-${String(index * 7919).padStart(12, '0')}`
  const shared = { uuid, id: index, created_at: 1.7e12 + index * 1e6, city: `City ${index % 7}` }
  return index % 4 === 0
    ? {
        service: 'company',
        uuid,
        record: { ...shared, name: `The Company ${index % 9}`, industries: ['Machines', `Industry ${index % 3}`] },
      }
    : {
        service: 'contact',
        uuid,
        record: {
          ...shared,
          title: `Head of Machines ${index % 5}`,
          departments: ['Sales', 'Research'].slice(0, index % 3),
          company_id: index % 5 === 0 ? null : '00000000-0000-4000-8000-000000031676',
          email: `person${index}@example.com`,
        },
      }
})

test('the bytes of a segment do not change without a new format number, so that no snapshot is misread', () => {
  const state = applyChanges(emptyState(), changes)
  const hash = createHash('sha256')
  for (const { segment } of [...state.company, ...state.contact]) hash.update(new Uint8Array(segment.buffer))
  assert.equal(
    hash.digest('hex'),
    DIGESTS[SEGMENT_FORMAT],
    'the bytes of segments have changed: raise SEGMENT_FORMAT (segment.ts) and add the new digest here',
  )
})
