import type { Filter } from '../../../api/records.ts'
import { formatShort } from '../../../ui/format.ts'
import { useExplore } from '../../explore-context.ts'
import type { RangeCondition } from '../../view-state.ts'
import { findCondition, setCondition } from '../edit-filter.ts'
import { isDate } from '../field-groups.ts'
import { useHistogram } from '../use-results.ts'
import { isComplete } from '../where.ts'
import { FieldOptions } from './field-options.tsx'
import styles from './filter-panel.module.css'
import { HistogramBars, HistogramPlace } from './histogram-bars.tsx'
import { RangeInputs } from './range-inputs.tsx'

/** A number or a date between two bounds, which are typed or chosen in a histogram. */
export function RangeFilter({ filter }: { readonly filter: Filter }) {
  const { view, setView } = useExplore()
  const { key, display_name: name } = filter
  const { data: histogram, error } = useHistogram(key)
  const condition: RangeCondition = findCondition(view.filter, key, 'range') ?? { kind: 'range', key }

  function change(next: RangeCondition, options?: { readonly replace: boolean }): void {
    setView({ filter: setCondition(view.filter, key, 'range', isComplete(next) || next.not ? next : null) }, options)
  }

  return (
    <>
      {error && <p className={styles.note}>{error.message}</p>}
      {!error && !histogram && <HistogramPlace note={histogram === null ? 'No values in these results.' : ''} />}
      {!error && histogram && (
        <HistogramBars
          name={name}
          histogram={histogram}
          condition={isComplete(condition) ? condition : null}
          extent={`${shown(histogram.min)} to ${shown(histogram.max)}`}
          onSelect={({ from, to }) =>
            change({ kind: 'range', key, gte: from, lte: to, ...(condition.not && { not: true }) })
          }
        />
      )}
      <RangeInputs
        name={name}
        condition={condition}
        isDate={isDate(filter)}
        onChange={next => change(next, { replace: true })}
      />
      <FieldOptions filter={filter} not={condition.not === true} onNot={not => change({ ...condition, not })} />
    </>
  )
}

function shown(bound: string | number): string {
  return typeof bound === 'number' ? formatShort(bound) : bound.slice(0, 10)
}
