/** Sessions of the console: shows the key of a request, exchanges a sign-in code for a session, and ends a session. */
import { type Static, Type } from 'typebox'
import { revokeKey } from '../../access/keys.ts'
import { openSession } from '../../access/sessions.ts'
import { ConnectraError } from '../../errors.ts'
import { packageJson } from '../../package-json.ts'
import { createGate } from '../../runtime/gate.ts'
import type { App, ServerParts } from '../parts.ts'
import { withNulls } from '../schemas/parts.ts'
import { success } from '../schemas.ts'
import { checkedAs } from '../validation.ts'
import { refreshKeys } from './admin-keys.ts'

/** Bytes of the body with a code. */
const MAX_CODE_BODY = 1024
/** Anybody can send codes. So they get few connections to the database, and few of them may wait for these. */
const EXCHANGES_AT_A_TIME = 2
const MAX_EXCHANGES = 100

const sessionMembers = {
  name: Type.String({ description: 'The name of the key' }),
  admin: Type.Boolean({ description: 'Whether the key may manage keys' }),
  expires_at: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'Null if the key does not expire',
  }),
}

const newSession = Type.Object(
  {
    code: Type.String({ description: 'The code in the address that `connectra console` prints' }),
    remember: Type.Optional(
      Type.Boolean({ description: 'Whether the session lasts 30 days instead of 12 hours. Default: false' }),
    ),
  },
  { additionalProperties: false },
)

export function consoleSessionRoutes(app: App, parts: ServerParts): void {
  getRoute(app)
  createRoute(app, parts)
  endRoute(app, parts)
}

function getRoute(app: App): void {
  app.get(
    '/console/session',
    {
      schema: {
        tags: ['Console'],
        operationId: 'getSession',
        summary: 'Get the key of the request',
        description:
          'What the console needs to know about the key that it is used with, and the version of the server.',
        response: success({ data: Type.Object({ ...sessionMembers, version: Type.String() }) }),
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store')
      const { name, admin, expiresAt } = request.holder!
      const data = { name, admin, expires_at: expiresAt?.toISOString() ?? null, version: packageJson.version }
      return { success: true as const, data }
    },
  )
}

function createRoute(app: App, { database, keys }: ServerParts): void {
  const exchange = createGate(EXCHANGES_AT_A_TIME)
  let pending = 0
  app.post(
    '/console/session',
    {
      config: { open: true },
      bodyLimit: MAX_CODE_BODY,
      schema: {
        tags: ['Console'],
        operationId: 'createSession',
        summary: 'Sign in with a code',
        description:
          'Exchanges a code for the key of a session, an admin key that expires. `connectra console` prints an address with a code, which is valid for 15 minutes and can be used once.',
        body: Type.Unsafe<Static<typeof newSession>>(withNulls(newSession)),
        response: success({
          data: Type.Object({
            key: Type.String({
              description: 'The API key of the session. It cannot be shown again',
              examples: ['ck_…'],
            }),
            ...sessionMembers,
          }),
        }),
      },
      validatorCompiler: checkedAs({ body: newSession }),
    },
    async (request, reply) => {
      const { code, remember = false } = request.body
      if (pending >= MAX_EXCHANGES)
        throw new ConnectraError('ERR_RATE_LIMITED', 'too many attempts to sign in: try again in a second', {
          retryAfter: 1,
        })
      pending++
      const created = await exchange(() => openSession(database, code, { remember })).finally(() => {
        pending--
      })
      if (created === null)
        throw new ConnectraError(
          'ERR_FORBIDDEN',
          'the sign-in code is wrong, expired or already used: sign in with an API key, or run `connectra console` on the server for a new code',
        )
      await refreshKeys(keys)
      reply.header('Cache-Control', 'no-store')
      const { key, name, admin, expiresAt } = created
      return { success: true as const, data: { key, name, admin, expires_at: expiresAt?.toISOString() ?? null } }
    },
  )
}

function endRoute(app: App, { database, keys }: ServerParts): void {
  app.post(
    '/console/session/end',
    {
      schema: {
        tags: ['Console'],
        operationId: 'endSession',
        summary: 'Sign out',
        description: 'Revokes the key of the request, which has to be the key of a session.',
        response: success({}),
      },
    },
    async request => {
      const { id, session } = request.holder!
      if (!session)
        throw new ConnectraError(
          'ERR_CONFLICT',
          'this API key is not a session, so it stays valid: to end its use, revoke it with another admin key or with "connectra keys revoke"',
        )
      await revokeKey(database, Number(id))
      await refreshKeys(keys)
      return { success: true as const }
    },
  )
}
