import { useId, useRef } from 'react'
import type { Filter } from '../../../api/records.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Badge } from '../../../ui/states.tsx'
import { useExplore } from '../../explore-context.ts'
import { countConditions, withoutKey } from '../edit-filter.ts'
import styles from './filter-panel.module.css'
import { RangeFilter } from './range-filter.tsx'
import { TextFilter } from './text-filter.tsx'
import { ValuesFilter } from './values-filter.tsx'

interface FilterSectionProps {
  readonly filter: Filter
  readonly name: string
  readonly open: boolean
  readonly onToggle: () => void
}

/** One filter. Nothing is requested for it while it is closed. */
export function FilterSection({ filter, name, open, onToggle }: FilterSectionProps) {
  const { view, setView } = useExplore()
  const id = useId()
  const toggle = useRef<HTMLButtonElement>(null)
  const count = countConditions(view.filter, filter.key)

  function clear() {
    setView({ filter: withoutKey(view.filter, filter.key) })
    // The pressed button goes.
    toggle.current?.focus()
  }

  return (
    <section className={styles.section} aria-label={filter.display_name}>
      <div className={styles.sectionHead}>
        <h4 className={styles.sectionTitle}>
          <button
            ref={toggle}
            type="button"
            className={styles.toggle}
            aria-expanded={open}
            aria-controls={id}
            onClick={onToggle}
          >
            <Icon name={open ? 'chevronDown' : 'chevronRight'} size={14} />
            <span className={styles.name}>{name}</span>
            {count > 0 && <Badge tone="info">{count === 1 ? 'On' : `${count} on`}</Badge>}
          </button>
        </h4>
        {count > 0 && <IconButton size="small" icon="close" label={`Clear ${filter.display_name}`} onClick={clear} />}
      </div>
      <div id={id} className={styles.body} hidden={!open}>
        {open && <FilterBody filter={filter} />}
      </div>
    </section>
  )
}

function FilterBody({ filter }: { readonly filter: Filter }) {
  if (filter.filter_type === 'range') return <RangeFilter filter={filter} />
  return filter.filter_type === 'text' ? <TextFilter filter={filter} /> : <ValuesFilter filter={filter} />
}
