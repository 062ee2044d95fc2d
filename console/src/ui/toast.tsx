/** Short messages about what was just done, with at most one action, such as "Undo". */
import { useSyncExternalStore } from 'react'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import styles from './toast.module.css'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'neutral' | 'bad'
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** Errors stay until they are closed. Milliseconds. */
const SHOWN_FOR = 8000
const MAX_SHOWN = 4

let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

export function showToast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  const toast: Toast = { id: nextId++, text, tone: 'neutral', ...options }
  change([...toasts, toast].slice(-MAX_SHOWN))
  if (toast.tone !== 'bad') setTimeout(() => closeToast(toast.id), SHOWN_FOR)
}

export function showError(error: unknown): void {
  showToast(error instanceof Error ? error.message : String(error), { tone: 'bad' })
}

function closeToast(id: number): void {
  change(toasts.filter(toast => toast.id !== id))
}

/** Is rendered once, in the shell. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, text, tone, action }) => (
        <div key={id} className={classes(styles.toast, tone === 'bad' && styles.bad)}>
          <span className={styles.text}>{text}</span>
          {action && (
            <Button
              size="small"
              onClick={() => {
                closeToast(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton size="small" icon="close" label="Close message" onClick={() => closeToast(id)} />
        </div>
      ))}
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
