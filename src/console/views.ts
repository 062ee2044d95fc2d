/** Views that users of the console have saved: a name for a state of one of its pages. */
import type { Database } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { isUuid } from '../records/values/uuid.ts'

/** The most views of one holder. */
export const MAX_VIEWS = 500
/** Bytes of a state as JSON. */
export const MAX_STATE = 32_768
export const MAX_VIEW_NAME = 200

export type ViewState = Readonly<Record<string, unknown>>

export interface View {
  readonly uuid: string
  readonly name: string
  readonly service: 'company' | 'contact'
  readonly state: ViewState
  /** Whether everybody sees it. Only its owner can change it. */
  readonly shared: boolean
  /** Whether the holder who asks owns it. */
  readonly own: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewView = Pick<View, 'name' | 'service' | 'state' | 'shared'>
export type ViewChange = Partial<Pick<View, 'name' | 'state' | 'shared'>>

/** Who asks: the id that owns the views, and whether views of others may be deleted. */
export interface ViewUser {
  readonly id: string
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

/** `$1` is the id of the user. */
const COLUMNS = 'uuid, name, service, state, shared, holder = $1 AS own, created_at, updated_at'

function viewFromRow(row: ViewRow): View {
  const { created_at: createdAt, updated_at: updatedAt, ...view } = row
  return { ...view, createdAt, updatedAt }
}

/** A view whose state is JSON text. */
export type ListedView = Omit<View, 'state'> & { readonly stateText: string }

/** The views of the user and the shared ones of others, by name. States are not parsed: there may be 16 MB of them for each user. */
export async function listViews(database: Database, user: ViewUser): Promise<ListedView[]> {
  const { rows } = await database.query<Omit<ViewRow, 'state'> & { readonly state: string }>(
    `SELECT uuid, name, service, state::text AS state, shared, holder = $1 AS own, created_at, updated_at
     FROM console_views WHERE holder = $1 OR shared ORDER BY lower(name), created_at, uuid`,
    [user.id],
  )
  return rows.map(({ state: stateText, created_at: createdAt, updated_at: updatedAt, ...view }) => {
    return { ...view, stateText, createdAt, updatedAt }
  })
}

/** ERR_CONFLICT if the user has 500 views. Concurrent requests may exceed that by a few. */
export async function createView(database: Database, user: ViewUser, view: NewView): Promise<View> {
  const { rows } = await database.query<ViewRow>(
    `INSERT INTO console_views (holder, name, service, state, shared)
     SELECT $1::text, $2::text, $3::text, $4::jsonb, $5::boolean
     WHERE (SELECT count(*) FROM console_views WHERE holder = $1) < ${MAX_VIEWS}
     RETURNING ${COLUMNS}`,
    [user.id, storable(view.name, 'name'), view.service, stateText(view.state), view.shared],
  )
  if (rows[0]) return viewFromRow(rows[0])
  throw new ConnectraError('ERR_CONFLICT', `there are already ${MAX_VIEWS} views of this key: delete one first`)
}

/** Changes the parts that are given. ERR_FORBIDDEN if the view is another user's, ERR_NOT_FOUND if the user cannot see it. */
export async function changeView(
  database: Database,
  user: ViewUser,
  uuid: string,
  { name, state, shared }: ViewChange,
): Promise<View> {
  const { rows } = await database.query<ViewRow>(
    `UPDATE console_views SET name = coalesce($3::text, name), state = coalesce($4::jsonb, state),
       shared = coalesce($5::boolean, shared), updated_at = now()
     WHERE uuid = $2 AND holder = $1 RETURNING ${COLUMNS}`,
    [
      user.id,
      requireUuid(uuid),
      name === undefined ? null : storable(name, 'name'),
      state === undefined ? null : stateText(state),
      shared ?? null,
    ],
  )
  if (rows[0]) return viewFromRow(rows[0])
  throw await refusal(database, uuid, 'change')
}

/** Admins may delete the views of others. Errors are those of `changeView`. */
export async function deleteView(database: Database, user: ViewUser, uuid: string): Promise<void> {
  const { rowCount } = await database.query('DELETE FROM console_views WHERE uuid = $1 AND (holder = $2 OR $3)', [
    requireUuid(uuid),
    user.id,
    user.admin,
  ])
  if (rowCount === 0) throw await refusal(database, uuid, 'delete')
}

/** A private view of another user must not be told apart from one that does not exist. */
async function refusal(database: Database, uuid: string, action: 'change' | 'delete'): Promise<ConnectraError> {
  const { rowCount } = await database.query('SELECT FROM console_views WHERE uuid = $1 AND shared', [uuid])
  if (rowCount === 0) return notFound(uuid)
  const who =
    action === 'change' ? 'only its owner can change it. Save a copy' : 'use its key or an admin key to delete it'
  return new ConnectraError('ERR_FORBIDDEN', `the view ${uuid} belongs to another key: ${who}`)
}

function notFound(uuid: string): ConnectraError {
  return new ConnectraError('ERR_NOT_FOUND', `there is no view ${uuid}`)
}

/** Text that is not a UUID belongs to no view. PostgreSQL would raise a syntax error for it. */
function requireUuid(uuid: string): string {
  if (isUuid(uuid)) return uuid
  throw notFound(uuid)
}

function stateText(state: ViewState): string {
  const text = JSON.stringify(state)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_STATE)
    throw new ConnectraError('ERR_VALUE_TOO_LONG', `state has ${bytes} bytes of JSON: at most ${MAX_STATE} are allowed`)
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
