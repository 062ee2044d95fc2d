/**
 * A field in which a value is typed, in a cell or in the drawer. Enter saves, Esc does not, and leaving it saves, also when it is
 * taken away because another list or record is shown.
 */
import { type ChangeEvent, type KeyboardEvent, useEffect, useRef } from 'react'
import type { Value } from '../../api/records.ts'
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
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const isDone = useRef(false)
  const before = editableText(value)
  const draft = useRef(before)

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
  if (kind !== 'list') return <input type="text" {...props} />
  return (
    <div className={styles.list}>
      <textarea rows={Math.min(MAX_LINES, before.split('\n').length + 1)} {...props} />
      <span className={styles.hint}>One per line. Enter saves, Shift+Enter is a new line.</span>
    </div>
  )
}
