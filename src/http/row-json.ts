/** Replies whose `data` are rows: text of JSON objects as PostgreSQL made it, which becomes part of the reply as it is. */
import type { FastifySerializerCompiler } from 'fastify'

/** A row of a reply: fields, `company`, `cursor`. */
export type RowJson = string

/** `row`, which has a field at least, with its place in the order of a search. */
export function withCursor(row: RowJson, cursor: readonly string[]): RowJson {
  return `${row.slice(0, -1)},"cursor":${JSON.stringify(cursor)}}`
}

/** For routes that answer `{"success": true, "data": …}` with one row, or a list of them. */
export const serialiseRows: FastifySerializerCompiler<unknown> = ({ httpStatus }) => {
  // Errors hold no rows.
  if (httpStatus !== '200') return data => JSON.stringify(data)
  return ({ data }: { readonly data: RowJson | readonly RowJson[] }) =>
    `{"success":true,"data":${typeof data === 'string' ? data : `[${data.join(',')}]`}}`
}
