/** What all batches of records share: size limits and the handling of bad records. */
import { setImmediate } from 'node:timers/promises'
import { Type } from 'typebox'
import { ConnectraError, type Problem } from '../errors.ts'
import { failure, isEmpty, show } from '../json/read.ts'
import { RawRecord } from './batch-json.ts'
import { strings } from './schemas/parts.ts'

export const onErrorQuery = Type.Object({
  on_error: Type.Optional(
    strings(
      ['fail', 'skip'],
      '`fail`, the default: one bad record rejects the whole batch. `skip`: good records are stored, bad ones are reported.',
    ),
  ),
})

/** Returns the list of a batch that some clients wrap in an object with one of these keys, and anything else unchanged. */
export function unwrapBatch(json: unknown, keys: readonly string[]): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  const [key, ...others] = Object.keys(json)
  return key !== undefined && others.length === 0 && keys.includes(key) ? (json as Record<string, unknown>)[key] : json
}

/** Returns the records of a request; `path` is their path in the body. */
export function checkBatch(json: unknown, path: string, max: number): readonly unknown[] {
  if (isEmpty(json)) throw failure('ERR_EMPTY_PAYLOAD', path, 'has no records: send a list with at least one')
  if (!Array.isArray(json)) throw failure('ERR_INVALID_VALUE', path, `must be a list of records, not ${show(json)}`)
  if (json.length > max)
    throw failure(
      'ERR_BATCH_TOO_LARGE',
      path,
      `has ${json.length} records, but a batch has at most ${max}: split it, or upload a file`,
    )
  return json
}

/** Milliseconds of parsing after which other requests get a turn. */
const PORTION_MS = 5

/**
 * Parses the records of a batch one by one, and lets other requests run in between. `refuse` gets the problem of a record that is
 * too large to be parsed.
 */
export async function readInPortions<T>(
  records: readonly unknown[],
  read: (record: unknown, index: number) => T,
  refuse: (problem: Problem) => T,
) {
  const results: T[] = []
  // Zero also yields before the first record, because scanning the JSON has already taken time.
  let since = 0
  for (const [index, record] of records.entries()) {
    if (performance.now() - since > PORTION_MS) {
      await setImmediate()
      since = performance.now()
    }
    results.push(readOne(record, index))
  }
  return results

  function readOne(record: unknown, index: number): T {
    if (!(record instanceof RawRecord)) return read(record, index)
    const { flaw } = record
    if (flaw === null) return read(record.parse(index), index)
    return refuse({ index, field: null, code: 'ERR_VALUE_TOO_LONG', message: flaw })
  }
}

export interface BatchReport {
  readonly rejected?: readonly Problem[]
  readonly warnings?: readonly Problem[]
}

/** Throws if a batch has bad records. With `skip` it returns the part of the reply that reports them instead. */
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
      `${where}: ${first.message} (${bad} of ${total} records are invalid, so nothing was stored: see details)`,
      { details: rejected },
    )
  }
  return { ...(skip ? { rejected } : {}), ...(warnings.length > 0 ? { warnings } : {}) }
}
