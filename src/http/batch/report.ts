/** The handling of bad records, which all batches share. */
import { Type } from 'typebox'
import { ConnectraError, type Problem } from '../../errors.ts'
import { strings } from '../schemas/parts.ts'

export const onErrorQuery = Type.Object({
  on_error: Type.Optional(
    strings(
      ['fail', 'skip'],
      '`fail`, the default: one bad record rejects the whole batch. `skip`: good records are stored, bad ones are reported.',
    ),
  ),
})

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
