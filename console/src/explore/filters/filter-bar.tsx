/** The number of results and a chip for each condition in force. */
import { useRef } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { useExplore } from '../explore-context.ts'
import { NO_FILTER } from '../view-state.ts'
import { describeItem } from './describe.ts'
import { removeItem } from './edit-filter.ts'
import styles from './filter-bar.module.css'
import { ResultCount } from './result-count.tsx'
import { useNames } from './use-names.ts'
import { isComplete } from './where.ts'

export function FilterBar({ onAdvanced }: { readonly onAdvanced: () => void }) {
  const { view, setView } = useExplore()
  const names = useNames()
  const bar = useRef<HTMLDivElement>(null)
  const chips = view.filter.items
    .map((item, place) => ({ item, place, text: describeItem(item, names) }))
    .filter(({ item }) => isComplete(item))

  // The button that was pressed is gone. The focus stays near it.
  function change(filter: typeof view.filter): void {
    setView({ filter })
    bar.current?.focus()
  }

  return (
    <div className={styles.bar} ref={bar} tabIndex={-1} role="group" aria-label="Results">
      <ResultCount />
      {chips.length > 0 && (
        <ul className={styles.chips} aria-label="Conditions">
          {chips.map(({ item, place, text }) => (
            <li key={`${place} ${text}`} className={styles.chip}>
              {item.kind === 'group' || item.kind === 'vql' ? (
                <button type="button" className={classes(styles.text, styles.edit)} title={text} onClick={onAdvanced}>
                  {text}
                </button>
              ) : (
                <span className={styles.text} title={text}>
                  {text}
                </span>
              )}
              <IconButton
                size="small"
                icon="close"
                label={`Remove: ${text}`}
                onClick={() => change(removeItem(view.filter, [place]))}
              />
            </li>
          ))}
        </ul>
      )}
      {chips.length > 1 && (
        <Button size="small" variant="quiet" onClick={() => change(NO_FILTER)}>
          Clear all
        </Button>
      )}
    </div>
  )
}
