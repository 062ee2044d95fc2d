/** Views that users of the console save. Sessions share theirs, because whoever runs the server opened all of them. */
import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import type { KeyHolder } from '../../access/keys.ts'
import {
  changeView,
  createView,
  deleteView,
  type ListedView,
  listViews,
  MAX_STATE,
  MAX_VIEW_NAME,
  MAX_VIEWS,
  type View,
  type ViewState,
  type ViewUser,
} from '../../console/views.ts'
import { ConnectraError } from '../../errors.ts'
import { SERVICES } from '../../fields.ts'
import { show } from '../../json/read.ts'
import type { App, ServerParts } from '../parts.ts'
import { strings, withNulls } from '../schemas/parts.ts'
import { success, uuidParams } from '../schemas.ts'
import { checkedAs } from '../validation.ts'

const date = Type.String({ format: 'date-time' })
const stateMember = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: `Any JSON object of up to ${MAX_STATE.toLocaleString('en')} bytes`,
})
const viewSchema = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  name: Type.String(),
  service: strings(SERVICES),
  state: stateMember,
  shared: Type.Boolean({ description: 'Whether all keys see the view. Only its owner can change it' }),
  own: Type.Boolean({ description: 'Whether the view belongs to the key of the request' }),
  created_at: date,
  updated_at: date,
})
const view = Type.Unsafe<Static<typeof viewSchema>>({ $ref: 'View#' })

const name = Type.String({ pattern: '\\S', maxLength: MAX_VIEW_NAME })
const shared = Type.Optional(Type.Boolean({ description: 'Whether all keys see the view. Default: false' }))
const CLOSED = { additionalProperties: false } as const

/** A longer list is streamed, because a text is compressed in this thread. Characters. */
const STREAM_FROM = 256 * 1024
const PORTION = 64 * 1024

const newView = Type.Object({ name, service: strings(SERVICES), state: stateMember, shared }, CLOSED)
const viewChange = Type.Object(
  {
    name: Type.Optional(name),
    state: Type.Optional(stateMember),
    shared: Type.Optional(Type.Boolean({ description: 'Whether all keys see the view' })),
  },
  CLOSED,
)

/** What bodies are checked against. An empty object counts as not sent if its schema has a type, and a state may be empty. */
const checkedState = Type.Unsafe<ViewState>({})
const checkedNewView = Type.Object({ ...newView.properties, state: checkedState }, CLOSED)
const checkedChange = Type.Object({ ...viewChange.properties, state: Type.Optional(checkedState) }, CLOSED)

function requireState(state: ViewState): void {
  if (typeof state !== 'object' || Array.isArray(state))
    throw new ConnectraError('ERR_INVALID_VALUE', `state must be an object, not ${show(state)}`)
}

export function consoleViewRoutes(app: App, parts: ServerParts): void {
  app.addSchema({ $id: 'View', ...viewSchema })
  listRoute(app, parts)
  createRoute(app, parts)
  singleViewRoutes(app, parts)
}

function userOf({ id, admin, session }: KeyHolder): ViewUser {
  return { id: session ? 'console' : id, admin }
}

function viewToJson({ createdAt, updatedAt, ...view }: View): Static<typeof viewSchema> {
  return { ...view, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() }
}

/** The text of a reply with a list of views. */
function listToJson(views: readonly ListedView[]): string {
  const items = views.map(({ uuid, name, service, stateText, shared, own, createdAt, updatedAt }) => {
    const before = JSON.stringify({ uuid, name, service }).slice(0, -1)
    const after = JSON.stringify({ shared, own, created_at: createdAt, updated_at: updatedAt }).slice(1)
    return `${before},"state":${stateText},${after}`
  })
  return `{"success":true,"data":[${items.join(',')}]}`
}

function* portionsOf(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += PORTION) yield bytes.subarray(start, start + PORTION)
}

function listRoute(app: App, { database }: ServerParts): void {
  app.get(
    '/console/views',
    {
      schema: {
        tags: ['Console'],
        operationId: 'listViews',
        summary: 'List saved views',
        description: 'The views of the key and the shared views of other keys, by name.',
        response: success({ data: Type.Array(view) }),
      },
    },
    async (request, reply) => {
      const text = listToJson(await listViews(database, userOf(request.holder!)))
      const payload = text.length < STREAM_FROM ? text : Readable.from(portionsOf(text), { objectMode: false })
      return await reply.type('application/json; charset=utf-8').send(payload as never)
    },
  )
}

function createRoute(app: App, { database }: ServerParts): void {
  app.post(
    '/console/views',
    {
      schema: {
        tags: ['Console'],
        operationId: 'createView',
        summary: 'Save a view',
        description: `A key may have ${MAX_VIEWS} views.`,
        body: Type.Unsafe<Static<typeof newView>>(withNulls(newView)),
        response: success({ data: view }),
      },
      validatorCompiler: checkedAs({ body: checkedNewView }),
    },
    async request => {
      const { shared = false, ...rest } = request.body
      requireState(rest.state)
      const created = await createView(database, userOf(request.holder!), { ...rest, shared })
      return { success: true as const, data: viewToJson(created) }
    },
  )
}

function singleViewRoutes(app: App, { database }: ServerParts): void {
  app.post(
    '/console/views/:uuid',
    {
      schema: {
        tags: ['Console'],
        operationId: 'updateView',
        summary: 'Change a view',
        description: 'Members that are not sent stay as they are. Only the owner can change a view.',
        params: uuidParams,
        body: Type.Unsafe<Static<typeof viewChange>>(withNulls(viewChange)),
        response: success({ data: view }),
      },
      validatorCompiler: checkedAs({ body: checkedChange }),
    },
    async request => {
      if (request.body.state !== undefined) requireState(request.body.state)
      const changed = await changeView(database, userOf(request.holder!), request.params.uuid, request.body)
      return { success: true as const, data: viewToJson(changed) }
    },
  )
  app.post(
    '/console/views/:uuid/delete',
    {
      schema: {
        tags: ['Console'],
        operationId: 'deleteView',
        summary: 'Delete a view',
        description: 'Only the owner or an admin key can delete a view.',
        params: uuidParams,
        response: success({}),
      },
    },
    async request => {
      await deleteView(database, userOf(request.holder!), request.params.uuid)
      return { success: true as const }
    },
  )
}
