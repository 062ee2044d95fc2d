/**
 * Edits that a reply of the server may not contain, because it was requested before they were stored. They are laid over every
 * record that arrives, so that an edited cell never falls back to its old value.
 */
import type { RecordRow, Service, Value } from '../../api/records.ts'

export interface PendingEdit {
  readonly service: Service
  readonly uuid: string
  readonly field: string
  /** What is shown. */
  value: Value
  /** When it was stored, as `performance.now()` tells it; null until then. */
  storedAt: number | null
}

/** No request takes longer. Milliseconds. */
const KEPT_FOR = 60_000

let edits: readonly PendingEdit[] = []

export function addEdit(edit: PendingEdit): void {
  const now = performance.now()
  edits = [...edits.filter(({ storedAt }) => storedAt === null || now - storedAt < KEPT_FOR), edit]
}

export function removeEdit(edit: PendingEdit): void {
  edits = edits.filter(other => other !== edit)
}

/** Edits of the record that the server has not answered yet, in their order. */
export function openEdits(service: Service, uuid: string): readonly PendingEdit[] {
  return edits.filter(edit => edit.service === service && edit.uuid === uuid && edit.storedAt === null)
}

/** The record as it is with the edits that it may lack. `askedAt`: when it was requested. The same object if there are none. */
export function withEdits<Row extends RecordRow>(service: Service, row: Row, askedAt: number): Row {
  let edited = row
  for (const { service: of, uuid, field, value, storedAt } of edits) {
    const mayLack = storedAt === null || storedAt > askedAt
    if (of === service && uuid === row.uuid && field in row && mayLack) edited = { ...edited, [field]: value }
  }
  return edited
}
