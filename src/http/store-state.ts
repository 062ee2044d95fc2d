/** The state of the file storage, for `/health`. */
import type { ObjectStore } from '../files/object-store.ts'
import { within } from '../runtime/within.ts'

/** Milliseconds. */
const ASK_EVERY = 10_000
const FIRST_ANSWER_WITHIN = 1_000
/** No file has this key: only whether the storage answers matters. */
const KEY = 'uploads/connectra-health'

type StoreState = Readonly<{ status: 'ok' }> | Readonly<{ status: 'down'; reason: string }>

/**
 * Returns a function that returns the last known state, and asks the storage every ten seconds at most. It waits for the first answer
 * only, and for that a second at most.
 */
export function openStoreState(store: ObjectStore): () => Promise<StoreState> {
  let state: StoreState = { status: 'down', reason: 'it has not answered yet' }
  let first: Promise<void> | null = null
  let asked = Number.NEGATIVE_INFINITY
  async function ask(): Promise<void> {
    try {
      await store.size(KEY)
      state = { status: 'ok' }
    } catch (error) {
      state = { status: 'down', reason: (error as Error).message }
    }
  }
  return async () => {
    const now = performance.now()
    if (now - asked >= ASK_EVERY) {
      asked = now
      const asking = ask()
      first ??= within(FIRST_ANSWER_WITHIN, asking, () => {})
    }
    await first
    return state
  }
}
