/** Chooses what a column is read as: a button, and beneath it a list with a search field. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { TextField } from '../../ui/field.tsx'
import { shorten } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Popover } from '../../ui/popover.tsx'
import type { Column } from './columns.ts'
import { describeKey, groupOptions, type Option } from './key-options.ts'
import styles from './key-picker.module.css'
import type { TargetKey } from './targets.ts'

export interface KeyPickerProps {
  readonly column: Column
  readonly isExport: boolean
  readonly onChoose: (header: string, choice: TargetKey | null | undefined) => void
}

export function KeyPicker({ column, isExport, onChoose }: KeyPickerProps) {
  const [isOpen, setOpen] = useState(false)
  const name = shorten(column.header.trim(), 60) || `column ${column.index + 1}`
  const label = describeKey(column)
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      padded={false}
      label={`What ${name} means`}
      trigger={
        <Button
          className={classes(
            styles.trigger,
            column.state === 'unclear' && styles.unclear,
            (column.state === 'ignored' || column.state === 'unknown') && styles.leftOut,
          )}
          disabled={column.fixed !== null}
          aria-label={`Read ${name} as: ${label}`}
        >
          <span>{label}</span>
          <Icon name="chevronDown" size={14} />
        </Button>
      }
    >
      <Choices
        column={column}
        name={name}
        isExport={isExport}
        onPick={({ choice }) => {
          setOpen(false)
          onChoose(column.header, choice)
        }}
      />
    </Popover>
  )
}

interface ChoicesProps {
  readonly column: Column
  readonly name: string
  readonly isExport: boolean
  readonly onPick: (option: Option) => void
}

/** The keys move through the list while the focus stays in the search field. */
function Choices({ column, name, isExport, onPick }: ChoicesProps) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const groups = groupOptions(column, text, isExport)
  const options = groups.flatMap(group => group.options)
  const active = options[Math.min(at, options.length - 1)]

  useEffect(() => {
    list.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active?.id])

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
    const step = steps[event.key]
    if (step !== undefined) setAt(Math.max(0, Math.min(options.length - 1, Math.min(at, options.length - 1) + step)))
    else if (event.key === 'Enter' && active !== undefined) onPick(active)
    else return
    event.preventDefault()
  }
  return (
    <>
      <div className={styles.search}>
        <TextField
          label={`Search what ${name} means`}
          hideLabel
          icon="search"
          placeholder="Search"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={active === undefined ? undefined : optionId(id, active)}
          aria-autocomplete="list"
          value={text}
          onChange={event => {
            setText(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={`What ${name} may be read as`}
        tabIndex={-1}
        className={styles.list}
      >
        {groups.map(({ title, options: of }) => (
          <div key={title} role="group" aria-label={title}>
            <div className={styles.group} aria-hidden="true">
              {title}
            </div>
            {of.map(option => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled in the search field
              <div
                key={option.id}
                id={optionId(id, option)}
                role="option"
                aria-selected={isCurrent(column, option)}
                data-active={option.id === active?.id}
                className={styles.option}
                onClick={() => onPick(option)}
                onPointerMove={() => setAt(options.indexOf(option))}
              >
                {option.label}
                {option.note !== undefined && <span className={styles.note}>{option.note}</span>}
              </div>
            ))}
          </div>
        ))}
        {options.length === 0 && <div className={styles.none}>{isExport ? NO_KEYS : 'No matches.'}</div>}
      </div>
    </>
  )
}

const NO_KEYS = 'This file was exported from Connectra. Its columns are read by their names.'

function optionId(list: string, { id }: Option): string {
  return `${list}-${id.replaceAll(/\W+/g, '-')}`
}

function isCurrent({ key, state }: Column, { choice, id }: Option): boolean {
  if (id.endsWith('automatic') || state === 'unclear' || state === 'unknown') return false
  return choice === key
}
