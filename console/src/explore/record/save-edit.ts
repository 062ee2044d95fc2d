/** Saves one field of a record, says what has become of it, and undoes it. */
import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/client.ts'
import { getRecord, updateRecord } from '../../api/records.ts'
import { showToast, UNDO } from '../../ui/toasts.ts'
import type { Kind } from '../columns/fields.ts'
import { isSameValue } from '../columns/format-value.ts'
import { editField, type FieldEdit, type Stored, storedValue, undoEdit } from '../records/edit-field.ts'
import { describeChange, describeChangedSince, describeRestored, describeUnchanged } from './edit-words.ts'
import { fieldKey, forgetUndo, keepUndo } from './undos.ts'

interface Edit extends FieldEdit {
  /** Of the record, for people. */
  readonly name: string
  readonly label: string
  readonly kind: Kind
}

const SERVER = { update: updateRecord, read: getRecord }

export async function saveEdit(client: QueryClient, edit: Edit): Promise<void> {
  if (isSameValue(edit.before, edit.after)) return
  await orSayWhy(edit, 'saved', async () => reportSaved(client, edit, await editField(client, SERVER, edit)))
}

/** `edit`: the change that takes back another one. Does nothing if the field was changed again since. */
async function undo(client: QueryClient, edit: Edit): Promise<void> {
  const { label, kind, after } = edit
  const topic = fieldKey(edit)
  forgetUndo(topic)
  await orSayWhy(edit, 'undone', async () => {
    const stored = await undoEdit(client, SERVER, edit)
    showToast(stored === null ? describeChangedSince(label) : describeRestored(label, after, kind), { topic })
  })
}

function reportSaved(client: QueryClient, edit: Edit, { warnings, before, record }: Stored): void {
  const { field, label, kind } = edit
  const topic = fieldKey(edit)
  const notes = warnings.filter(warning => warning.field === field).map(({ message }) => message)
  // The server cleans values. Undo writes what was there before.
  const after = record === null ? edit.after : storedValue(record, field)
  const isChanged = !isSameValue(after, before)
  const action = { label: UNDO, run: () => void undo(client, { ...edit, before: after, after: before }) }
  if (isChanged) keepUndo(topic, action.run)
  if (notes.length > 0) showToast(`${label}: ${notes.join('; ')}`, { tone: 'bad', topic, ...(isChanged && { action }) })
  else if (isChanged) showToast(describeChange(label, before, after, kind), { topic, action })
  else showToast(describeUnchanged(label), { topic })
}

async function orSayWhy(edit: Edit, done: 'saved' | 'undone', run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    // What was typed is not lost with the connection. A value that was refused would be refused again.
    const again = { label: 'Try again', run: () => void orSayWhy(edit, done, run) }
    const canRetry = error instanceof ApiError && (error.status === 0 || error.status >= 500)
    const text = `${edit.label} of ${edit.name} was not ${done}: ${reasonOf(error)}`
    showToast(text, { tone: 'bad', topic: fieldKey(edit), ...(canRetry && { action: again }) })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
