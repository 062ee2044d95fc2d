/** Whether shortcuts of a single character work. Speech input and unsteady hands set them off by mistake (WCAG 2.1.4). */
import { useSyncExternalStore } from 'react'

const NAME = 'connectra.character-shortcuts'
const listeners = new Set<() => void>()

export function areCharactersOn(): boolean {
  return localStorage.getItem(NAME) !== 'off'
}

export function setCharacters(on: boolean): void {
  if (on) localStorage.removeItem(NAME)
  else localStorage.setItem(NAME, 'off')
  for (const listener of listeners) listener()
}

export function useCharactersOn(): boolean {
  return useSyncExternalStore(subscribe, areCharactersOn)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
