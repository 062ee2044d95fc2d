/** The items of a list. Of a long one the first are shown, and all when asked for. */
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatNumber } from '../../ui/format.ts'
import styles from './record.module.css'

const SHOWN_AT_FIRST = 24

export function Tags({ items }: { readonly items: readonly string[] }) {
  const [showsAll, setShowsAll] = useState(false)
  const shown = showsAll ? items : items.slice(0, SHOWN_AT_FIRST)
  return (
    <ul className={styles.tags}>
      {shown.map(item => (
        <li key={item} className={styles.tag} dir="auto">
          {item}
        </li>
      ))}
      {items.length > SHOWN_AT_FIRST && (
        <li>
          <Button size="small" variant="quiet" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Show fewer' : `Show all ${formatNumber(items.length)}`}
          </Button>
        </li>
      )}
    </ul>
  )
}
