/** The filters of the list: those that are used most, and all others behind "More filters" or by their name. */
import { useState } from 'react'
import type { Filter, Service } from '../../../api/records.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import { ErrorState, Skeleton } from '../../../ui/states.tsx'
import { useExplore } from '../../explore-context.ts'
import { hasWords } from '../../has-words.ts'
import type { Group } from '../../view-state.ts'
import { countConditions } from '../edit-filter.ts'
import { type FieldGroup, groupFields, shortName } from '../field-groups.ts'
import { useFilters } from '../use-filters.ts'
import styles from './filter-panel.module.css'
import { FilterSection } from './filter-section.tsx'

export function FilterPanel({ onAdvanced }: { readonly onAdvanced: () => void }) {
  const { view, filters } = useExplore()
  const { error, refetch } = useFilters(view.service)
  const [text, setText] = useState('')
  const groups = groupFields(view.service, [...filters.values()])
  const [open, toggle] = useOpenSections(view.service, view.filter, groups)
  const words = text.trim()
  return (
    <div className={styles.panel} data-panel>
      <div className={styles.head}>
        <TextField
          label="Find a filter"
          hideLabel
          type="search"
          icon="search"
          placeholder="Find a filter"
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <Button size="small" title="Combine conditions with any, all and none" onClick={onAdvanced}>
          Advanced filter
        </Button>
      </div>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && filters.size === 0 && <LoadingPanel />}
      {filters.size > 0 &&
        groups.map(group => <PanelGroup key={group.title} group={group} text={words} open={open} onToggle={toggle} />)}
      {words !== '' && filters.size > 0 && groups.every(group => findFilters(group, words).length === 0) && (
        <p className={styles.note} role="status">
          No filter has this name.
        </p>
      )}
    </div>
  )
}

function findFilters({ main, more }: FieldGroup, words: string): readonly Filter[] {
  return [...main, ...more].filter(({ display_name, key }) => hasWords(`${display_name} ${key}`, words))
}

interface PanelGroupProps {
  readonly group: FieldGroup
  readonly text: string
  readonly open: ReadonlySet<string>
  readonly onToggle: (key: string) => void
}

function PanelGroup({ group, text, open, onToggle }: PanelGroupProps) {
  const { view } = useExplore()
  const [more, setMore] = useState(false)
  // A filter that is in force is always in sight.
  const shown: readonly Filter[] =
    text === ''
      ? [...group.main, ...group.more.filter(({ key }) => more || countConditions(view.filter, key) > 0)]
      : findFilters(group, text)
  if (shown.length === 0) return null
  return (
    <section className={styles.group} aria-label={group.title}>
      <h3 className={styles.groupTitle}>{group.title}</h3>
      {shown.map(filter => (
        <FilterSection
          key={filter.key}
          filter={filter}
          name={shortName(filter)}
          open={open.has(filter.key)}
          onToggle={() => onToggle(filter.key)}
        />
      ))}
      {text === '' && group.more.length > 0 && (
        <Button
          size="small"
          variant="quiet"
          icon={more ? 'minus' : 'plus'}
          className={styles.more}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          {more ? 'Fewer filters' : `More filters (${group.more.length})`}
        </Button>
      )}
    </section>
  )
}

function LoadingPanel() {
  return (
    <div className={styles.group} aria-hidden="true">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={styles.sectionHead}>
          <Skeleton />
        </div>
      ))}
    </div>
  )
}

/** Which sections are open, per service, until the page is loaded again. */
const opened = new Map<Service, ReadonlySet<string>>()
const OPEN_AT_FIRST = 2

function useOpenSections(service: Service, filter: Group, groups: readonly FieldGroup[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string> | undefined>(() => opened.get(service))
  const fields = groups.flatMap(group => [...group.main, ...group.more])
  const atFirst = () => [
    ...fields.slice(0, OPEN_AT_FIRST).map(({ key }) => key),
    ...fields.filter(({ key }) => countConditions(filter, key) > 0).map(({ key }) => key),
  ]
  const [initial, setInitial] = useState<ReadonlySet<string> | null>(null)
  if (initial === null && fields.length > 0) setInitial(new Set(atFirst()))
  const open = chosen ?? initial ?? new Set<string>()

  function toggle(key: string): void {
    const next = new Set(open)
    if (!next.delete(key)) next.add(key)
    opened.set(service, next)
    setChosen(next)
  }
  return [open, toggle] as const
}
