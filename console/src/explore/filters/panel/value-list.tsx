import { useMemo, useRef, useState } from 'react'
import type { Filter } from '../../../api/records.ts'
import { useDebounced } from '../../../shell/use-debounced.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox } from '../../../ui/field.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { Skeleton } from '../../../ui/states.tsx'
import { useValueCounts, useValues, useWhereWithout } from '../use-results.ts'
import { foldValue, nameOfValue } from '../value-names.ts'
import { keepPlaces, type ListedValue, listValues } from './choose-rows.ts'
import styles from './filter-panel.module.css'

const SHOWN_AT_FIRST = 8
const SHOWN_AFTER = [50, 100]
/** Chosen values that are listed first or are not among the most frequent ones, up to so many each. */
const MAX_CHOSEN = 10

interface ValueListProps {
  readonly filter: Filter
  readonly text: string
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** The chosen values and the most frequent ones, to tick. */
export function ValueList({ filter, text, chosen, onChange }: ValueListProps) {
  const { key } = filter
  const [limit, setLimit] = useState(SHOWN_AT_FIRST)
  const list = useRef<HTMLUListElement>(null)
  const search = useDebounced(text)
  const { data: rows, error, isPlaceholderData } = useValues(key, search, limit)
  const pinned = usePinned(key, search, chosen)
  const chosenKeys = useMemo(() => new Set(chosen.map(foldValue)), [chosen])
  const fresh = useMemo(() => {
    const all = limitChosen(listValues(pinned, chosen, rows ?? []))
    // A search lists what it finds.
    return search === '' ? all : all.filter(({ found }) => found !== undefined)
  }, [pinned, chosen, rows, search])
  const isUsed = list.current?.closest('[data-panel]')?.matches(':hover, :focus-within') ?? false
  const before = useRef<readonly ListedValue[]>([])
  const listed = isUsed && search === '' && rows ? keepPlaces(before.current, fresh, limit, rows.length < limit) : fresh
  before.current = search === '' ? listed : []
  const uncounted = listed.filter(({ found }) => found === undefined).map(({ value }) => value)
  const counts = useValueCounts(key, uncounted)
  const isChosen = (value: string) => chosenKeys.has(foldValue(value))
  const hidden = chosen.length - listed.filter(({ value }) => isChosen(value)).length
  const most = useMost(isUsed, rows && listed.length)
  const further = SHOWN_AFTER.find(next => next > limit)

  function toggle(value: string, checked: boolean): void {
    onChange(checked ? [...chosen, value] : chosen.filter(one => foldValue(one) !== foldValue(value)))
  }

  function showMore(): void {
    setLimit(further!)
    // The pressed button may go.
    list.current?.focus()
  }

  if (error) return <p className={styles.note}>{error.message}</p>
  return (
    <>
      {rows && listed.length === 0 && (
        <p className={styles.note}>
          {search === '' ? 'No values in these results.' : `No value contains “${search}”.`}
        </p>
      )}
      <ul
        ref={list}
        tabIndex={-1}
        className={styles.values}
        style={{ minHeight: `calc(${most} * var(--value))` }}
        aria-label={`Values of ${filter.display_name}`}
        aria-busy={isPlaceholderData}
      >
        {listed.map(({ value, found }) => (
          <ValueRow
            key={foldValue(value)}
            name={found?.display_value ?? (nameOfValue(key, value) || '(empty)')}
            count={found === undefined ? counts[uncounted.indexOf(value)] : found.count}
            checked={isChosen(value)}
            onChange={checked => toggle(value, checked)}
          />
        ))}
        {rows === undefined && <LoadingRows />}
      </ul>
      {hidden > 0 && (
        <p className={styles.note}>
          {formatNumber(hidden)} more {hidden === 1 ? 'value is' : 'values are'} chosen.
        </p>
      )}
      {/* Also while they are loading, to keep the place. */}
      {further !== undefined && (rows === undefined || rows.length >= limit) && (
        <Button size="small" variant="quiet" className={styles.more} onClick={showMore}>
          Show more values
        </Button>
      )}
    </>
  )
}

/** The first values that were chosen when the list became another one: by a search, or by a change of other filters. */
function usePinned(key: string, search: string, chosen: readonly string[]): readonly string[] {
  const where = useWhereWithout(key)
  const [pinned, setPinned] = useState({ where, search, values: chosen.slice(0, MAX_CHOSEN) })
  if (pinned.where === where && pinned.search === search) return pinned.values
  const next = { where, search, values: chosen.slice(0, MAX_CHOSEN) }
  setPinned(next)
  return next.values
}

/** Without most of the chosen values that are nowhere else: there may be thousands. */
function limitChosen(listed: ReturnType<typeof listValues>): ReturnType<typeof listValues> {
  let elsewhere = 0
  return listed.filter(({ found }) => found !== undefined || elsewhere++ < MAX_CHOSEN)
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

/**
 * The most rows there have been, of a short list. While someone uses the panel, the place of a list is kept, so that nothing below
 * it moves under their hands.
 */
function useMost(isUsed: boolean, count: number | undefined): number {
  const most = useRef(0)
  most.current = Math.min(SHOWN_AT_FIRST, isUsed ? Math.max(most.current, count ?? 0) : (count ?? most.current))
  return most.current
}
