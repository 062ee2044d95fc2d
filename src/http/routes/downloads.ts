/** Direct downloads: the results of a query as a file in the reply. For small results, without a job. */
import { finished, Readable } from 'node:stream'
import { Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import { BYTE_ORDER_MARK, type ExportPart, exportRows } from '../../records/read/export-rows.ts'
import { EXPORT_FORMATS } from '../../records/read/export-sql.ts'
import type { SearchEngine } from '../../search/engine.ts'
import { parseQuery } from '../../vql/parse-query.ts'
import type { Query } from '../../vql/query.ts'
import { endOfReply } from '../connections/end-of-reply.ts'
import type { App, ServerParts } from '../parts.ts'
import { awaitRequestedWrites } from '../read-your-writes.ts'
import { SCHEMA_NAMES } from '../schemas/names.ts'
import { reference, strings } from '../schemas/parts.ts'
import { readHeaders } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

/**
 * Concurrent downloads per process. Each holds its uuids, a portion of its rows and, while the portion is read, a database
 * connection. At least half of the connections stay free for other requests, however slowly clients read.
 */
const MAX_CONCURRENT = 8
const RETRY_AFTER_SECONDS = 5
const MAX_LISTENERS = 20
const KINDS = [
  { service: 'company', path: '/companies', tag: 'Companies' },
  { service: 'contact', path: '/contacts', tag: 'Contacts' },
] as const
const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const

export function downloadRoutes(app: App, { config, database, engine }: ServerParts): void {
  let sending = 0
  const maxSending = Math.min(MAX_CONCURRENT, Math.floor(config.databaseConnections / 2))
  for (const { service, path, tag } of KINDS) {
    const plural = path.slice(1)
    const text = Type.Unsafe<Readable>({ type: 'string' })
    app.post(
      `${path}/export`,
      {
        schema: {
          tags: [tag],
          operationId: `export${tag}`,
          summary: `Download ${plural} as a file`,
          description: describe(config.exportMaxRows),
          headers: readHeaders,
          querystring: Type.Object({
            format: Type.Optional(strings(EXPORT_FORMATS, 'Default: `csv`. `ndjson`: one JSON object per line')),
            bom: Type.Optional(
              Type.Boolean({
                description: 'csv: begin with a byte order mark, so that Excel reads the file as UTF-8. Default: false',
              }),
            ),
          }),
          body: reference(`${SCHEMA_NAMES[service]}ExportQuery`),
          response: {
            200: {
              description: 'The file',
              content: { 'text/csv': { schema: text }, 'application/x-ndjson': { schema: text } },
            },
          },
        },
        validatorCompiler: checkedByHandler,
      },
      async (request, reply) => {
        const query = parseQuery(service, request.body, { export: true })
        const { format = 'csv', bom = false } = request.query
        if (bom && format !== 'csv')
          throw new ConnectraError('ERR_INVALID_VALUE', 'bom is only possible with the format csv')
        if (sending >= maxSending)
          throw new ConnectraError('ERR_UNAVAILABLE', `${sending} downloads are running: try again in a few seconds`, {
            retryAfter: RETRY_AFTER_SECONDS,
          })
        sending++
        // Everything that watches a compressed stream adds a listener, more than the ten of Node's warning.
        reply.raw.setMaxListeners(MAX_LISTENERS)
        const ended = new Promise<void>(resolve => finished(reply.raw, () => resolve()))
        void ended.then(() => sending--)
        await awaitRequestedWrites(request, engine)
        const uuids = await findAll(engine, query, config.exportMaxRows, endOfReply(reply.raw))
        const columns = { service, columns: query.select!, format, case: query.case }
        const rows = exportRows(database, columns, uuids, 1)
        // Closes the generator even if the client disconnects before its first row is read.
        void ended.then(() => rows.return(undefined))
        // A failure before the first row is an ordinary error reply. After that the reply can only be cut off.
        const begin = [await rows.next(), await rows.next()]
        reply.header('Content-Disposition', `attachment; filename="${plural}.${format}"`)
        reply.header('Cache-Control', 'private, no-store').type(CONTENT_TYPES[format])
        return await reply.send(Readable.from(bytesOf(bom, begin, rows), { objectMode: false }))
      },
    )
  }
}

function describe(max: number): string {
  return `All results of the query, up to its \`limit\`, in one file; \`select_columns\` is required. More rows than EXPORT_MAX_ROWS
(${max.toLocaleString('en')}) fail with \`ERR_EXPORT_TOO_LARGE\`: create an \`export_csv_file\` job instead. If the connection closes early, the file is incomplete.`
}

/** Returns the uuids of the query in portions, from one consistent state. Throws ERR_EXPORT_TOO_LARGE if there are more than `max`. */
async function findAll(
  engine: SearchEngine,
  query: Query,
  max: number,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const portions: (readonly string[])[] = []
  let count = 0
  for await (const uuids of engine.scan({ ...query, limit: Math.min(query.limit, max + 1) }, signal)) {
    count += uuids.length
    portions.push(uuids)
  }
  if (count <= max) return portions
  const found = Math.min(query.limit, await engine.count(query.service, query.where, signal)).toLocaleString('en')
  throw new ConnectraError(
    'ERR_EXPORT_TOO_LARGE',
    `the query has ${found} rows, but a direct download has at most ${max.toLocaleString('en')}: send a lower "limit" or a narrower "where", or create an "export_csv_file" job with this query`,
  )
}

async function* bytesOf(
  bom: boolean,
  begin: readonly IteratorResult<ExportPart>[],
  rows: AsyncGenerator<ExportPart>,
): AsyncGenerator<Uint8Array | string> {
  if (bom) yield BYTE_ORDER_MARK
  for (const { done, value } of begin) if (!done && value.bytes.length > 0) yield value.bytes
  for await (const { bytes } of rows) if (bytes.length > 0) yield bytes
}
