/**
 * A segment: some records of one service, frozen. All its arrays lie in one `SharedArrayBuffer`.
 */
import type { Service } from '../../fields.ts'

export interface SegmentData {
  readonly id: string
  readonly service: Service
  /** Records, dead ones included. A record's slot is its rank by uuid, from 0. */
  readonly size: number
  readonly buffer: SharedArrayBuffer
}
