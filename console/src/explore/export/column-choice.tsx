/** The columns of a file, with a search among them. */
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import type { Column } from '../columns/columns.ts'
import { hasWords } from '../has-words.ts'
import styles from './export.module.css'

interface ColumnChoiceProps {
  /** All that a file can have, in the order of the file. */
  readonly all: readonly Column[]
  readonly chosen: ReadonlySet<string>
  /** Those of the table. */
  readonly visible: readonly string[]
  readonly onChange: (chosen: ReadonlySet<string>) => void
}

export function ColumnChoice({ all, chosen, visible, onChange }: ColumnChoiceProps) {
  const [search, setSearch] = useState('')
  const found = all.filter(({ name, label }) => hasWords(`${label} ${name}`, search))

  function toggle(name: string, isChosen: boolean) {
    const next = new Set(chosen)
    if (isChosen) next.add(name)
    else next.delete(name)
    onChange(next)
  }

  return (
    <fieldset className={styles.choice}>
      <legend>Columns · {chosen.size}</legend>
      <div className={styles.choiceTools}>
        <TextField
          label="Search columns"
          hideLabel
          icon="search"
          placeholder="Search columns"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <Button size="small" onClick={() => onChange(new Set(visible))}>
          As in the table
        </Button>
        <Button size="small" onClick={() => onChange(new Set(all.map(({ name }) => name)))}>
          All
        </Button>
        <Button size="small" onClick={() => onChange(new Set())}>
          None
        </Button>
      </div>
      <ul className={styles.columns}>
        {found.map(({ name, label }) => (
          <li key={name}>
            <Checkbox checked={chosen.has(name)} onChange={event => toggle(name, event.target.checked)}>
              {label}
            </Checkbox>
          </li>
        ))}
        {found.length === 0 && <li className="muted">No matches.</li>}
      </ul>
    </fieldset>
  )
}
