/** What all batches of records have in common: their bounds, and what happens to the bad ones. */
import { setImmediate } from 'node:timers/promises'
import { Type } from 'typebox'
import { ConnectraError, type Problem } from '../errors.ts'
import { failure, isEmpty, show } from '../json/read.ts'

export const onErrorQuery = Type.Object({
  on_error: Type.Optional(
    Type.Enum(['fail', 'skip'], {
      default: 'fail',
      description: '`fail`: one bad record refuses the batch. `skip`: the good ones are stored, the bad ones reported.',
    }),
  ),
})

/** The records of a request; `path` is where they stand in it. */
export function checkBatch(json: unknown, path: string, max: number): readonly unknown[] {
  if (isEmpty(json)) throw failure('ERR_EMPTY_PAYLOAD', path, 'there are no records: send a list of at least one')
  if (!Array.isArray(json)) throw failure('ERR_INVALID_VALUE', path, `must be a list of records, not ${show(json)}`)
  if (json.length > max)
    throw failure('ERR_BATCH_TOO_LARGE', path, `${json.length} records, at most ${max}: split them, or upload a file`)
  return json
}

/** How long records are read without letting other requests have their turn. Milliseconds. */
const PORTION_MS = 5

/** Reads the records of a batch one by one, and lets other requests have their turn in between. */
export async function readInPortions<T>(records: readonly unknown[], read: (record: unknown, index: number) => T) {
  const results: T[] = []
  // Before the first one too: parsing the JSON has taken its time.
  let since = 0
  for (const [index, record] of records.entries()) {
    if (performance.now() - since > PORTION_MS) {
      await setImmediate()
      since = performance.now()
    }
    results.push(read(record, index))
  }
  return results
}

export interface BatchReport {
  readonly rejected?: readonly Problem[]
  readonly warnings?: readonly Problem[]
}

/** Throws what is wrong with a batch or, when bad records are to be skipped, returns what the reply says of them. */
export function refuseOrReport(
  rejected: readonly Problem[],
  warnings: readonly Problem[],
  { total, skip }: { readonly total: number; readonly skip: boolean },
): BatchReport {
  const [first] = rejected
  if (first && !skip) {
    const bad = new Set(rejected.map(problem => problem.index)).size
    const where = [`record ${first.index}`, ...(first.field === null ? [] : [first.field])].join(', ')
    throw new ConnectraError(
      first.code,
      `${where}: ${first.message} (${bad} of ${total} records cannot be stored, so none was: see details)`,
      { details: rejected },
    )
  }
  return { ...(skip ? { rejected } : {}), ...(warnings.length > 0 ? { warnings } : {}) }
}
