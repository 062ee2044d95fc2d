/**
 * Stores one field of a record. What is shown changes at once, and changes back if the server refuses. Edits of one record are
 * sent one after the other.
 */
import type { QueryClient } from '@tanstack/react-query'
import type { ErrorDetail } from '../../api/client.ts'
import { invalidateRecords } from '../../api/record-queries.ts'
import type { RecordRow, Service, Value } from '../../api/records.ts'
import { isSameValue } from '../columns/format-value.ts'
import { type Page, patchPage, patchRecord } from './patch-records.ts'
import { addEdit, openEdits, type PendingEdit, removeEdit, withEdits } from './pending-edits.ts'

export interface FieldEdit {
  readonly service: Service
  readonly uuid: string
  readonly field: string
  readonly before: Value
  /** Null clears the field. */
  readonly after: Value
}

export interface RecordServer {
  readonly update: (
    service: Service,
    uuid: string,
    changes: Readonly<Record<string, Value>>,
  ) => Promise<readonly ErrorDetail[]>
  readonly read: (service: Service, uuid: string) => Promise<RecordRow>
}

export interface Stored {
  readonly warnings: readonly ErrorDetail[]
  /** The value before, which undo stores again. */
  readonly before: Value
  /** The record as it is now. Null if it could not be read, which is no failure of the edit. */
  readonly record: RecordRow | null
}

export const recordKey = (service: Service, uuid: string) => ['record', service, uuid] as const

interface OpenEdit extends PendingEdit {
  /** Changes if an earlier edit of the field is refused. */
  before: Value
}

/** The last edit of each record. */
const running = new Map<string, Promise<unknown>>()

/** Throws the error of the server if it refuses. */
export async function editField(client: QueryClient, server: RecordServer, edit: FieldEdit): Promise<Stored> {
  const open = begin(client, edit)
  return await inTurn(edit, () => store(client, server, open))
}

/**
 * The same, but only if the field still has the value `before`, and no other edit of it waits. Otherwise stores nothing, shows what is
 * stored, and returns null. Until that is known, nothing that is shown changes.
 */
export async function undoEdit(client: QueryClient, server: RecordServer, edit: FieldEdit): Promise<Stored | null> {
  return await inTurn(edit, async () => {
    const { service, uuid, field, before } = edit
    const askedAt = performance.now()
    const record = await server.read(service, uuid)
    const hasLater = openEdits(service, uuid).some(later => later.field === field)
    if (!hasLater && isSameValue(storedValue(record, field), before))
      return await store(client, server, begin(client, edit))
    showRecord(client, service, record, askedAt)
    return null
  })
}

/** Runs after all earlier edits of the record. */
async function inTurn<Result>({ service, uuid }: FieldEdit, run: () => Promise<Result>): Promise<Result> {
  const key = `${service} ${uuid}`
  const result = (running.get(key) ?? Promise.resolve()).then(run)
  const settled = result.catch(() => {})
  running.set(key, settled)
  try {
    return await result
  } finally {
    if (running.get(key) === settled) running.delete(key)
  }
}

/** Shows the value before it is stored. */
function begin(client: QueryClient, { service, uuid, field, before, after }: FieldEdit): OpenEdit {
  const open: OpenEdit = { service, uuid, field, before, value: after, storedAt: null }
  addEdit(open)
  show(client, open, { [field]: after })
  return open
}

async function store(client: QueryClient, server: RecordServer, open: OpenEdit): Promise<Stored> {
  const { service, uuid, field, value } = open
  try {
    const warnings = await server.update(service, uuid, { [field]: value })
    const record = await readStored(client, server, open)
    markOthersStale(client, open)
    return { warnings, before: open.before, record }
  } catch (error) {
    takeBack(client, open)
    throw error
  }
}

/** The value of a field as it is stored. Null without one. */
export function storedValue(record: RecordRow, field: string): Value {
  return (record[field] ?? null) as Value
}

function show(client: QueryClient, { service, uuid }: PendingEdit, changes: Readonly<Record<string, Value>>): void {
  client.setQueriesData<Page>({ queryKey: ['pages', service] }, patchPage(uuid, changes))
  client.setQueryData<RecordRow>(recordKey(service, uuid), patchRecord(changes))
}

/** Other fields may follow the edited one, and the server cleans values. Later edits stay on top. */
async function readStored(client: QueryClient, server: RecordServer, open: OpenEdit): Promise<RecordRow | null> {
  const { service, uuid, field } = open
  open.storedAt = performance.now()
  const askedAt = performance.now()
  try {
    const stored = await server.read(service, uuid)
    open.value = storedValue(stored, field)
    showRecord(client, service, stored, askedAt)
    return stored
  } catch {
    return null
  }
}

function showRecord(client: QueryClient, service: Service, record: RecordRow, askedAt: number): void {
  const shown = withEdits(service, record, askedAt)
  client.setQueriesData<Page>({ queryKey: ['pages', service] }, patchPage(record.uuid, shown))
  client.setQueryData(recordKey(service, record.uuid), shown)
}

/** The value before is shown again, or that of a later edit. */
function takeBack(client: QueryClient, open: OpenEdit): void {
  const { service, uuid, field, before } = open
  removeEdit(open)
  const later = openEdits(service, uuid).filter((edit): edit is OpenEdit => edit.field === field)
  const [next] = later
  if (next) next.before = before
  show(client, open, { [field]: later.at(-1)?.value ?? before })
}

/**
 * Counts, facets, the records of the other service and other lists may have changed. The pages of the list that is shown stay, so
 * that a row does not leave its place, or the filter, under the hands of the person who changes it.
 */
function markOthersStale(client: QueryClient, { service, uuid }: PendingEdit): void {
  const isShown = ([kind, of, id]: readonly unknown[]) =>
    of === service && (kind === 'pages' || (kind === 'record' && id === uuid))
  void invalidateRecords(client, queryKey => !isShown(queryKey))
  void client.invalidateQueries({ queryKey: ['pages', service], type: 'inactive', refetchType: 'none' })
}
