/** A field in the drawer: its value in full, to copy and to edit in its place. */
import { type MouseEvent, useRef, useState } from 'react'
import type { Value } from '../../api/records.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { showToast, UNDO } from '../../ui/toasts.ts'
import type { Column } from '../columns/columns.ts'
import { editableText, formatValue, safeUrl } from '../columns/format-value.ts'
import styles from './record.module.css'
import { Tags } from './tags.tsx'
import type { Undo } from './undos.ts'
import { ValueEditor } from './value-editor.tsx'

interface FieldRowProps {
  readonly column: Column
  readonly value: Value
  /** Of its last change. */
  readonly undo: Undo | undefined
  readonly onSave: (text: string) => void
}

/** Values that people paste elsewhere. */
const COPIED = ['email', 'phone', 'url', 'key']

export function FieldRow({ column, value, undo, onSave }: FieldRowProps) {
  const { label, kind, editable } = column
  const [isEditing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const isCopied = value !== null && COPIED.includes(kind)

  function finish(text: string | null, byKey: boolean) {
    setEditing(false)
    if (byKey) requestAnimationFrame(() => editButton.current?.focus())
    if (text !== null) onSave(text)
  }

  function onDoubleClick({ target }: MouseEvent) {
    const isOnButton = (target as Element).closest('button') !== null
    if (editable && kind !== 'url' && !isOnButton) setEditing(true)
  }

  return (
    <div className={styles.field}>
      <dt>{label}</dt>
      {isEditing ? (
        <dd className={styles.editor}>
          <ValueEditor label={label} kind={kind} value={value} onDone={finish} />
        </dd>
      ) : (
        <dd className={styles.value} onDoubleClick={onDoubleClick}>
          <FieldValue column={column} value={value} />
          <span className={styles.actions}>
            {undo && (
              <Button
                size="small"
                data-undo={undo.at}
                aria-label={`${UNDO}: ${label}`}
                onClick={() => {
                  // The pressed button goes.
                  editButton.current?.focus()
                  undo.run()
                }}
              >
                {UNDO}
              </Button>
            )}
            {isCopied && <CopyValue label={`Copy ${label}`} text={editableText(value)} />}
            {editable && (
              <IconButton
                ref={editButton}
                size="small"
                icon="edit"
                label={`Edit ${label}`}
                onClick={() => setEditing(true)}
              />
            )}
          </span>
        </dd>
      )}
    </div>
  )
}

export function FieldValue({ column, value }: Pick<FieldRowProps, 'column' | 'value'>) {
  if (value === null) return <span className="muted">Empty</span>
  if (typeof value === 'object') return <Tags items={value} />
  const { kind } = column
  const href = kind === 'url' && typeof value === 'string' ? safeUrl(value) : null
  const text = kind === 'date' || kind === 'integer' ? formatValue(value, kind)!.text : String(value)
  if (href === null)
    return (
      <span className={styles.text} dir="auto">
        {text}
      </span>
    )
  return (
    <a className={styles.text} dir="auto" href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  )
}

function CopyValue({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false)

  async function copy() {
    if (!(await copyText(text))) {
      showToast('The browser does not allow copying. Select the text and copy it by hand.', { tone: 'bad' })
      return
    }
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }

  return (
    <IconButton
      size="small"
      icon={isCopied ? 'check' : 'copy'}
      label={isCopied ? 'Copied' : label}
      onClick={() => void copy()}
    />
  )
}
