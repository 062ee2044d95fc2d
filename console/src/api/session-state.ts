/**
 * What a person leaves behind in the tab besides the query cache: files, corrections, selections, messages. Each store says how it
 * is emptied, and all are emptied before the next person signs in.
 */
import { currentKey, onKeyChange } from './key.ts'

const PREFIX = 'connectra.'
const resets = new Set<() => void>()

/** Calls `reset` whenever somebody has signed out, also by an expired session. */
export function onSignOut(reset: () => void): void {
  resets.add(reset)
}

/** Watches the key from now on. To be called once, before anything is shown. */
export function watchSignOut(): void {
  let before = currentKey()
  onKeyChange(() => {
    const key = currentKey()
    if (before !== null && key !== before) resetSession()
    before = key
  })
}

function resetSession(): void {
  for (const reset of resets) reset()
  // Also that of stores whose code is not loaded.
  const names = Array.from({ length: sessionStorage.length }, (_, place) => sessionStorage.key(place) ?? '')
  for (const name of names) if (name.startsWith(PREFIX) && name !== 'connectra.key') sessionStorage.removeItem(name)
}
