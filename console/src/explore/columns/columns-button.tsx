/** Chooses the columns of the table. */
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { Popover } from '../../ui/popover.tsx'
import { useExplore } from '../explore-context.ts'
import { hasWords } from '../has-words.ts'
import type { Column } from './columns.ts'
import styles from './columns-button.module.css'

interface ColumnsButtonProps {
  readonly all: readonly Column[]
  /** The visible ones, in their order. */
  readonly columns: readonly Column[]
}

export function ColumnsButton({ all, columns }: ColumnsButtonProps) {
  const { view, setView } = useExplore()
  const [search, setSearch] = useState('')
  const names = columns.map(({ name }) => name)
  // The visible ones come first, as they are in the table, so that one sees what one has.
  const listed = [...columns, ...all.filter(column => !names.includes(column.name))]
  const found = listed.filter(({ name, label }) => hasWords(`${label} ${name}`, search))

  function toggle(name: string, visible: boolean) {
    setView({ columns: visible ? [...names, name] : names.filter(other => other !== name) })
  }

  return (
    <Popover
      label="Columns"
      align="end"
      onOpenChange={open => !open && setSearch('')}
      trigger={
        <Button size="small" variant="quiet" icon="columns">
          <span className={styles.label}>Columns</span>
        </Button>
      }
    >
      <div className={styles.choice}>
        <TextField
          label="Search columns"
          hideLabel
          icon="search"
          placeholder="Search columns"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <ul className={styles.list}>
          {found.map(({ name, label }) => {
            const visible = names.includes(name)
            return (
              <li key={name}>
                <Checkbox
                  checked={visible}
                  // A table without columns would be empty.
                  disabled={visible && names.length === 1}
                  onChange={event => toggle(name, event.target.checked)}
                >
                  {label}
                </Checkbox>
              </li>
            )
          })}
          {found.length === 0 && <li className="muted">No matches.</li>}
        </ul>
        <Button size="small" icon="undo" disabled={view.columns === null} onClick={() => setView({ columns: null })}>
          Reset columns
        </Button>
      </div>
    </Popover>
  )
}
