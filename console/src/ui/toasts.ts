/** The short messages about what was just done. `ui/toast.tsx` shows them. */
import { useSyncExternalStore } from 'react'
import { onSignOut } from '../api/session-state.ts'

export interface Toast {
  readonly id: number
  /** When it came, as `performance.now()` tells it. */
  readonly at: number
  readonly text: string
  /** An error stays until it is closed. */
  readonly tone: 'neutral' | 'bad'
  readonly action?: ToastAction
  /** What it is about. A later message about the same replaces it. */
  readonly topic?: string
  /** It is closed, and its place stays empty until the pointer goes, so that no other message moves under the pointer. */
  readonly isClosed?: boolean
}

interface ToastAction {
  /** Such as "Show job". */
  readonly label: string
  readonly run: () => void
}

/** The label of what takes something back. Ctrl+Z presses the button of the newest one. */
export const UNDO = 'Undo'

/** Milliseconds. One with an action has to be read and decided about. */
const SHOWN_FOR = { plain: 8000, action: 30_000 } as const
const MAX_SHOWN = 4

let toasts: readonly Toast[] = []
let nextId = 1
const pausedBy = new Set<'pointer' | 'focus'>()
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

export function showToast(text: string, options: Partial<Pick<Toast, 'tone' | 'action' | 'topic'>> = {}): void {
  const toast: Toast = { id: nextId++, at: performance.now(), text, tone: 'neutral', ...options }
  const before = toasts.find(({ topic }) => topic !== undefined && topic === toast.topic)
  if (before) stopTimer(before.id)
  change(before ? toasts.map(one => (one === before ? toast : one)) : [...toasts, toast])
  dropExcess()
  if (pausedBy.size === 0) startTimer(toast)
}

export function showError(error: unknown): void {
  showToast(error instanceof Error ? error.message : String(error), { tone: 'bad' })
}

/** The oldest messages make room, but no error does, nor the newest message, nor any while the pointer is on one. */
function dropExcess(): void {
  if (pausedBy.has('pointer')) return
  const excess = Math.max(0, toasts.length - MAX_SHOWN)
  const droppable = toasts.slice(0, -1).filter(({ tone }) => tone !== 'bad')
  for (const { id } of droppable.slice(0, excess)) closeToast(id)
}

function startTimer({ id, tone, action }: Toast): void {
  if (tone === 'bad') return
  const shownFor = action ? SHOWN_FOR.action : SHOWN_FOR.plain
  timers.set(
    id,
    setTimeout(() => closeToast(id), shownFor),
  )
}

function stopTimer(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
}

/** While the pointer or the focus is on one, no message goes away. Afterwards, each has its whole time again. */
export function pauseToasts(by: 'pointer' | 'focus', paused: boolean): void {
  if (paused === pausedBy.has(by)) return
  if (paused) pausedBy.add(by)
  else pausedBy.delete(by)
  if (by === 'pointer' && !paused) {
    change(toasts.filter(({ isClosed }) => !isClosed))
    dropExcess()
  }
  for (const { id } of toasts) stopTimer(id)
  if (pausedBy.size === 0) toasts.forEach(startTimer)
}

export function closeToast(id: number): void {
  stopTimer(id)
  const isOnlyOne = toasts.every(toast => toast.id === id || toast.isClosed)
  if (pausedBy.has('pointer') && !isOnlyOne)
    change(toasts.map(toast => (toast.id === id ? { ...toast, isClosed: true } : toast)))
  else change(isOnlyOne ? [] : toasts.filter(toast => toast.id !== id))
  // Neither the pointer nor the focus leaves what is gone.
  if (toasts.length === 0) pausedBy.clear()
}

onSignOut(() => {
  pausedBy.clear()
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
