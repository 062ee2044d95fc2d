/** Which rows are in sight. It is outside of React's tree, so that scrolling draws nothing but the text that says it. */
import { useState, useSyncExternalStore } from 'react'

interface RowRange {
  /** Both inclusive; the first row is 0. */
  readonly top: number
  readonly bottom: number
}

export interface RowRangeStore {
  readonly get: () => RowRange
  readonly set: (range: RowRange) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function useRowRangeStore(): RowRangeStore {
  const [store] = useState(createStore)
  return store
}

export function useRowRange(store: RowRangeStore): RowRange {
  return useSyncExternalStore(store.subscribe, store.get)
}

function createStore(): RowRangeStore {
  let range: RowRange = { top: 0, bottom: 0 }
  const listeners = new Set<() => void>()
  return {
    get: () => range,
    set(next) {
      if (next.top === range.top && next.bottom === range.bottom) return
      range = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
