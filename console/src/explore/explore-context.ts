/** What the parts of the list view share. */
import { createContext, useContext } from 'react'
import type { Filter, Where } from '../api/records.ts'
import type { ViewState } from './view-state.ts'

export interface Explore {
  readonly view: ViewState
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
