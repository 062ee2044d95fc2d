/** The cell that is being edited. Its record and column stay those of the moment it was opened, whatever the list does meanwhile. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RecordRow, Service } from '../../api/records.ts'
import { type Column, cellValue, nameOf } from '../columns/columns.ts'
import { parseText } from '../columns/format-value.ts'
import { saveEdit } from '../record/save-edit.ts'
import { useEvent } from '../use-event.ts'

export interface CellEdit {
  readonly row: RecordRow
  readonly column: Column
}

/** `onClose`: the editor was closed with a key, so the focus has not gone elsewhere. */
export function useCellEdit(service: Service, onClose: () => void) {
  const client = useQueryClient()
  const [editing, setEditing] = useState<CellEdit | null>(null)

  /** `text`: null if nothing is to be saved. */
  const finish = useEvent((edit: CellEdit, text: string | null, byKey: boolean) => {
    setEditing(current => (current === edit ? null : current))
    if (byKey) onClose()
    if (text === null) return
    const { row, column } = edit
    const { field, label, kind } = column
    const change = { before: cellValue(row, column), after: parseText(text, kind) }
    void saveEdit(client, { service, uuid: row.uuid, name: nameOf(service, row), field, label, kind, ...change })
  })
  return { editing, start: setEditing, finish }
}
