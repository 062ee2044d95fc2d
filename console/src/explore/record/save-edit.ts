/** Saves one field of a record, and says what has become of it. */
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/client.ts'
import { getRecord, updateRecord, type Value } from '../../api/records.ts'
import { showToast } from '../../ui/toasts.ts'
import { isSameValue } from '../columns/format-value.ts'
import { editField, type FieldEdit, type Stored } from '../records/edit-field.ts'

interface Edit extends FieldEdit {
  /** Of the record, for people. */
  readonly name: string
  readonly label: string
}

const SERVER = { update: updateRecord, read: getRecord }

export async function saveEdit(client: QueryClient, edit: Edit, { isUndo = false } = {}): Promise<void> {
  const { name, label } = edit
  if (isSameValue(edit.before, edit.after)) return
  try {
    report(client, edit, await editField(client, SERVER, edit), isUndo)
  } catch (error) {
    // What was typed is not lost with the connection. A value that was refused would be refused again.
    const again = { label: 'Try again', run: () => void saveEdit(client, edit, { isUndo }) }
    const canRetry = error instanceof ApiError && (error.status === 0 || error.status >= 500)
    const text = `${label} of ${name} was not saved: ${reasonOf(error)}`
    showToast(text, { tone: 'bad', ...(canRetry && { action: again }) })
  }
}

function report(client: QueryClient, edit: Edit, { warnings, before, record }: Stored, isUndo: boolean): void {
  const { name, field, label, after } = edit
  const notes = warnings.filter(warning => warning.field === field).map(({ message }) => message)
  // The server cleans values. Undo writes what was there before.
  const isChanged = record === null || !isSameValue((record[field] ?? null) as Value, before)
  const undo = {
    label: 'Undo',
    run: () => void saveEdit(client, { ...edit, before: after, after: before }, { isUndo: true }),
  }
  if (notes.length > 0) showToast(`${label}: ${notes.join('; ')}`, { tone: 'bad', ...(isChanged && { action: undo }) })
  else if (!isChanged)
    showToast(`${label} of ${name} stays as it was: the value differs in nothing but upper and lower case or spaces.`)
  else if (isUndo) showToast(`${label} of ${name} is as before.`)
  else showToast(`${label} of ${name} ${after === null ? 'cleared' : 'saved'}.`, { action: undo })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
