/** What is selected in the list. It is kept outside of React's tree, because the table and the export share it. */
import { useCallback, useSyncExternalStore } from 'react'
import type { Service, Where } from '../../api/records.ts'
import { onSignOut } from '../../api/session-state.ts'
import { NO_SELECTION, type Selection } from './selection.ts'

let current: { readonly query: string; readonly selection: Selection } = { query: '', selection: NO_SELECTION }
const listeners = new Set<() => void>()

function change(next: typeof current): void {
  current = next
  for (const listener of listeners) listener()
}

onSignOut(() => change({ query: '', selection: NO_SELECTION }))

/** What is selected of the records that a query finds, in any order. With another query nothing is selected. */
export function useSelection(service: Service, where: Where): readonly [Selection, (selection: Selection) => void] {
  const query = JSON.stringify([service, where])
  const selection = useSyncExternalStore(subscribe, () => (current.query === query ? current.selection : NO_SELECTION))
  const setSelection = useCallback((next: Selection) => change({ query, selection: next }), [query])
  return [selection, setSelection]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
