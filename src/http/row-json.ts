/** Replies whose `data` are rows: text of JSON objects as PostgreSQL made it, which becomes part of the reply as it is. */
import { Readable } from 'node:stream'
import type { FastifySerializerCompiler } from 'fastify'
import type { PageRows } from '../records/read/fetch.ts'

/** A row of a reply: fields, `company`, `cursor`. */
export type RowJson = string

/** `row`, which has a field at least, with its place in the order of a search. */
export function withCursor(row: RowJson, cursor: readonly string[]): RowJson {
  return `${row.slice(0, -1)},"cursor":${JSON.stringify(cursor)}}`
}

/** The reply of a large page: rows with their cursors, read as fast as the client takes them. */
export function streamRows(portions: AsyncIterable<PageRows>, cursors: readonly (readonly string[])[]): Readable {
  async function* text(): AsyncGenerator<string> {
    let place = 0
    let separator = '{"success":true,"data":['
    for await (const rows of portions) {
      let part = ''
      for (const row of rows) {
        const cursor = cursors[place++]!
        if (row === null) continue
        part += separator + withCursor(row, cursor)
        separator = ','
      }
      yield part
    }
    yield separator === ',' ? ']}' : `${separator}]}`
  }
  return Readable.from(text(), { objectMode: false })
}

/** For routes that answer `{"success": true, "data": …}` with one row, or a list of them. */
export const serialiseRows: FastifySerializerCompiler<unknown> = ({ httpStatus }) => {
  // Errors hold no rows.
  if (httpStatus !== '200') return data => JSON.stringify(data)
  return ({ data }: { readonly data: RowJson | readonly RowJson[] }) =>
    `{"success":true,"data":${typeof data === 'string' ? data : `[${data.join(',')}]`}}`
}
