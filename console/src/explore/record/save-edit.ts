/** Saves one field of a record. What is shown changes at once, and changes back if the server refuses. */
import type { QueryClient } from '@tanstack/react-query'
import type { ErrorDetail } from '../../api/client.ts'
import { getRecord, type RecordRow, type Service, updateRecord, type Value } from '../../api/records.ts'
import { showToast } from '../../ui/toast.tsx'
import { isSameValue } from '../table/format-value.ts'
import { type Pages, patchPages, patchRecord } from './patch-records.ts'

export interface Edit {
  readonly service: Service
  readonly uuid: string
  /** Of the record, for people. */
  readonly name: string
  readonly field: string
  readonly label: string
  readonly before: Value
  /** Null clears the field. */
  readonly after: Value
}

export const recordKey = (service: Service, uuid: string) => ['record', service, uuid] as const

export async function saveEdit(queryClient: QueryClient, edit: Edit, { isUndo = false } = {}): Promise<void> {
  const { service, uuid, name, field, label, before, after } = edit
  if (isSameValue(before, after)) return
  show(queryClient, edit, { [field]: after })
  let warnings: readonly ErrorDetail[]
  try {
    warnings = await updateRecord(service, uuid, { [field]: after })
  } catch (error) {
    show(queryClient, edit, { [field]: before })
    showToast(`${label} of ${name} was not saved: ${reasonOf(error)}`, { tone: 'bad' })
    return
  }
  const stored = await readStored(queryClient, edit)
  refreshOthers(queryClient, service)
  report()

  function report() {
    const notes = warnings.filter(warning => warning.field === field).map(({ message }) => message)
    // The server cleans values, and other fields may follow. Undo writes what was there before.
    const isChanged = stored === null || !isSameValue((stored[field] ?? null) as Value, before)
    const undo = {
      label: 'Undo',
      run: () => void saveEdit(queryClient, { ...edit, before: after, after: before }, { isUndo: true }),
    }
    if (notes.length > 0)
      showToast(`${label}: ${notes.join('; ')}`, { tone: 'bad', ...(isChanged && { action: undo }) })
    else if (!isChanged)
      showToast(`${label} of ${name} stays as it was: the value differs in nothing but upper and lower case or spaces.`)
    else if (isUndo) showToast(`${label} of ${name} is as before.`)
    else showToast(`${label} of ${name} ${after === null ? 'cleared' : 'saved'}.`, { action: undo })
  }
}

function show(queryClient: QueryClient, { service, uuid }: Edit, changes: Readonly<Record<string, Value>>): void {
  queryClient.setQueriesData<Pages>({ queryKey: ['pages', service] }, patchPages(uuid, changes))
  queryClient.setQueryData<RecordRow>(recordKey(service, uuid), patchRecord(changes))
}

/** The record as it is now, which is then shown. Null if it cannot be read, which is no failure of the change. */
async function readStored(queryClient: QueryClient, { service, uuid }: Edit): Promise<RecordRow | null> {
  try {
    const stored = await getRecord(service, uuid)
    queryClient.setQueriesData<Pages>({ queryKey: ['pages', service] }, patchPages(uuid, stored))
    queryClient.setQueryData(recordKey(service, uuid), stored)
    return stored
  } catch {
    return null
  }
}

/**
 * Counts, facets and the records of the other service may have changed. The list itself stays, so that a row does not leave its
 * place, or the filter, under the hands of the person who changes it.
 */
function refreshOthers(queryClient: QueryClient, service: Service): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [kind, of] }) =>
      kind !== 'session' && kind !== 'record' && !(kind === 'pages' && of === service),
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
