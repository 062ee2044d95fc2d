/** Shows the messages of `ui/toasts.ts`. */
import { useRef } from 'react'
import { createPortal } from 'react-dom'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { returnFocus, useTopDialog } from './dialog.tsx'
import styles from './toast.module.css'
import { closeToast, pauseToasts, type Toast, UNDO, useToasts } from './toasts.ts'

/** Is rendered once, in the shell. A modal dialog makes everything outside of it inert, so the messages are in the dialog then. */
export function Toasts() {
  const toasts = useToasts()
  const dialog = useTopDialog()
  const before = useRef<Element | null>(null)
  function close(id: number) {
    const hasFocus = document.activeElement?.closest(`[data-toast="${id}"]`) != null
    closeToast(id)
    if (hasFocus) returnFocus(before.current)
  }
  return createPortal(
    // Each message is read aloud as it comes, without the others.
    <section
      className={styles.toasts}
      aria-label="Messages"
      aria-live="polite"
      aria-atomic="false"
      aria-relevant="additions"
      onMouseEnter={() => pauseToasts('pointer', true)}
      onMouseLeave={() => pauseToasts('pointer', false)}
      onFocus={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget
        pauseToasts('focus', true)
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) pauseToasts('focus', false)
      }}
    >
      {/* The section grows upwards: a new message above the others moves none of them. */}
      {[...toasts].reverse().map(toast => (
        <Message key={toast.id} toast={toast} onClose={() => close(toast.id)} />
      ))}
    </section>,
    dialog ?? document.body,
  )
}

function Message({ toast, onClose }: { readonly toast: Toast; readonly onClose: () => void }) {
  const { id, at, text, tone, action, isClosed = false } = toast
  return (
    <div data-toast={id} className={classes(styles.toast, tone === 'bad' && styles.bad, isClosed && styles.closed)}>
      <span className={styles.text}>{text}</span>
      {action && (
        <Button
          size="small"
          data-undo={action.label === UNDO && !isClosed ? at : undefined}
          onClick={() => {
            onClose()
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton size="small" icon="close" label="Close message" onClick={onClose} />
    </div>
  )
}
