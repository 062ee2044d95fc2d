/** Replies with rows in `data`. PostgreSQL returns each row as the text of a JSON object, which is copied into the reply. */
import { Readable } from 'node:stream'
import type { FastifySerializerCompiler } from 'fastify'
import type { PagePart } from '../records/read/large-page.ts'

/** A row of a reply, as JSON text: its fields, `company`, `cursor`. */
export type RowJson = string

/** Adds the cursor of a search to a row. The row must have at least one field. */
export function withCursor(row: RowJson, cursor: readonly string[]): RowJson {
  return `${row.slice(0, -1)},"cursor":${JSON.stringify(cursor)}}`
}

/** The reply for a large page: rows with their cursors, read from the database as fast as the client reads them. */
export function streamRows(parts: AsyncIterable<PagePart>, cursors: readonly (readonly string[])[]): Readable {
  async function* pieces(): AsyncGenerator<Buffer | string> {
    let before = '{"success":true,"data":['
    let isInRow = false
    for await (const part of parts) {
      if (Buffer.isBuffer(part)) {
        if (!isInRow) yield before
        yield part
        isInRow = true
        continue
      }
      before = `,"cursor":${JSON.stringify(cursors[part.endOf])}},`
      isInRow = false
    }
    yield before.endsWith(',') ? `${before.slice(0, -1)}]}` : `${before}]}`
  }
  return Readable.from(pieces(), { objectMode: false })
}

/** For routes that reply `{"success": true, "data": …}` with one row or a list of rows. */
export const serialiseRows: FastifySerializerCompiler<unknown> = ({ httpStatus }) => {
  // Errors have no rows.
  if (httpStatus !== '200') return data => JSON.stringify(data)
  return ({ data }: { readonly data: RowJson | readonly RowJson[] }) =>
    `{"success":true,"data":${typeof data === 'string' ? data : `[${data.join(',')}]`}}`
}
