/** A histogram in which a click, a drag or the keyboard selects a range. */
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { classes } from '../../../ui/classes.ts'
import { formatNumber } from '../../../ui/format.ts'
import type { RangeCondition } from '../../view-state.ts'
import { type Bin, isInRange } from '../bins.ts'
import type { Histogram } from '../use-results.ts'
import styles from './histogram.module.css'

interface HistogramBarsProps {
  readonly name: string
  readonly histogram: Histogram
  readonly condition: RangeCondition | null
  /** Shown below while no bar is pointed at. */
  readonly extent: string
  readonly onSelect: (range: Pick<Bin, 'from' | 'to'>) => void
}

/** So high is the bar of a single record at least, as a share of the highest. */
const LEAST = 0.04

export function HistogramBars({ name, histogram, condition, extent, onSelect }: HistogramBarsProps) {
  const { bins, counts } = histogram
  const last = bins.length - 1
  const [cursor, setCursor] = useState<number | null>(null)
  const [anchor, setAnchor] = useState<number | null>(null)
  const at = Math.min(cursor ?? 0, last)
  const highest = Math.max(...counts, 1)
  const text = `${bins[at]!.label}: ${formatNumber(counts[at]!)}`

  function select(one: number, other: number): void {
    onSelect({ from: bins[Math.min(one, other)]!.from, to: bins[Math.max(one, other)]!.to })
  }

  function indexOf(event: PointerEvent): number {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    return Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * bins.length)))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at - 1,
      ArrowUp: at + 1,
      Home: 0,
      End: last,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      // With Shift the range grows from where the cursor was.
      setAnchor(event.shiftKey ? (anchor ?? at) : null)
      setCursor(Math.min(last, Math.max(0, to)))
    } else if (event.key === 'Enter' || event.key === ' ') {
      select(anchor ?? at, at)
      setAnchor(null)
    } else return
    event.preventDefault()
  }

  return (
    <div className={styles.box}>
      <div
        className={styles.slider}
        role="slider"
        tabIndex={0}
        aria-label={`Histogram of ${name}: arrow keys move, Enter selects`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at}
        aria-valuetext={text}
        onKeyDown={onKeyDown}
        onFocus={() => setCursor(at)}
        onBlur={() => {
          setCursor(null)
          setAnchor(null)
        }}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setAnchor(indexOf(event))
        }}
        onPointerMove={event => setCursor(indexOf(event))}
        onPointerLeave={() => setCursor(null)}
        onPointerUp={event => {
          if (anchor !== null) select(anchor, indexOf(event))
          setAnchor(null)
        }}
        onPointerCancel={() => setAnchor(null)}
      >
        <svg className={styles.bars} viewBox={`0 0 ${bins.length} 1`} preserveAspectRatio="none" aria-hidden="true">
          {bins.map((bin, index) => {
            const count = counts[index]!
            const height = count === 0 ? 0 : Math.max(LEAST, count / highest)
            const isAt = cursor !== null && isBetween(index, anchor ?? at, at)
            return (
              <g key={String(bin.from)}>
                <rect className={classes(styles.hit, isAt && styles.at)} x={index} y={0} width={1} height={1} />
                <rect
                  className={classes(styles.bar, condition !== null && isInRange(bin, condition) && styles.in)}
                  x={index + 0.08}
                  y={1 - height}
                  width={0.84}
                  height={height}
                />
              </g>
            )
          })}
        </svg>
      </div>
      <p className={styles.note}>{cursor === null ? extent : text}</p>
    </div>
  )
}

/** Holds the place of a histogram. */
export function HistogramPlace({ note }: { readonly note: string }) {
  return (
    <div className={styles.box}>
      <div className={styles.place} />
      <p className={styles.note}>{note}</p>
    </div>
  )
}

function isBetween(index: number, one: number, other: number): boolean {
  return index >= Math.min(one, other) && index <= Math.max(one, other)
}
