/** The most frequent values of a field in the current selection, to tick. */
import { type ClipboardEvent, useRef, useState } from 'react'
import type { Filter } from '../../../api/records.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox, TextField } from '../../../ui/field.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { Skeleton } from '../../../ui/states.tsx'
import { useExplore } from '../../explore-context.ts'
import type { ValuesCondition } from '../../view-state.ts'
import { describeItem } from '../describe.ts'
import { type FieldCondition, findCondition, setCondition } from '../edit-filter.ts'
import { useDebounced } from '../use-draft.ts'
import { useNames } from '../use-names.ts'
import { useValueCounts, useValues } from '../use-selection.ts'
import { isSameValue, nameOfValue } from '../value-names.ts'
import { FieldOptions } from './field-options.tsx'
import styles from './filter-panel.module.css'
import { splitLines } from './split-lines.ts'

const SHOWN_AT_FIRST = 8
const SHOWN_AFTER = [50, 100]
/** Selected values that are not among the most frequent ones are shown above them, up to so many. */
const SHOWN_SELECTED = 10
const ROW_HEIGHT = 26

export function ValuesFilter({ filter }: { readonly filter: Filter }) {
  const { view, setView } = useExplore()
  const { key, display_name: name } = filter
  const [text, setText] = useState('')
  const condition: ValuesCondition = findCondition(view.filter, key, 'values') ?? { kind: 'values', key, values: [] }

  function change(changes: Partial<ValuesCondition>): void {
    const next = { ...condition, ...changes }
    replace('values', next.values.length === 0 && !next.not ? null : next)
  }

  function replace(kind: FieldCondition['kind'], next: FieldCondition | null): void {
    setView({ filter: setCondition(view.filter, key, kind, next) })
  }

  function onPaste(event: ClipboardEvent): void {
    const lines = splitLines(event.clipboardData.getData('text'))
    if (lines.length < 2) return
    event.preventDefault()
    change({ values: [...new Set([...condition.values, ...lines])] })
  }

  return (
    <>
      <TextField
        label={`Find a value of ${name}`}
        hideLabel
        type="search"
        icon="search"
        placeholder="Find a value, or paste a list"
        value={text}
        onChange={event => setText(event.target.value)}
        onPaste={onPaste}
      />
      <ContainsOption
        filter={filter}
        text={text.trim()}
        onChange={next => {
          replace('text', next)
          setText('')
        }}
      />
      <ValueList
        filter={filter}
        text={text.trim()}
        selected={condition.values}
        onChange={values => change({ values })}
      />
      <FieldOptions filter={filter} not={condition.not === true} onNot={not => change({ not })} />
    </>
  )
}

interface ContainsOptionProps {
  readonly filter: Filter
  readonly text: string
  readonly onChange: (condition: FieldCondition | null) => void
}

/** All values with a text in them, as for the e-mail addresses of a domain. */
function ContainsOption({ filter, text, onChange }: ContainsOptionProps) {
  const { view } = useExplore()
  const names = useNames()
  const { key } = filter
  const condition = findCondition(view.filter, key, 'text')
  if (condition !== undefined)
    return (
      <Checkbox checked onChange={() => onChange(null)}>
        {describeItem(condition, names)}
      </Checkbox>
    )
  if (text === '') return null
  return (
    <Checkbox checked={false} onChange={() => onChange({ kind: 'text', key, type: 'substring', value: text })}>
      Every value that contains “{text}”
    </Checkbox>
  )
}

interface ValueListProps {
  readonly filter: Filter
  readonly text: string
  readonly selected: readonly string[]
  readonly onChange: (selected: readonly string[]) => void
}

function ValueList({ filter, text, selected, onChange }: ValueListProps) {
  const [limit, setLimit] = useState(SHOWN_AT_FIRST)
  const search = useDebounced(text)
  const { data: rows, error, isPlaceholderData } = useValues(filter.key, search, limit)
  const isSelected = (value: string) => selected.some(one => isSameValue(one, value))
  const elsewhere = rows === undefined ? [] : selected.filter(value => !rows.some(row => isSameValue(row.value, value)))
  const shownElsewhere = elsewhere.slice(0, SHOWN_SELECTED)
  const counts = useValueCounts(filter.key, shownElsewhere)
  const height = useMost(rows && rows.length + shownElsewhere.length) * ROW_HEIGHT
  const further = SHOWN_AFTER.find(next => next > limit)

  function toggle(value: string, checked: boolean): void {
    onChange(checked ? [...selected, value] : selected.filter(one => !isSameValue(one, value)))
  }

  if (error) return <p className={styles.note}>{error.message}</p>
  return (
    <>
      {rows?.length === 0 && (
        <p className={styles.note}>
          {search === '' ? 'No values in this selection.' : `No value contains “${search}”.`}
        </p>
      )}
      <ul
        className={styles.values}
        style={{ minHeight: height }}
        aria-label={`Values of ${filter.display_name}`}
        aria-busy={isPlaceholderData}
      >
        {shownElsewhere.map((value, index) => (
          <ValueRow
            key={value}
            name={nameOfValue(filter.key, value) || '(empty)'}
            count={counts[index]}
            checked
            onChange={checked => toggle(value, checked)}
          />
        ))}
        {rows?.map(({ value, display_value, count }) => (
          <ValueRow
            key={value}
            name={display_value}
            count={count}
            checked={isSelected(value)}
            onChange={checked => toggle(value, checked)}
          />
        ))}
        {rows === undefined && <LoadingRows />}
      </ul>
      {elsewhere.length > SHOWN_SELECTED && (
        <p className={styles.note}>{formatNumber(elsewhere.length - SHOWN_SELECTED)} more values are selected.</p>
      )}
      {further !== undefined && rows !== undefined && rows.length >= limit && (
        <Button size="small" variant="quiet" className={styles.more} onClick={() => setLimit(further)}>
          Show more values
        </Button>
      )}
    </>
  )
}

interface ValueRowProps {
  readonly name: string
  readonly count: number | undefined
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function ValueRow({ name, count, checked, onChange }: ValueRowProps) {
  return (
    <li>
      <Checkbox className={styles.value} checked={checked} onChange={event => onChange(event.target.checked)}>
        <span className={styles.valueName} title={name} dir="auto">
          {name}
        </span>
        <span className={styles.valueCount}>{count === undefined ? '' : formatNumber(count)}</span>
      </Checkbox>
    </li>
  )
}

function LoadingRows() {
  return Array.from({ length: SHOWN_AT_FIRST }, (_, index) => (
    <li key={index} aria-hidden="true">
      <Skeleton />
    </li>
  ))
}

/** The most rows there have been. The place of a list that becomes shorter is kept, so that nothing below it moves. */
function useMost(count: number | undefined): number {
  const most = useRef(0)
  most.current = Math.max(most.current, count ?? 0)
  return most.current
}
