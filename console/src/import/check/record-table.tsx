/** The first rows of a file as the records that they would become, with warnings at their cells. */
import { memo, useState } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { countOf } from '../../ui/data/nouns.ts'
import { formatNumber, shorten } from '../../ui/format.ts'
import { Table } from '../../ui/page.tsx'
import { Popover } from '../../ui/popover.tsx'
import { Badge, type Tone } from '../../ui/states.tsx'
import { showValue } from '../columns/columns.ts'
import type { Preview, PreviewRow, PreviewWarning } from '../columns/preview.ts'
import type { Sample } from '../columns/sample.ts'
import { codeTitle } from '../report/report-words.ts'
import styles from './record-table.module.css'
import { cellId, placeWarnings, type RecordColumn, recordColumns } from './records-view.ts'

type Shown = 'all' | 'warned' | 'rejected'

const AT_FIRST = 10
const SINGULAR = { contact: 'Contact', company: 'Company' } as const

export const RecordTable = memo(function RecordTable({
  preview,
  sample,
}: {
  readonly preview: Preview
  readonly sample: Sample | null
}) {
  const [shown, setShown] = useState<Shown>('all')
  const [isAll, setAll] = useState(false)
  const columns = recordColumns(preview)
  const lists = {
    all: preview.rows,
    warned: preview.rows.filter(({ warnings }) => warnings.length > 0),
    rejected: preview.rows.filter(({ becomes }) => becomes === 'rejected'),
  }
  const rows = isAll ? lists[shown] : lists[shown].slice(0, AT_FIRST)
  const spans = (['contact', 'company'] as const).map(service => ({
    service,
    title: SINGULAR[service],
    span: columns.filter(column => column.service === service).length,
  }))
  const choices = [
    { id: 'all', label: 'All' },
    { id: 'warned', label: 'With warnings' },
    { id: 'rejected', label: 'Rejected' },
  ] as const
  return (
    <>
      <div className={styles.controls} role="group" aria-label="Rows to show">
        {choices.map(({ id, label }) => (
          <Button key={id} size="small" variant="quiet" aria-pressed={id === shown} onClick={() => setShown(id)}>
            {label} <span className="number">{formatNumber(lists[id].length)}</span>
          </Button>
        ))}
      </div>
      <Table label="First rows as records">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Line
            </th>
            <th scope="col" rowSpan={2}>
              Becomes
            </th>
            {spans.map(
              ({ service, title, span }) =>
                span > 0 && (
                  <th key={service} scope="colgroup" colSpan={span} className={styles.group}>
                    {title}
                  </th>
                ),
            )}
          </tr>
          <tr>
            {columns.map((column, place) => (
              <th key={cellId(column)} scope="col" className={classes(isFirst(columns, place) && styles.group)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <RecordRow key={row.line} row={row} preview={preview} columns={columns} sample={sample} />
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length + 2}>No matches.</td>
            </tr>
          )}
        </tbody>
      </Table>
      {rows.length < lists[shown].length && (
        <Button onClick={() => setAll(true)}>
          {shown === 'all' && !preview.is_whole ? 'Show the first' : 'Show all'} {countOf(lists[shown].length, 'row')}
        </Button>
      )}
    </>
  )
})

function isFirst(columns: readonly RecordColumn[], place: number): boolean {
  return columns[place - 1]?.service !== columns[place]!.service
}

interface RecordRowProps {
  readonly row: PreviewRow
  readonly preview: Preview
  readonly columns: readonly RecordColumn[]
  readonly sample: Sample | null
}

function RecordRow({ row, preview, columns, sample }: RecordRowProps) {
  if (row.becomes !== 'stored') return <OtherRow row={row} columns={columns} sample={sample} />
  const warnings = placeWarnings(row, preview)
  return (
    <tr>
      <td className="number">{formatNumber(row.line)}</td>
      <td>
        <div className={styles.effects}>
          {row.contact && <Effect noun="contact" effect={row.contact.effect} />}
          {row.company && <Effect noun="company" effect={row.company.effect} />}
          {warnings.row.length > 0 && <WarningMark warnings={warnings.row} place="this row" />}
        </div>
      </td>
      {columns.map((column, place) => {
        const at = warnings.cells.get(cellId(column)) ?? []
        const value = showValue(row[column.service]?.values[column.field])
        return (
          <td
            key={cellId(column)}
            className={classes(isFirst(columns, place) && styles.group, at.length > 0 && styles.warned)}
          >
            <div className={styles.value}>
              <span className={styles.text} dir="auto" title={value.length > 30 ? shorten(value, 1000) : undefined}>
                {value === '' && at[0] !== undefined ? <s className="muted">{at[0].value}</s> : shorten(value, 200)}
              </span>
              {at.length > 0 && <WarningMark warnings={at} place={column.label} />}
            </div>
          </td>
        )
      })}
    </tr>
  )
}

const EFFECTS = {
  created: { text: 'New', tone: 'ok' },
  updated: { text: 'Changed', tone: 'info' },
  unchanged: { text: 'Unchanged', tone: 'neutral' },
} as const satisfies Record<string, { text: string; tone: Tone }>

function Effect({ noun, effect }: { readonly noun: string; readonly effect: keyof typeof EFFECTS }) {
  const { text, tone } = EFFECTS[effect]
  return (
    <Badge tone={tone}>
      {text} {noun}
    </Badge>
  )
}

/** A row without records: rejected, with the reason, or empty. */
function OtherRow({ row, columns, sample }: Omit<RecordRowProps, 'preview'>) {
  const cells = sample?.rows.find(({ line }) => line === row.line)?.cells ?? []
  const filled = cells.filter(cell => cell.trim() !== '').map(cell => shorten(cell.trim(), 60))
  return (
    <tr>
      <td className="number">{formatNumber(row.line)}</td>
      <td>
        <Badge tone={row.becomes === 'rejected' ? 'bad' : 'neutral'}>
          {row.becomes === 'rejected' ? 'Rejected' : 'Empty'}
        </Badge>
      </td>
      <td colSpan={Math.max(1, columns.length)}>
        <div className={styles.rejected}>
          {row.becomes === 'rejected' ? (
            <>
              {row.message} {row.code !== null && <code>{row.code}</code>}
            </>
          ) : (
            <span className="muted">The row has nothing to import.</span>
          )}
          {filled.length > 0 && (
            <div className={styles.cells} dir="auto">
              {filled.slice(0, 12).join(' · ')}
              {filled.length > 12 && ' · …'}
            </div>
          )}
        </div>
      </td>
    </tr>
  )
}

function WarningMark({ warnings, place }: { readonly warnings: readonly PreviewWarning[]; readonly place: string }) {
  return (
    <Popover
      label={`Warning about ${place}`}
      trigger={<IconButton size="small" icon="warning" label={`Warning about ${place}`} className={styles.mark} />}
    >
      {warnings.map(({ column, value, message, code }) => (
        <div key={`${code} ${column} ${message}`} className={styles.warning}>
          <strong>{codeTitle(code)}</strong>
          <span dir="auto">{message}</span>
          <dl>
            {column !== '' && (
              <>
                <dt>Column</dt>
                <dd dir="auto">{column}</dd>
              </>
            )}
            {value !== '' && (
              <>
                <dt>Value</dt>
                <dd dir="auto">{value}</dd>
              </>
            )}
            <dt>Code</dt>
            <dd>
              <code>{code}</code>
            </dd>
          </dl>
        </div>
      ))}
    </Popover>
  )
}
