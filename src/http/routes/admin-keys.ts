/** Lists, creates and revokes API keys, for holders of admin keys. */
import { type Static, Type } from 'typebox'
import type { KeyHolder, KeyRing } from '../../access/key-ring.ts'
import type { StoredKey } from '../../access/key-rows.ts'
import { createKey, listKeys } from '../../access/keys.ts'
import { revokeKeyFor } from '../../access/revoke-key.ts'
import { ConnectraError } from '../../errors.ts'
import { logKeyEvent } from '../access-log.ts'
import type { App, ServerParts } from '../parts.ts'
import { withNulls } from '../schemas/parts.ts'
import { success } from '../schemas.ts'
import { checkedAs } from '../validation.ts'

/** Bytes of a body: a name of 200 characters, each of which may be escaped. */
const MAX_BODY = 4096

const date = { type: 'string', format: 'date-time' } as const
const dateOrNull = { type: ['string', 'null'], format: 'date-time' } as const

const keyMembers = {
  id: Type.Integer(),
  name: Type.String(),
  prefix: Type.String({ description: 'The first characters of the key; empty if the key is too short to show any' }),
  last_four: Type.String({ description: 'The last four characters of the key; empty if the key is too short' }),
  admin: Type.Boolean({ description: 'Whether the key may manage keys' }),
  session: Type.Boolean({ description: 'Whether it is the key of a session of the console' }),
  created_by: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description:
      'The `id` of the key that created it or opened the session; `environment-…` for a key in `API_KEYS`; `console` for a sign-in code, or a session that was opened by one; null: the command line or the first start',
  }),
  created_at: Type.Unsafe<string>(date),
  expires_at: Type.Unsafe<string | null>({ ...dateOrNull, description: 'Null if the key does not expire' }),
  revoked_at: Type.Unsafe<string | null>({ ...dateOrNull, description: 'Null if the key is not revoked' }),
}
const keySchema = Type.Object(keyMembers)
type KeyJson = Static<typeof keySchema>
const storedKey = Type.Unsafe<KeyJson>({ $ref: 'ApiKey#' })
const createdKey = Type.Object({
  ...keyMembers,
  key: Type.String({ description: 'The key itself. It cannot be shown again', examples: ['ck_…'] }),
})

const newKey = Type.Object(
  {
    name: Type.String({ pattern: '\\S', maxLength: 200, description: 'What the key is for' }),
    admin: Type.Optional(Type.Boolean({ description: 'Whether the key may manage keys. Default: false' })),
  },
  { additionalProperties: false },
)

export function adminKeyRoutes(app: App, parts: ServerParts): void {
  app.addSchema({ $id: 'ApiKey', ...keySchema })
  listRoute(app, parts)
  createRoute(app, parts)
  revokeRoute(app, parts)
}

function keyToJson(key: StoredKey): KeyJson {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    last_four: key.lastFour,
    admin: key.admin,
    session: key.session,
    created_by: key.createdBy,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  }
}

/** Makes a change effective on this server before the reply. A failure does not matter: the notification of the change follows. */
export async function refreshKeys(keys: KeyRing): Promise<void> {
  await keys.refresh().catch(() => {})
}

function listRoute(app: App, { database }: ServerParts): void {
  app.get(
    '/admin/keys',
    {
      config: { admin: true },
      schema: {
        tags: ['Keys'],
        operationId: 'listKeys',
        summary: 'List API keys, oldest first',
        description:
          'All keys in the database, including revoked ones and those of sessions of the console. Keys in the setting `API_KEYS` are not listed. Needs an admin key.',
        response: success({ data: Type.Array(storedKey) }),
      },
    },
    async () => ({ success: true as const, data: (await listKeys(database)).map(keyToJson) }),
  )
}

function createRoute(app: App, { database, keys }: ServerParts): void {
  app.post(
    '/admin/keys',
    {
      config: { admin: true },
      bodyLimit: MAX_BODY,
      schema: {
        tags: ['Keys'],
        operationId: 'createKey',
        summary: 'Create an API key',
        description: 'The reply contains the key, which cannot be shown again. Needs an admin key.',
        body: Type.Unsafe<Static<typeof newKey>>(withNulls(newKey)),
        response: success({ data: createdKey }),
      },
      validatorCompiler: checkedAs({ body: newKey }),
    },
    async request => {
      const { name, admin = false } = request.body
      if (name.includes('\0') || !name.isWellFormed())
        throw new ConnectraError('ERR_INVALID_VALUE', 'name contains a NUL character or a lone surrogate: remove it')
      const created = await createKey(database, name, { admin, by: request.holder! })
      await refreshKeys(keys)
      logKeyEvent(request, admin ? 'admin key created' : 'key created', created.id)
      return { success: true as const, data: { ...keyToJson(created), key: created.key } }
    },
  )
}

function revokeRoute(app: App, { database, keys }: ServerParts): void {
  app.post(
    '/admin/keys/:id/revoke',
    {
      config: { admin: true },
      bodyLimit: MAX_BODY,
      schema: {
        tags: ['Keys'],
        operationId: 'revokeKey',
        summary: 'Revoke an API key',
        description:
          'Also ends the sessions that it has opened, and deletes its views that are not shared. This cannot be undone. A key cannot revoke itself, and the last admin key cannot be revoked. Needs an admin key.',
        params: Type.Object({
          id: Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'The `id` of the key', examples: ['2'] }),
        }),
        response: success({ data: storedKey }),
      },
    },
    async request => {
      const { id } = request.params
      if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound(id)
      const by = request.holder!
      if (by.id === id || by.owner === id) throw revokesItself(id, by)
      const revoked = await revokeKeyFor(database, Number(id), { by, environment: keys.environment })
      if (revoked === null) throw notFound(id)
      await refreshKeys(keys)
      logKeyEvent(request, 'key revoked', id)
      return { success: true as const, data: keyToJson(revoked) }
    },
  )
}

function revokesItself(id: string, by: KeyHolder): ConnectraError {
  const what = by.id === id ? `key ${id} itself` : `a session of key ${id}`
  const how =
    by.session && by.id === id
      ? 'end the session with POST /console/session/end'
      : `revoke it with another admin key, or with "connectra keys revoke ${id}"`
  return new ConnectraError('ERR_CONFLICT', `the request was sent with ${what}: ${how}`)
}

function notFound(id: string): ConnectraError {
  return new ConnectraError('ERR_NOT_FOUND', `there is no key ${id}, or it is already revoked: see GET /admin/keys`)
}
