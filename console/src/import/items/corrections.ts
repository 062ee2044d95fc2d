/**
 * Corrected cells of rejected rows, by the key of their file. They are kept in the session, so that they survive another room and a
 * reload, until the corrected rows are imported.
 */
import { useSyncExternalStore } from 'react'
import { onSignOut } from '../../api/session-state.ts'

/** By row and column, both from 0. */
export type Corrections = ReadonlyMap<number, ReadonlyMap<number, string>>

const PREFIX = 'connectra.corrections.'
const NONE: Corrections = new Map()
const kept = new Map<string, Corrections>()
const listeners = new Set<() => void>()

export function readCorrections(s3Key: string): Corrections {
  const known = kept.get(s3Key)
  if (known !== undefined) return known
  const restored = restoreCorrections(sessionStorage.getItem(PREFIX + s3Key))
  kept.set(s3Key, restored)
  warnBeforeLeaving()
  return restored
}

export function useCorrections(s3Key: string): Corrections {
  return useSyncExternalStore(subscribe, () => readCorrections(s3Key))
}

export function keepCorrections(s3Key: string, corrections: Corrections): void {
  kept.set(s3Key, corrections)
  if (corrections.size === 0) sessionStorage.removeItem(PREFIX + s3Key)
  else storeInSession(PREFIX + s3Key, JSON.stringify([...corrections].map(([row, cells]) => [row, [...cells]])))
  warnBeforeLeaving()
  for (const listener of listeners) listener()
}

/** After they were imported. */
export function forgetCorrections(s3Key: string): void {
  keepCorrections(s3Key, NONE)
}

onSignOut(() => {
  for (const s3Key of kept.keys()) keepCorrections(s3Key, NONE)
})

/** Of anything that the session may hold. */
function restoreCorrections(json: string | null): Corrections {
  try {
    const stored: unknown = JSON.parse(json ?? '[]')
    const rows = (stored as [unknown, [unknown, unknown][]][]).map(([row, cells]) => {
      return [Number(row), new Map(cells.map(([column, cell]) => [Number(column), String(cell)]))] as const
    })
    return new Map(rows)
  } catch {
    return NONE
  }
}

/** If there is no space, they are kept until the page is left. */
function storeInSession(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value)
  } catch {
    sessionStorage.removeItem(name)
  }
}

/** A closed tab loses them, so the browser asks whether to leave the page. */
function warnBeforeLeaving(): void {
  const isAny = [...kept.values()].some(({ size }) => size > 0)
  if (isAny) window.addEventListener('beforeunload', warn)
  else window.removeEventListener('beforeunload', warn)
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
