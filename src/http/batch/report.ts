/** The handling of bad records, which all batches share. */
import type { FastifySerializerCompiler } from 'fastify'
import { Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import { strings } from '../schemas/parts.ts'
import type { BatchPart } from './read-batch.ts'

export const onErrorQuery = Type.Object({
  on_error: Type.Optional(
    strings(
      ['fail', 'skip'],
      '`fail`, the default: one bad record rejects the whole batch. `skip`: good records are stored, bad ones are reported.',
    ),
  ),
})

/** The part of a reply about bad records: JSON lists of problems, as text. See `serialiseReport`. */
export interface BatchReport {
  readonly rejected?: string
  readonly warnings?: string
}

/** Throws if a batch has bad records. With `skip` it returns the part of the reply that reports them instead. */
export function refuseOrReport({ first, bad, problems, warnings, writes }: BatchPart, skip: boolean): BatchReport {
  if (first !== null && !skip) {
    const where = [`record ${first.index}`, ...(first.field === null ? [] : [first.field])].join(', ')
    throw new ConnectraError(
      first.code,
      `${where}: ${first.message} (${bad} of ${writes.length} records are invalid, so nothing was stored: see details)`,
      { detailsText: listOf(problems) },
    )
  }
  return { ...(skip ? { rejected: listOf(problems) } : {}), ...(warnings === '' ? {} : { warnings: listOf(warnings) }) }
}

/** `members`: with a comma after each. */
function listOf(members: string): string {
  return `[${members.slice(0, -1)}]`
}

/** For routes whose reply ends with a BatchReport. */
export const serialiseReport: FastifySerializerCompiler<unknown> = () => data => {
  const { rejected, warnings, ...reply } = data as BatchReport
  const lists = `${rejected === undefined ? '' : `,"rejected":${rejected}`}${warnings === undefined ? '' : `,"warnings":${warnings}`}`
  return `${JSON.stringify(reply).slice(0, -1)}${lists}}`
}
