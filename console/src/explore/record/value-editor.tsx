/**
 * A field in which a value is typed, in a cell or in the drawer. Enter saves, Esc does not, and leaving it saves, also when it is
 * taken away because another list or record is shown. It says so below; for fingers there are buttons.
 */
import { type ChangeEvent, type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Value } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import type { Kind } from '../columns/fields.ts'
import { editableText } from '../columns/format-value.ts'
import styles from './value-editor.module.css'

interface ValueEditorProps {
  readonly label: string
  readonly kind: Kind
  readonly value: Value
  /** Is called once. `text`: null if nothing is to be saved. `byKey`: the focus has not gone elsewhere. */
  readonly onDone: (text: string | null, byKey: boolean) => void
}

const MAX_LINES = 8

export function ValueEditor({ label, kind, value, onDone }: ValueEditorProps) {
  const id = useId()
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const isDone = useRef(false)
  const before = editableText(value)
  const draft = useRef(before)
  const [hint, isAbove] = useHintAbove()

  useEffect(() => {
    input.current!.focus()
    input.current!.select()
  }, [])

  function finish(save: boolean, byKey: boolean) {
    // Taking the field away takes its focus, too, which would save again.
    if (isDone.current) return
    isDone.current = true
    onDone(save && isChanged() ? draft.current : null, byKey)
  }

  function isChanged(): boolean {
    return draft.current.trim() !== before
  }

  const latest = useRef(() => {})
  latest.current = () => isChanged() && finish(true, false)
  useEffect(() => () => latest.current(), [])

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation()
    // A key that ends a composition, as in Japanese, belongs to the text.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') finish(false, true)
    else if (event.key === 'Enter' && !event.shiftKey) finish(true, true)
    else return
    event.preventDefault()
  }

  const props = {
    ref: input,
    'aria-label': kind === 'list' ? `${label}, one per line` : label,
    'aria-describedby': id,
    defaultValue: before,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      draft.current = event.target.value
    },
    className: styles.input,
    dir: 'auto',
    spellCheck: false,
    autoComplete: 'off',
    onKeyDown,
    onBlur: () => finish(true, false),
  } as const
  return (
    <div className={classes(styles.box, kind === 'list' && styles.list)} data-editor>
      {kind === 'list' ? (
        <textarea rows={Math.min(MAX_LINES, before.split('\n').length + 1)} {...props} />
      ) : (
        <input type="text" {...props} />
      )}
      {/* A press in it leaves the focus in the field. */}
      <div
        ref={hint}
        role="group"
        aria-label={`Save or cancel ${label}`}
        className={classes(styles.hint, isAbove && styles.above)}
        onMouseDown={event => event.preventDefault()}
      >
        <span id={id} className={styles.keys}>
          {kind === 'list' && 'One per line · Shift+Enter is a new line · '}Enter saves · Esc cancels
        </span>
        <span className={styles.buttons}>
          <Button size="small" variant="primary" onClick={() => finish(true, true)}>
            Save
          </Button>
          <Button size="small" onClick={() => finish(false, true)}>
            Cancel
          </Button>
        </span>
      </div>
    </div>
  )
}

/** In the last rows of a table there is no place for the hint below the field. */
function useHintAbove() {
  const hint = useRef<HTMLDivElement>(null)
  const [isAbove, setAbove] = useState(false)
  useLayoutEffect(() => {
    const grid = hint.current!.closest('[role="grid"]')
    if (grid === null) return
    const end = grid.getBoundingClientRect().top + grid.clientHeight
    setAbove(hint.current!.getBoundingClientRect().bottom > end)
  }, [])
  return [hint, isAbove] as const
}
