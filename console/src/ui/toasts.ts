/** The short messages about what was just done. `ui/toast.tsx` shows them. */
import { useSyncExternalStore } from 'react'
import { onSignOut } from '../api/session-state.ts'

export interface Toast {
  readonly id: number
  readonly text: string
  /** An error stays until it is closed. */
  readonly tone: 'neutral' | 'bad'
  /** Such as "Undo". */
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** Milliseconds. One with an action has to be read and decided about. */
const SHOWN_FOR = { plain: 8000, action: 20_000 } as const
const MAX_SHOWN = 4

let toasts: readonly Toast[] = []
let nextId = 1
let isPaused = false
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

export function showToast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  const toast: Toast = { id: nextId++, text, tone: 'neutral', ...options }
  for (const { id } of listExcess([...toasts, toast])) closeToast(id)
  change([...toasts, toast])
  if (!isPaused) startTimer(toast)
}

export function showError(error: unknown): void {
  showToast(error instanceof Error ? error.message : String(error), { tone: 'bad' })
}

/** The oldest messages make room, but no error does, nor the newest message. */
function listExcess(all: readonly Toast[]): readonly Toast[] {
  const excess = Math.max(0, all.length - MAX_SHOWN)
  const droppable = all.slice(0, -1).filter(({ tone }) => tone !== 'bad')
  return droppable.slice(0, excess)
}

function startTimer({ id, tone, action }: Toast): void {
  if (tone === 'bad') return
  const shownFor = action ? SHOWN_FOR.action : SHOWN_FOR.plain
  timers.set(
    id,
    setTimeout(() => closeToast(id), shownFor),
  )
}

/** While it is paused, no message goes away. Afterwards, each has its whole time again. */
export function pauseToasts(paused: boolean): void {
  if (paused === isPaused) return
  isPaused = paused
  for (const timer of timers.values()) clearTimeout(timer)
  timers.clear()
  if (!paused) toasts.forEach(startTimer)
}

export function closeToast(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  change(toasts.filter(toast => toast.id !== id))
  // The pointer does not leave what is gone.
  if (toasts.length === 0) pauseToasts(false)
}

onSignOut(() => {
  for (const { id } of toasts) closeToast(id)
})

/** The oldest first. */
export function listToasts(): readonly Toast[] {
  return toasts
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, listToasts)
}

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
