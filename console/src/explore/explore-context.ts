/** What the parts of the list view share. */
import { createContext, useContext } from 'react'
import type { Filter, Where } from '../api/records.ts'
import type { ListView, ViewState } from './view-state.ts'

export interface Explore {
  readonly view: ListView
  /** The VQL of the search box and the filter together. It changes only when they do. */
  readonly where: Where
  /** Changes the view and its address. `replace`: without a step for "back", as while typing. */
  readonly setView: (changes: Partial<Omit<ViewState, 'service'>>, options?: { readonly replace?: boolean }) => void
  /** All filters of the service, by key. */
  readonly filters: ReadonlyMap<string, Filter>
}

export const ExploreContext = createContext<Explore | null>(null)

export function useExplore(): Explore {
  return useContext(ExploreContext)!
}

/** On its own, because it changes with every step through the rows, which nothing else depends on. */
export const OpenRecordContext = createContext<string | null>(null)

/** The uuid of the record in the drawer. */
export function useOpenRecord(): string | null {
  return useContext(OpenRecordContext)
}
