import type { Filter } from '../../../api/records.ts'
import { Button } from '../../../ui/button.tsx'
import { useExplore } from '../../explore-context.ts'
import { findCondition, setCondition } from '../edit-filter.ts'
import styles from './filter-panel.module.css'

interface FieldOptionsProps {
  readonly filter: Filter
  readonly not: boolean
  readonly onNot: (not: boolean) => void
}

/** What every filter offers: turning its condition around, and whether there is a value at all. */
export function FieldOptions({ filter, not, onNot }: FieldOptionsProps) {
  const { view, setView } = useExplore()
  const { key, display_name: name } = filter
  const exists = findCondition(view.filter, key, 'exists')
  const has = exists !== undefined && !exists.not
  const hasNone = exists?.not === true

  function setExists(wanted: boolean, isOn: boolean): void {
    const condition = isOn ? null : ({ kind: 'exists', key, ...(!wanted && { not: true }) } as const)
    setView({ filter: setCondition(view.filter, key, 'exists', condition) })
  }

  return (
    <div className={styles.options} role="group" aria-label={`Options of ${name}`}>
      <Button size="small" variant="quiet" aria-pressed={not} onClick={() => onNot(!not)}>
        Is not
      </Button>
      <Button size="small" variant="quiet" aria-pressed={has} onClick={() => setExists(true, has)}>
        Has a value
      </Button>
      <Button size="small" variant="quiet" aria-pressed={hasNone} onClick={() => setExists(false, hasNone)}>
        Has none
      </Button>
    </div>
  )
}
