/** Views that users of the console have saved: a name for a state of one of its pages. */
import { type Connection, type Database, transaction } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { isNestedDeeper } from '../json/read.ts'
import { isUuid } from '../records/values/uuid.ts'

/** The most views of one owner, and the bytes of their names and states. A list of views is sent as a whole, so it has to be small. */
export const MAX_VIEWS = 500
export const MAX_BYTES = 256 * 1024
/** The same for the shared views of all owners together, which everybody sees. */
export const MAX_SHARED_VIEWS = 1000
export const MAX_SHARED_BYTES = 512 * 1024
/** Bytes of a state as JSON without spaces, and its levels of nesting. */
export const MAX_STATE = 32_768
export const MAX_STATE_LEVELS = 100
export const MAX_VIEW_NAME = 200

/** Held while views are written, so that those who write at the same time cannot exceed a limit together. */
const LOCK = 4852719

export type ViewState = Readonly<Record<string, unknown>>

export interface View {
  readonly uuid: string
  readonly name: string
  readonly service: 'company' | 'contact'
  readonly state: ViewState
  /** Whether everybody sees it. Only its owner can change it. */
  readonly shared: boolean
  /** Whether the user who asks owns it. */
  readonly own: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewView = Pick<View, 'name' | 'service' | 'state' | 'shared'>
export type ViewChange = Partial<Pick<View, 'name' | 'state' | 'shared'>>

/** Who asks: the owner of the views (see KeyHolder), and whether shared views of others may be deleted. */
export interface ViewUser {
  readonly owner: string
  readonly admin: boolean
}

interface ViewRow {
  readonly uuid: string
  readonly name: string
  readonly service: 'company' | 'contact'
  readonly state: ViewState
  readonly shared: boolean
  readonly own: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

/** `$1` is the owner. */
const COLUMNS = 'uuid, name, service, state, shared, holder = $1 AS own, created_at, updated_at'

function viewFromRow(row: ViewRow): View {
  const { created_at: createdAt, updated_at: updatedAt, ...view } = row
  return { ...view, createdAt, updatedAt }
}

/** A view whose state is JSON text. */
export type ListedView = Omit<View, 'state'> & { readonly stateText: string }

/** The views of the user and the shared ones of others, by name. Their states, up to 0.8 MB, are not parsed. */
export async function listViews(database: Database, user: ViewUser): Promise<ListedView[]> {
  const { rows } = await database.query<Omit<ViewRow, 'state'> & { readonly state: string }>(
    `SELECT uuid, name, service, state::text AS state, shared, holder = $1 AS own, created_at, updated_at
     FROM console_views WHERE holder = $1 OR shared ORDER BY lower(name), created_at, uuid`,
    [user.owner],
  )
  return rows.map(({ state: stateText, created_at: createdAt, updated_at: updatedAt, ...view }) => {
    return { ...view, stateText, createdAt, updatedAt }
  })
}

/** ERR_CONFLICT if the user, or all together, would have too many views or too large ones. */
export async function createView(database: Database, user: ViewUser, view: NewView): Promise<View> {
  const values = [user.owner, storable(view.name, 'name'), view.service, stateText(view.state), view.shared]
  return await write(database, user, async connection => {
    const { rows } = await connection.query<ViewRow>(
      `INSERT INTO console_views (holder, name, service, state, shared)
       VALUES ($1::text, $2::text, $3::text, $4::json, $5::boolean) RETURNING ${COLUMNS}`,
      values,
    )
    return rows[0]!
  })
}

/**
 * Changes the parts that are given. ERR_FORBIDDEN if the view is another user's, ERR_NOT_FOUND if the user cannot see it. Otherwise as
 * `createView`.
 */
export async function changeView(
  database: Database,
  user: ViewUser,
  uuid: string,
  { name, state, shared }: ViewChange,
): Promise<View> {
  const values = [
    user.owner,
    requireUuid(uuid),
    name === undefined ? null : storable(name, 'name'),
    state === undefined ? null : stateText(state),
    shared ?? null,
  ]
  return await write(database, user, async connection => {
    const { rows } = await connection.query<ViewRow>(
      `UPDATE console_views SET name = coalesce($3::text, name), state = coalesce($4::json, state),
         shared = coalesce($5::boolean, shared), updated_at = now()
       WHERE uuid = $2 AND holder = $1 RETURNING ${COLUMNS}`,
      values,
    )
    if (rows[0] === undefined) throw await refusal(connection, uuid, 'change')
    return rows[0]
  })
}

async function write(
  database: Database,
  user: ViewUser,
  work: (connection: Connection) => Promise<ViewRow>,
): Promise<View> {
  return await transaction(database, async connection => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const view = viewFromRow(await work(connection))
    await checkLimits(connection, user, view.shared)
    return view
  })
}

interface Sizes {
  readonly views: number
  readonly bytes: number
  readonly shared_views: number
  readonly shared_bytes: number
}

async function checkLimits(connection: Connection, user: ViewUser, shared: boolean): Promise<void> {
  const { rows } = await connection.query<Sizes>(
    `SELECT count(*) FILTER (WHERE own) AS views, coalesce(sum(bytes) FILTER (WHERE own), 0)::bigint AS bytes,
       count(*) FILTER (WHERE shared) AS shared_views,
       coalesce(sum(bytes) FILTER (WHERE shared), 0)::bigint AS shared_bytes
     FROM (
       SELECT holder = $1 AS own, shared, octet_length(name) + octet_length(state::text) AS bytes
       FROM console_views WHERE holder = $1 OR shared
     ) AS visible`,
    [user.owner],
  )
  const sizes = rows[0]!
  if (sizes.views > MAX_VIEWS) throw tooMany(`this key would have more than ${MAX_VIEWS} views: delete one first`)
  if (sizes.bytes > MAX_BYTES)
    throw tooMany(
      `the views of this key would have ${sizes.bytes} bytes, more than the limit of ${MAX_BYTES}: delete one first`,
    )
  if (!shared || (sizes.shared_views <= MAX_SHARED_VIEWS && sizes.shared_bytes <= MAX_SHARED_BYTES)) return
  throw tooMany(
    `there would be more than ${MAX_SHARED_VIEWS} shared views, or more than ${MAX_SHARED_BYTES} bytes of them: save the view without sharing it, or delete shared ones, which an admin key may do`,
  )
}

function tooMany(message: string): ConnectraError {
  return new ConnectraError('ERR_CONFLICT', message)
}

/** Admins may delete the shared views of others. Errors are those of `changeView`. */
export async function deleteView(database: Database, user: ViewUser, uuid: string): Promise<void> {
  const { rowCount } = await database.query(
    'DELETE FROM console_views WHERE uuid = $1 AND (holder = $2 OR ($3 AND shared))',
    [requireUuid(uuid), user.owner, user.admin],
  )
  if (rowCount === 0) throw await refusal(database, uuid, 'delete')
}

/** A private view of another user must not be told apart from one that does not exist. */
async function refusal(
  database: Pick<Database, 'query'>,
  uuid: string,
  action: 'change' | 'delete',
): Promise<ConnectraError> {
  const { rowCount } = await database.query('SELECT FROM console_views WHERE uuid = $1 AND shared', [uuid])
  if (rowCount === 0) return notFound(uuid)
  const who =
    action === 'change' ? 'only its owner can change it. Save a copy' : 'use its key or an admin key to delete it'
  return new ConnectraError('ERR_FORBIDDEN', `the view ${uuid} belongs to another key: ${who}`)
}

function notFound(uuid: string): ConnectraError {
  return new ConnectraError('ERR_NOT_FOUND', `there is no view ${uuid}: see GET /console/views`)
}

/** Text that is not a UUID belongs to no view. PostgreSQL would raise a syntax error for it. */
function requireUuid(uuid: string): string {
  if (isUuid(uuid)) return uuid
  throw notFound(uuid)
}

function stateText(state: ViewState): string {
  if (isNestedDeeper(state, MAX_STATE_LEVELS))
    throw new ConnectraError('ERR_INVALID_VALUE', `state is nested more than ${MAX_STATE_LEVELS} levels deep`)
  const text = JSON.stringify(state)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_STATE)
    throw new ConnectraError(
      'ERR_VALUE_TOO_LONG',
      `state has ${bytes} bytes as JSON without spaces, more than the limit of ${MAX_STATE}`,
    )
  // In JSON.stringify's output a backslash that escapes another one is not the beginning of an escape.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)) throw unstorable('state')
  return text
}

function storable(text: string, field: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw unstorable(field)
  return text
}

/** PostgreSQL cannot store these characters. */
function unstorable(field: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_VALUE', `${field} contains a NUL character or a lone surrogate: remove it`)
}
