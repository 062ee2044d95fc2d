/** A modal dialog: the browser's own, which keeps the focus inside and closes on Esc. */
import { type ReactNode, useEffect, useId, useRef, useSyncExternalStore } from 'react'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'
import styles from './dialog.module.css'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly width?: 'narrow' | 'normal' | 'wide'
  /** Buttons, the main one last. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** Is open while it is rendered: `{isOpen && <Dialog …/>}`. */
export function Dialog({ title, onClose, width = 'normal', actions, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current!
    const before = lastFocused
    if (!dialog.open) dialog.showModal()
    changeOpen([...openDialogs, dialog])
    return () => {
      changeOpen(openDialogs.filter(one => one !== dialog))
      dialog.close()
      returnFocus(before)
    }
  }, [])
  return (
    <dialog
      ref={ref}
      className={classes(styles.dialog, width !== 'normal' && styles[width])}
      aria-labelledby={id}
      onCancel={event => {
        // Of this dialog only, not of a file input within it. The parent decides whether it goes.
        if (event.target !== ref.current) return
        event.preventDefault()
        onClose()
      }}
      onKeyDown={event => event.stopPropagation()}
    >
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </div>
      <div className={styles.body}>{children}</div>
      {actions && <div className={styles.foot}>{actions}</div>}
    </dialog>
  )
}

/** The last one is on top. */
let openDialogs: readonly HTMLDialogElement[] = []
const listeners = new Set<() => void>()

function changeOpen(next: readonly HTMLDialogElement[]): void {
  openDialogs = next
  for (const listener of listeners) listener()
}

/** The dialog on top, or null. Everything outside of it can be neither seen by screen readers nor clicked. */
export function useTopDialog(): HTMLDialogElement | null {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => openDialogs.at(-1) ?? null,
  )
}

/** What had the focus last, outside of menus: the item of a menu that opens a dialog is gone when the dialog closes. */
let lastFocused: Element | null = null
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element && target.closest('[role="menu"]') === null) lastFocused = target
})

/** Gives the focus to an element; if that is gone, to the content of the page. */
export function returnFocus(to: Element | null): void {
  const target = to?.isConnected ? to : document.getElementById('main')
  if (target instanceof HTMLElement) target.focus()
}
