/** Sessions of the console: shows the key of a request, opens a session with a key or a sign-in code, and ends one. */
import { type Static, Type } from 'typebox'
import type { KeyHolder } from '../../access/key-ring.ts'
import type { CreatedKey } from '../../access/key-rows.ts'
import { revokeKey } from '../../access/revoke-key.ts'
import {
  isSignInCode,
  openSessionWithCode,
  openSessionWithKey,
  SESSIONS_OF_A_KEY,
  type SessionOptions,
} from '../../access/sessions.ts'
import type { Database } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import { packageJson } from '../../package-json.ts'
import { logKeyEvent } from '../access-log.ts'
import { unauthorized } from '../auth.ts'
import { createExchangeGate } from '../exchange-gate.ts'
import type { App, ServerParts } from '../parts.ts'
import { withNulls } from '../schemas/parts.ts'
import { success } from '../schemas.ts'
import { checkedAs } from '../validation.ts'
import { refreshKeys } from './admin-keys.ts'

/** Bytes of a body. */
const MAX_BODY = 1024

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
    code: Type.Optional(
      Type.String({
        description:
          'The code in the address that `connectra console` prints. Without it, the request needs an API key',
      }),
    ),
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
    async request => {
      const { name, admin, expiresAt } = request.holder!
      const data = { name, admin, expires_at: expiresAt?.toISOString() ?? null, version: packageJson.version }
      return { success: true as const, data }
    },
  )
}

function createRoute(app: App, { database, keys }: ServerParts): void {
  const exchange = createExchangeGate()
  app.post(
    '/console/session',
    {
      config: { open: true, takesKey: true },
      bodyLimit: MAX_BODY,
      schema: {
        tags: ['Console'],
        operationId: 'createSession',
        summary: 'Sign in with an API key or a code',
        description: `Opens a session: a key that expires. With an API key, the session has its name and rights and ends with it; a key may
have ${SESSIONS_OF_A_KEY} sessions, and a further one ends the oldest. With a code, it has admin rights and no key is needed: \`connectra console\` prints an
address with a code, which is valid for 15 minutes and can be used once.`,
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
    async request => {
      const { code, remember = false } = request.body
      const { holder } = request
      let open: () => Promise<CreatedKey>
      if (code !== undefined) {
        // Such a code takes no place at the gate.
        if (!isSignInCode(code)) throw wrongCode()
        open = async () => await openWithCode(database, code, { remember })
      } else {
        if (holder === null) throw unauthorized(request.headers)
        open = async () => await openWithKey(database, holder, { remember })
      }
      const { key, id, name, admin, expiresAt } = await exchange(request, open)
      await refreshKeys(keys)
      logKeyEvent(request, code === undefined ? 'session opened with a key' : 'session opened with a code', id)
      return { success: true as const, data: { key, name, admin, expires_at: expiresAt?.toISOString() ?? null } }
    },
  )
}

async function openWithCode(database: Database, code: string, options: SessionOptions): Promise<CreatedKey> {
  const created = await openSessionWithCode(database, code, options)
  if (created === null) throw wrongCode()
  return created
}

async function openWithKey(database: Database, holder: KeyHolder, options: SessionOptions): Promise<CreatedKey> {
  if (holder.session)
    throw new ConnectraError(
      'ERR_CONFLICT',
      'this key is that of a session already: sign in with an API key, or run `connectra console` on the server for a code',
    )
  return await openSessionWithKey(database, holder, options)
}

function wrongCode(): ConnectraError {
  return new ConnectraError(
    'ERR_FORBIDDEN',
    'the sign-in code is wrong, expired or already used: sign in with an API key, or run `connectra console` on the server for a new code',
  )
}

function endRoute(app: App, { database, keys }: ServerParts): void {
  app.post(
    '/console/session/end',
    {
      bodyLimit: MAX_BODY,
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
      logKeyEvent(request, 'session ended', id)
      return { success: true as const }
    },
  )
}
