/** A modal dialog: the browser's own, which keeps the focus inside, closes on Esc and gives the focus back. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
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
    const before = document.activeElement
    if (!dialog.open) dialog.showModal()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
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
