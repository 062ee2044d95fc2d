/** Where the records of the index come from. */
import type { Service } from '../../../fields.ts'
import type { Moment } from '../../engine.ts'
import type { JoinedRecord } from '../document.ts'

export interface RecordSource {
  /** The current state of records. Those that were deleted are left out. */
  read(service: Service, uuids: readonly string[]): Promise<readonly JoinedRecord[]>
  /** The current contacts of these companies, in portions. */
  contactsOf(companies: readonly string[]): AsyncIterable<readonly JoinedRecord[]>
  /** All records of a moment, in portions. `done` grows to 1. */
  all(
    service: Service,
    moment: Moment,
  ): AsyncIterable<{ readonly records: readonly JoinedRecord[]; readonly done: number }>
  /** Tells the processes of the database that searches reflect a new position. */
  announce(text: string): Promise<void>
}
