/** What undoes the last change of each field of the record that is open, for a button beside the field. */
import { useSyncExternalStore } from 'react'
import type { Service } from '../../api/records.ts'
import type { FieldEdit } from '../records/edit-field.ts'

export interface Undo {
  /** When the change was stored, as `performance.now()` tells it. */
  readonly at: number
  readonly run: () => void
}

/** The beginning of the keys of its fields. Null if no record is open. */
let open: string | null = null
let undos: ReadonlyMap<string, Undo> = new Map()
const listeners = new Set<() => void>()

export function fieldKey({ service, uuid, field }: Pick<FieldEdit, 'service' | 'uuid' | 'field'>): string {
  return `${service} ${uuid} ${field}`
}

/** Keeps the changes of a record from now on. Returns what ends that. */
export function keepUndosOf(service: Service, uuid: string): () => void {
  open = fieldKey({ service, uuid, field: '' })
  return () => {
    open = null
    change(new Map())
  }
}

export function keepUndo(key: string, run: () => void): void {
  if (open !== null && key.startsWith(open)) change(new Map(undos).set(key, { at: performance.now(), run }))
}

export function forgetUndo(key: string): void {
  if (undos.has(key)) change(new Map([...undos].filter(([one]) => one !== key)))
}

/** By `fieldKey`. */
export function useUndos(): ReadonlyMap<string, Undo> {
  return useSyncExternalStore(subscribe, () => undos)
}

function change(next: ReadonlyMap<string, Undo>): void {
  undos = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
