/**
 * The key of the session, which expires. It is kept for the tab, or in the browser if the person asked to be remembered. The
 * page runs no script of others (Content-Security-Policy), so nothing else can read it.
 */
import { useSyncExternalStore } from 'react'

const NAME = 'connectra.key'
const listeners = new Set<() => void>()
let refused = false

export function currentKey(): string | null {
  return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME)
}

export function keepKey(key: string, { remember }: { readonly remember: boolean }): void {
  refused = false
  removeKey()
  ;(remember ? localStorage : sessionStorage).setItem(NAME, key)
  for (const listener of listeners) listener()
}

/** `refused`: because the server does not accept it any more. */
export function forgetKey(reason: { readonly refused?: boolean } = {}): void {
  refused = reason.refused ?? false
  removeKey()
  for (const listener of listeners) listener()
}

/** Whether the last key is gone because the server did not accept it any more. */
export function wasKeyRefused(): boolean {
  return refused
}

/** The key, in a component that shows something else without it. */
export function useKey(): string | null {
  return useSyncExternalStore(subscribe, currentKey)
}

function removeKey(): void {
  sessionStorage.removeItem(NAME)
  localStorage.removeItem(NAME)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  // Signing out in one tab signs out all tabs that were remembered.
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}
