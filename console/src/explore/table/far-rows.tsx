/** Over the table while the rows in sight are looked for, or if they cannot be reached. */
import { Button } from '../../ui/button.tsx'
import { formatNumber } from '../../ui/format.ts'
import type { Records } from '../records/use-records.ts'
import styles from './table.module.css'

interface FarRowsProps {
  readonly distance: NonNullable<Records['distance']>
  readonly rows: number
  readonly onGoTo: (row: number) => void
}

export function FarRows({ distance, rows, onGoTo }: FarRowsProps) {
  return (
    <div className={styles.far} role="status">
      {distance === 'too far' ? (
        <>
          <p>
            These rows are too far from both ends of the list to be shown. Filter the list, or sort it by another
            column.
          </p>
          <div className={styles.farActions}>
            <Button size="small" icon="arrowUp" onClick={() => onGoTo(0)}>
              First row
            </Button>
            <Button size="small" icon="arrowDown" onClick={() => onGoTo(rows - 1)}>
              Last row
            </Button>
          </div>
        </>
      ) : (
        <p>Reading the list up to here: {formatNumber(distance.reached)} rows…</p>
      )}
    </div>
  )
}
