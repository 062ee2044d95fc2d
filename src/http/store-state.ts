/** The state of the file storage, for `/health`. */
import type { ObjectStore } from '../files/object-store.ts'

/** Milliseconds. */
const ASK_EVERY = 10_000
/** There is no such file. Only whether there is an answer matters. */
const KEY = 'uploads/connectra-health'

type StoreState = Readonly<{ status: 'starting' | 'ok' }> | Readonly<{ status: 'down'; reason: string }>

/** Returns a function that returns the last known state, and asks the storage every ten seconds at most, without waiting for it. */
export function openStoreState(store: ObjectStore): () => StoreState {
  let state: StoreState = { status: 'starting' }
  let asked = Number.NEGATIVE_INFINITY
  return () => {
    const now = performance.now()
    if (now - asked >= ASK_EVERY) {
      asked = now
      store.size(KEY).then(
        () => {
          state = { status: 'ok' }
        },
        (error: Error) => {
          state = { status: 'down', reason: error.message }
        },
      )
    }
    return state
  }
}
