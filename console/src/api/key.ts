/**
 * The key of the session, which expires. It is kept for the tab, or in the browser if the person asked to be remembered. The
 * page runs no script of others (Content-Security-Policy), so nothing else can read it.
 */
import { useSyncExternalStore } from 'react'

const NAME = 'connectra.key'
const listeners = new Set<() => void>()
let refused = false

/** The key of the tab comes first. An empty one says that the tab is signed out, whoever is remembered in the browser. */
export function currentKey(): string | null {
  return (sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME)) || null
}

/** Without `remember` the key is for this tab only. Whoever is remembered stays so in the others. */
export function keepKey(key: string, { remember }: { readonly remember: boolean }): void {
  refused = false
  sessionStorage.removeItem(NAME)
  const storage = remember ? localStorage : sessionStorage
  storage.setItem(NAME, key)
  announceKey()
}

/** `refused`: because the server does not accept it any more. */
export function forgetKey(reason: { readonly refused?: boolean } = {}): void {
  refused = reason.refused ?? false
  if (sessionStorage.getItem(NAME)) sessionStorage.setItem(NAME, '')
  else localStorage.removeItem(NAME)
  announceKey()
}

/** Whether the last key is gone because the server did not accept it any more. */
export function wasKeyRefused(): boolean {
  return refused
}

/** The key, in a component that shows something else without it. */
export function useKey(): string | null {
  return useSyncExternalStore(onKeyChange, currentKey)
}

/** Calls `listener` after a change, in the order of the calls. Returns a function that ends that. */
export function onKeyChange(listener: () => void): () => void {
  listeners.add(listener)
  // Signing out in one tab signs out all tabs that were remembered. The same listener is added once.
  window.addEventListener('storage', announceKey)
  return () => listeners.delete(listener)
}

function announceKey(): void {
  for (const listener of listeners) listener()
}
