import { useState } from 'react'
import type { Bound } from '../../../api/records.ts'
import { TextField } from '../../../ui/field.tsx'
import type { RangeCondition } from '../../view-state.ts'
import { parseAmount } from '../amounts.ts'
import { useDraft } from '../use-draft.ts'
import styles from './filter-panel.module.css'

interface RangeInputsProps {
  readonly name: string
  readonly condition: RangeCondition
  readonly isDate: boolean
  readonly onChange: (condition: RangeCondition) => void
}

/** As in the conditions above the table. */
const NUMBER_LABELS = { gte: 'At least', gt: 'More than', lte: 'At most', lt: 'Less than' }
const DATE_LABELS = { gte: 'From', gt: 'After', lte: 'Until', lt: 'Before' }

/** The two bounds of a range. */
export function RangeInputs({ name, condition, isDate, onChange }: RangeInputsProps) {
  const lower = condition.gt === undefined ? 'gte' : 'gt'
  const upper = condition.lt === undefined ? 'lte' : 'lt'
  const inOrder = isInOrder(condition[lower], condition[upper])
  const labels = isDate ? DATE_LABELS : NUMBER_LABELS
  return (
    <div className={styles.bounds} role="group" aria-label={`Range of ${name}`}>
      <BoundInput
        label={labels[lower]}
        bound={condition[lower]}
        isDate={isDate}
        onChange={bound => onChange(withBound(condition, lower, bound))}
      />
      <BoundInput
        label={labels[upper]}
        bound={condition[upper]}
        isDate={isDate}
        error={inOrder ? null : `Must not be ${isDate ? 'before' : 'below'} “${labels[lower]}”`}
        onChange={bound => onChange(withBound(condition, upper, bound))}
      />
    </div>
  )
}

interface BoundInputProps {
  readonly label: string
  readonly bound: Bound | undefined
  readonly isDate: boolean
  readonly error?: string | null
  readonly onChange: (bound: Bound | undefined) => void
}

function BoundInput({ label, bound, isDate, error = null, onChange }: BoundInputProps) {
  const [wrong, setWrong] = useState<string | null>(null)
  const shown = bound === undefined ? '' : isDate ? String(bound).slice(0, 10) : String(bound)
  const draft = useDraft(shown, text => {
    const value = text.trim() === '' ? undefined : isDate ? text : parseAmount(text)
    setWrong(value === null ? text : null)
    if (value !== null && value !== bound) onChange(value)
  })
  return (
    <TextField
      label={label}
      type={isDate ? 'date' : 'text'}
      inputMode={isDate ? undefined : 'decimal'}
      placeholder="Any"
      value={draft.text}
      error={wrong !== null && wrong === draft.text ? 'Not a number' : error}
      onChange={event => draft.change(event.target.value)}
      onBlur={draft.flush}
      onKeyDown={event => event.key === 'Enter' && draft.flush()}
    />
  )
}

function withBound(
  condition: RangeCondition,
  name: 'gte' | 'gt' | 'lte' | 'lt',
  bound: Bound | undefined,
): RangeCondition {
  const { [name]: _, ...rest } = condition
  return bound === undefined ? rest : { ...rest, [name]: bound }
}

function isInOrder(lower: Bound | undefined, upper: Bound | undefined): boolean {
  if (lower === undefined || upper === undefined) return true
  const [from, to] = [Number(lower), Number(upper)]
  return Number.isNaN(from) || Number.isNaN(to) ? String(lower) <= String(upper) : from <= to
}
