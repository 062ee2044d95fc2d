/** A file of people repeats its companies: what it said of one already need not go to the database again. */
import { ownDomain } from '../records/domain.ts'
import type { RecordWrite } from '../records/record.ts'

/** Then it forgets, which costs nothing but time. */
const REMEMBERED = 20_000

/** Returns whether `write` says the same of its record as the write before it did, known by the object that says it. */
export function createRepeatFilter(): (write: RecordWrite) => boolean {
  const last = new Map<string, RecordWrite>()
  return write => {
    const before = last.get(write.uuid)
    if (
      before?.values === write.values &&
      (before.emailDomain === write.emailDomain || ownDomain(write.values) !== null)
    )
      return true
    if (last.size >= REMEMBERED) last.clear()
    last.set(write.uuid, write)
    return false
  }
}
