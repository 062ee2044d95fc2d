import { useState } from 'react'
import { IconButton } from '../../../ui/button.tsx'
import { TextArea } from '../../../ui/field.tsx'
import type { VqlCondition } from '../../view-state.ts'
import { checkVql } from '../vql/check-vql.ts'
import { positionOf } from '../vql/json-tree.ts'
import styles from './advanced.module.css'

interface VqlEditorProps {
  readonly condition: VqlCondition
  readonly onChange: (condition: VqlCondition) => void
  readonly onRemove: () => void
}

/** A condition that has no form of its own. */
export function VqlEditor({ condition, onChange, onRemove }: VqlEditorProps) {
  const { where } = condition
  const [draft, setDraft] = useState({ where, text: written(condition) })
  // Another condition has taken this place in the tree.
  if (draft.where !== where) setDraft({ where, text: written(condition) })
  const { text } = draft
  const checked = checkVql(text)

  function change(next: string): void {
    const result = checkVql(next)
    setDraft({ where: result.ok ? result.where : where, text: next })
    if (result.ok) onChange({ kind: 'vql', where: result.where })
  }

  return (
    <div className={styles.vql}>
      <TextArea
        label="VQL"
        className={styles.code}
        rows={Math.min(10, text.split('\n').length)}
        value={text}
        error={checked.ok ? null : `Line ${positionOf(text, checked.offset).line}: ${checked.message} Not applied yet.`}
        onChange={event => change(event.target.value)}
      />
      <IconButton icon="trash" label="Remove this VQL" onClick={onRemove} />
    </div>
  )
}

const written = ({ where }: VqlCondition): string => JSON.stringify(where, null, 2)
