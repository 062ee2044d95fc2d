/** The columns of a file, what each is read as and why. Those that may mean several things come first. */
import { memo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/data/nouns.ts'
import { TextField } from '../../ui/field.tsx'
import { formatNumber } from '../../ui/format.ts'
import { Table } from '../../ui/page.tsx'
import { Badge, Notice } from '../../ui/states.tsx'
import { type Column, type ColumnFilter, countStates, filterColumns } from './columns.ts'
import { KeyPicker, type KeyPickerProps } from './key-picker.tsx'
import styles from './mapping-table.module.css'

export type ShownColumns = ColumnFilter['state']

interface MappingTableProps extends Omit<KeyPickerProps, 'column'> {
  readonly columns: readonly Column[]
  /** Of the file, which may have more than are shown. */
  readonly total: number
  /** Which of them are shown. */
  readonly state: ShownColumns
  readonly onState: (state: ShownColumns) => void
}

const STATES = [
  { state: 'all', label: 'All' },
  { state: 'unclear', label: 'Unclear' },
  { state: 'unknown', label: 'Not recognised' },
  { state: 'read', label: 'Read' },
  { state: 'ignored', label: 'Ignored' },
] as const satisfies readonly { state: ColumnFilter['state']; label: string }[]

/** Rows at first, and columns from which on there is a search field. */
const AT_FIRST = 60
const MANY = 12

export const MappingTable = memo(function MappingTable({
  columns,
  total,
  state,
  onState,
  ...picker
}: MappingTableProps) {
  const [text, setText] = useState('')
  const [isAll, setAll] = useState(false)
  const first = useAskedAbout(columns)
  const counts = countStates(columns)
  const shown = filterColumns(columns, { state, text, first })
  const visible = isAll ? shown : shown.slice(0, AT_FIRST)
  return (
    <>
      <div className={styles.controls}>
        <div className={styles.states} role="group" aria-label="Columns to show">
          {STATES.map(one => (
            <Button
              key={one.state}
              size="small"
              variant="quiet"
              aria-pressed={one.state === state}
              onClick={() => onState(one.state)}
            >
              {one.label}{' '}
              <span className="number">{formatNumber(one.state === 'all' ? columns.length : counts[one.state])}</span>
            </Button>
          ))}
        </div>
        {columns.length > MANY && (
          <div className={styles.search}>
            <TextField
              label="Search columns"
              hideLabel
              icon="search"
              placeholder="Search columns"
              value={text}
              onChange={event => setText(event.target.value)}
            />
          </div>
        )}
      </div>
      {total > columns.length && (
        <Notice tone="neutral">
          The first {formatNumber(columns.length)} of {countOf(total, 'column')} are shown. The others are read as
          usual.
        </Notice>
      )}
      <Table label="Columns and what they are read as">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Read as</th>
            <th scope="col">For example</th>
          </tr>
        </thead>
        <tbody>
          {visible.map(column => (
            <MappingRow key={column.index} column={column} {...picker} />
          ))}
          {shown.length === 0 && (
            <tr>
              <td colSpan={3}>No matches.</td>
            </tr>
          )}
        </tbody>
      </Table>
      {visible.length < shown.length && (
        <Button onClick={() => setAll(true)}>Show all {countOf(shown.length, 'column')}</Button>
      )}
    </>
  )
})

/** The headers of columns that are or were unclear. They do not move away when they are answered. */
function useAskedAbout(columns: readonly Column[]): ReadonlySet<string> {
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set())
  const more = columns.filter(({ state, header }) => state === 'unclear' && !asked.has(header))
  if (more.length === 0) return asked
  const next = new Set([...asked, ...more.map(({ header }) => header)])
  setAsked(next)
  return next
}

const MappingRow = memo(function MappingRow({ column, ...picker }: KeyPickerProps) {
  const { header, examples, explanation, fixed, state } = column
  return (
    <tr>
      <td>
        <bdi className={styles.header} title={header.length > 60 ? header : undefined}>
          {header.trim() || <span className="muted">No header</span>}
        </bdi>
      </td>
      <td>
        <KeyPicker column={column} {...picker} />
        <div className={styles.reason}>
          {state === 'unclear' && <Badge tone="warn">Unclear</Badge>} {fixed ?? explanation}
        </div>
      </td>
      <td>
        <ul className={styles.examples}>
          {examples.map(example => (
            <li key={example} title={example} dir="auto">
              {example}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
})
