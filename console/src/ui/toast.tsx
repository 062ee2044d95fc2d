/** Shows the messages of `ui/toasts.ts`. */
import { useRef } from 'react'
import { createPortal } from 'react-dom'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { returnFocus, useTopDialog } from './dialog.tsx'
import styles from './toast.module.css'
import { closeToast, pauseToasts, useToasts } from './toasts.ts'

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
      onMouseEnter={() => pauseToasts(true)}
      onMouseLeave={() => pauseToasts(false)}
      onFocus={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget
        pauseToasts(true)
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) pauseToasts(false)
      }}
    >
      {toasts.map(({ id, text, tone, action }) => (
        <div key={id} data-toast={id} className={classes(styles.toast, tone === 'bad' && styles.bad)}>
          <span className={styles.text}>{text}</span>
          {action && (
            <Button
              size="small"
              onClick={() => {
                close(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton size="small" icon="close" label="Close message" onClick={() => close(id)} />
        </div>
      ))}
    </section>,
    dialog ?? document.body,
  )
}
