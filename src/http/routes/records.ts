/** The routes that companies and contacts share: search, count, batch upsert and one record. */
import { type TSchema, Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { fetchOne, openPage } from '../../records/read/page.ts'
import { isUuid } from '../../records/values/uuid.ts'
import { parseQuery } from '../../vql/parse-query.ts'
import { takeBatch } from '../batch/batch-reader.ts'
import { onErrorQuery, refuseOrReport, serialiseReport } from '../batch/report.ts'
import { endOfReply } from '../connections/end-of-reply.ts'
import type { App, ServerParts, WriteParts } from '../parts.ts'
import { announceWrite, awaitRequestedWrites } from '../read-your-writes.ts'
import { type RowJson, serialiseRows, streamRows, withCursor } from '../row-json.ts'
import { SCHEMA_NAMES } from '../schemas/names.ts'
import { caseSchema, nullable, reference } from '../schemas/parts.ts'
import { problems, readHeaders, success, uuidParams } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

export interface RecordKind {
  readonly service: Service
  readonly path: '/companies' | '/contacts'
  readonly tag: string
  /** The schema of a search's body. */
  readonly query: ReturnType<typeof Type.Unsafe<unknown>>
  /** The schema of a row in a reply. */
  readonly row: ReturnType<typeof Type.Unsafe<RowJson>>
  readonly uuidsKey: 'company_uuids' | 'contact_uuids'
}

export function recordRoutes(app: App, parts: WriteParts, kind: RecordKind): void {
  searchRoute(app, parts, kind)
  countRoute(app, parts, kind)
  upsertRoute(app, parts, kind)
  getRoute(app, parts, kind)
}

function searchRoute(app: App, { config, database, engine }: ServerParts, kind: RecordKind): void {
  const { service, path, tag } = kind
  app.post(
    `${path}/`,
    {
      schema: {
        tags: [tag],
        headers: readHeaders,
        body: kind.query,
        operationId: `search${tag}`,
        summary: `Search ${path.slice(1)}`,
        description: 'One page of the matching records. The `cursor` of the last row leads to the next page.',
        response: success({ data: Type.Array(kind.row) }),
      },
      validatorCompiler: checkedByHandler,
      serializerCompiler: serialiseRows,
    },
    async (request, reply) => {
      const query = parseQuery(service, request.body)
      await awaitRequestedWrites(request, engine)
      const signal = endOfReply(reply.raw)
      const hits = await engine.search(query, signal)
      const uuids = hits.map(hit => hit.uuid)
      const page = await openPage(database, query, uuids)
      checkResponseSize(page.bytes, config.maxResponse)
      if (page.rows === null) {
        const cursors = hits.map(hit => hit.cursor)
        return await reply.type(JSON_TYPE).send(streamRows(page.portions(signal), cursors) as never)
      }
      const data = page.rows.flatMap((row, place) => (row === null ? [] : withCursor(row, hits[place]!.cursor)))
      return { success: true as const, data }
    },
  )
}

function countRoute(app: App, { engine }: ServerParts, kind: RecordKind): void {
  const { service, path, tag } = kind
  app.post(
    `${path}/count`,
    {
      schema: {
        tags: [tag],
        headers: readHeaders,
        body: kind.query,
        operationId: `count${tag}`,
        summary: `Count ${path.slice(1)}`,
        description: 'The exact number of matching records. Only the `where` of the query is used.',
        response: success({ count: Type.Integer() }),
      },
      validatorCompiler: checkedByHandler,
    },
    async (request, reply) => {
      const query = parseQuery(service, request.body)
      await awaitRequestedWrites(request, engine)
      const count = await engine.count(service, query.where, endOfReply(reply.raw))
      return { success: true as const, count }
    },
  )
}

function upsertRoute(app: App, { config, upsert, engine }: WriteParts, kind: RecordKind): void {
  const { service, path, tag } = kind
  const uuids = Type.Array(nullable(Type.String({ format: 'uuid' })), { description: 'One per record of the request' })
  app.post(
    `${path}/batch-upsert`,
    {
      config: { takesBatch: service },
      schema: {
        tags: [tag],
        operationId: `upsert${tag}`,
        summary: `Upsert ${path.slice(1)}`,
        description: 'A field that is absent keeps its stored value; null clears it. A batch is one transaction.',
        querystring: onErrorQuery,
        body: Type.Array(reference(`${SCHEMA_NAMES[service]}Record`), { minItems: 1, maxItems: config.maxBatch }),
        response: success<Record<string, TSchema>>({
          [kind.uuidsKey]: uuids,
          rejected: Type.Optional(problems),
          warnings: Type.Optional(problems),
        }),
      },
      validatorCompiler: checkedByHandler,
      serializerCompiler: serialiseReport,
    },
    async (request, reply) => {
      const batch = await takeBatch(request.body, { kind: service, maxBatch: config.maxBatch })
      const reported = refuseOrReport(batch, request.query.on_error === 'skip')
      const { writes } = batch
      const good = writes.filter(write => write !== null)
      const { seq } = await upsert({
        companies: service === 'company' ? good : [],
        contacts: service === 'contact' ? good : [],
      })
      await announceWrite(reply, engine, seq)
      return { success: true as const, [kind.uuidsKey]: writes.map(write => write?.uuid ?? null), ...reported }
    },
  )
}

function getRoute(app: App, { database }: ServerParts, { service, path, tag, row: rowSchema }: RecordKind): void {
  const singular = tag.replace(/ies$/, 'y').replace(/s$/, '')
  app.get(
    `${path}/:uuid`,
    {
      schema: {
        tags: [tag],
        operationId: `get${singular}`,
        summary: `Get one ${service}`,
        description: `The ${service} with this uuid, with all its fields.`,
        params: uuidParams,
        querystring: Type.Object({
          populate: Type.Optional(
            Type.String({
              pattern: '^(company)?$',
              description: '`company`: adds the company of a contact to the reply',
            }),
          ),
          case: Type.Optional(caseSchema('lower')),
        }),
        response: success({ data: rowSchema }),
      },
      serializerCompiler: serialiseRows,
    },
    async request => {
      const uuid = checkedUuid(request.params.uuid)
      const populate = request.query.populate === 'company' && service === 'contact'
      const query = parseQuery(service, { company_config: { populate }, case: request.query.case })
      const row = await fetchOne(database, query, uuid)
      if (row === null) throw new ConnectraError('ERR_NOT_FOUND', `there is no ${service} ${uuid}`)
      return { success: true as const, data: row }
    },
  )
}

const JSON_TYPE = 'application/json; charset=utf-8'

function checkResponseSize(bytes: number, max: number): void {
  if (bytes > max)
    throw new ConnectraError(
      'ERR_RESPONSE_TOO_LARGE',
      `the rows of this page have ${bytes} bytes, but a response may have at most ${max}: send a lower "limit" or fewer "select_columns"`,
    )
}

function checkedUuid(text: string): string {
  if (isUuid(text)) return text.toLowerCase()
  throw new ConnectraError(
    'ERR_INVALID_UUID',
    'the uuid in the path is not valid: a uuid has 8-4-4-4-12 hexadecimal digits',
  )
}
