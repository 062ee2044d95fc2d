/** Small charts in SVG: bars with a label and a figure each, and columns over time. */
import type { ReactNode } from 'react'
import { classes } from '../classes.ts'
import { formatNumber } from '../format.ts'
import { Skeleton } from '../states.tsx'
import styles from './charts.module.css'

export interface Bar {
  readonly label: string
  /** The length of the bar, from 0 to 1. */
  readonly value: number
  /** The figure, as it is shown. */
  readonly text: string
  /** Where the figure comes from: the list of these records. */
  readonly href?: string
}

/** Horizontal bars. The bar is decoration: the figure beside it says the same. */
export function BarList({ label, bars }: { readonly label: string; readonly bars: readonly Bar[] }) {
  return (
    <ul className={styles.bars} aria-label={label}>
      {bars.map(bar => (
        <li key={bar.href ?? bar.label}>
          {bar.href === undefined ? (
            <div className={styles.bar}>
              <BarParts {...bar} />
            </div>
          ) : (
            <a className={classes(styles.bar, styles.link)} href={bar.href}>
              <BarParts {...bar} />
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}

function BarParts({ label, value, text }: Bar) {
  return (
    <>
      <span className={styles.label} title={label} dir="auto">
        {label}
      </span>
      <Track value={value} />
      <span className={styles.figure}>{text}</span>
    </>
  )
}

function Track({ value }: { readonly value: number }) {
  return (
    <svg className={styles.track} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className={styles.rest} width="100" height="8" />
      {/* Very small shares still show. */}
      <rect className={styles.fill} width={value > 0 ? Math.max(0.5, value * 100) : 0} height="8" />
    </svg>
  )
}

/** Holds the place of a list with that many bars. */
export function BarListSkeleton({ length }: { readonly length: number }) {
  return (
    <div className={styles.bars} aria-hidden="true">
      {Array.from({ length }, (_, index) => (
        <div key={index} className={styles.bar}>
          <Skeleton />
          <Track value={0} />
          <Skeleton />
        </div>
      ))}
    </div>
  )
}

export interface Column {
  readonly label: string
  readonly value: number
}

interface ColumnsProps {
  /** What the columns show, for the table that screen readers get. */
  readonly caption: string
  /** Headers of the two columns of this table. */
  readonly headers: readonly [label: string, value: string]
  /** In their order; null while they are loading. */
  readonly columns: readonly Column[] | null
}

/** The gap between columns, as a share of their distance. */
const GAP = 0.25

/** Columns over time: drawn for those who see, a table for those who hear. */
export function Columns({ caption, headers, columns }: ColumnsProps) {
  const highest = Math.max(1, ...(columns ?? []).map(column => column.value))
  const first = columns?.at(0)
  const last = columns?.at(-1)
  return (
    <figure className={styles.columns}>
      <svg viewBox={`0 0 ${columns?.length || 1} 1`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {columns?.map(({ label, value }, index) => (
          <g key={label}>
            {/* Takes the pointer above low columns, too. */}
            <rect className={styles.area} x={index} width="1" height="1">
              <title>{`${label}: ${formatNumber(value)}`}</title>
            </rect>
            <Drawn index={index} share={value / highest} />
          </g>
        ))}
      </svg>
      <div className={styles.axis} aria-hidden="true">
        <span>{first?.label ?? '\u00a0'}</span>
        <span>{last?.label ?? ''}</span>
      </div>
      {columns && (
        <div className="visually-hidden">
          <table>
            <caption>{caption}</caption>
            <thead>
              <tr>
                <th scope="col">{headers[0]}</th>
                <th scope="col">{headers[1]}</th>
              </tr>
            </thead>
            <tbody>{columns.map(tableRow)}</tbody>
          </table>
        </div>
      )}
    </figure>
  )
}

/** An empty column is a line at the bottom. */
function Drawn({ index, share }: { readonly index: number; readonly share: number }) {
  const height = share > 0 ? Math.max(0.04, share) : 0.015
  return (
    <rect
      className={share > 0 ? styles.fill : styles.rest}
      x={index + GAP / 2}
      y={1 - height}
      width={1 - GAP}
      height={height}
      pointerEvents="none"
    />
  )
}

function tableRow({ label, value }: Column): ReactNode {
  return (
    <tr key={label}>
      <th scope="row">{label}</th>
      <td>{formatNumber(value)}</td>
    </tr>
  )
}
