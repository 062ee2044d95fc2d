/** Views that users of the console save. */
import { type Static, Type } from 'typebox'
import {
  changeView,
  createView,
  deleteView,
  type ListedView,
  listViews,
  MAX_BYTES,
  MAX_SHARED_BYTES,
  MAX_SHARED_VIEWS,
  MAX_STATE,
  MAX_STATE_LEVELS,
  MAX_VIEW_NAME,
  MAX_VIEWS,
  type View,
  type ViewState,
} from '../../console/views.ts'
import { ConnectraError } from '../../errors.ts'
import { SERVICES } from '../../fields.ts'
import { show } from '../../json/read.ts'
import { createGate } from '../../runtime/gate.ts'
import { whileConnected } from '../connections/on-disconnect.ts'
import type { App, ServerParts } from '../parts.ts'
import { strings, withNulls } from '../schemas/parts.ts'
import { success, uuidParams } from '../schemas.ts'
import { checkedAs } from '../validation.ts'

/** Bytes of a body. A state may be six times as long if all its letters are escaped. */
const MAX_BODY = 256 * 1024

const date = Type.String({ format: 'date-time' })
const shown = (limit: number) => limit.toLocaleString('en')
const stateMember = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: `Any JSON object of at most ${shown(MAX_STATE)} bytes, in UTF-8 and without spaces between its parts, and ${MAX_STATE_LEVELS} levels of nesting`,
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

/** One list at a time: making the largest one takes up to 10 ms, in which other requests wait. */
function listRoute(app: App, { database }: ServerParts): void {
  const gate = createGate(1)
  app.get(
    '/console/views',
    {
      schema: {
        tags: ['Console'],
        operationId: 'listViews',
        summary: 'List saved views',
        description: `The views of the key and the shared views of other keys, by name. A session has the views of the key that opened it;
all sessions that were opened by a sign-in code have the same views.`,
        response: success({ data: Type.Array(view) }),
      },
    },
    async (request, reply) => {
      const text = await whileConnected(request.raw.socket, signal =>
        gate(async () => listToJson(await listViews(database, request.holder!)), signal),
      )
      return await reply.type('application/json; charset=utf-8').send(text as never)
    },
  )
}

function createRoute(app: App, { database }: ServerParts): void {
  app.post(
    '/console/views',
    {
      bodyLimit: MAX_BODY,
      schema: {
        tags: ['Console'],
        operationId: 'createView',
        summary: 'Save a view',
        description: `A key may have ${MAX_VIEWS} views with ${shown(MAX_BYTES)} bytes of names and states. All keys together may have
${shown(MAX_SHARED_VIEWS)} shared views with ${shown(MAX_SHARED_BYTES)} bytes.`,
        body: Type.Unsafe<Static<typeof newView>>(withNulls(newView)),
        response: success({ data: view }),
      },
      validatorCompiler: checkedAs({ body: checkedNewView }),
    },
    async request => {
      const { shared = false, ...rest } = request.body
      requireState(rest.state)
      const created = await createView(database, request.holder!, { ...rest, shared })
      return { success: true as const, data: viewToJson(created) }
    },
  )
}

function singleViewRoutes(app: App, { database }: ServerParts): void {
  app.post(
    '/console/views/:uuid',
    {
      bodyLimit: MAX_BODY,
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
      const changed = await changeView(database, request.holder!, request.params.uuid, request.body)
      return { success: true as const, data: viewToJson(changed) }
    },
  )
  app.post(
    '/console/views/:uuid/delete',
    {
      bodyLimit: MAX_BODY,
      schema: {
        tags: ['Console'],
        operationId: 'deleteView',
        summary: 'Delete a view',
        description: 'Only the owner can delete a view; an admin key can also delete the shared views of others.',
        params: uuidParams,
        response: success({}),
      },
    },
    async request => {
      await deleteView(database, request.holder!, request.params.uuid)
      return { success: true as const }
    },
  )
}
