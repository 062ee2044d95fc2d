/** The bars of a histogram: ranges without gaps, with round bounds. */
import type { Bound } from '../../api/records.ts'
import { formatNumber, formatShort } from '../../ui/format.ts'
import type { RangeCondition } from '../view-state.ts'

export interface Bin {
  /** Both inclusive, as `gte` and `lte` take them. */
  readonly from: Bound
  readonly to: Bound
  readonly label: string
}

const TARGET = 20
/** From here on each bar is a multiple of the one before, or nearly all records would be in the first one. */
const WIDE = 50

const DAY = 86_400_000

/** Of whole numbers. */
export function numberBins(min: number, max: number): readonly Bin[] {
  const edges =
    max - min < TARGET ? everyOne(min, max) : max >= WIDE * Math.max(min, 1) ? powers(min, max) : steps(min, max)
  return edges.slice(1).map((next, index) => {
    const from = edges[index]!
    const to = next - 1
    return { from, to, label: from === to ? short(from) : `${short(from)} to ${short(to)}` }
  })
}

/** Exact where that is short, so that "200 to 499" is not "200 to 500". */
const short = (value: number): string => (Math.abs(value) < 100_000 ? formatNumber(value) : formatShort(value))

function everyOne(min: number, max: number): number[] {
  return Array.from({ length: max - min + 2 }, (_, index) => min + index)
}

function steps(min: number, max: number): number[] {
  const least = (max - min + 1) / TARGET
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= least) ?? 10 * power
  const edges = [Math.floor(min / step) * step]
  while (edges.at(-1)! <= max) edges.push(edges.at(-1)! + step)
  return edges
}

/** Where bars begin within each power of ten: more of them when there are few powers. */
const MANTISSAS = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]

function powers(min: number, max: number): number[] {
  const lowest = Math.max(min, 1)
  const perPower = TARGET / Math.log10(max / lowest)
  const mantissas = MANTISSAS.find(list => list.length <= perPower) ?? [1]
  const edges: number[] = []
  for (let power = 10 ** Math.floor(Math.log10(lowest)); ; power *= 10) {
    for (const mantissa of mantissas) {
      const edge = Math.ceil(mantissa * power)
      if (edge <= lowest) edges.length = 0
      if (edge !== edges.at(-1)) edges.push(edge)
      // Zero and what is below it have no logarithm. They share the first bar.
      if (edge > max) return min < 1 ? [min, ...edges] : edges
    }
  }
}

/** Of dates in ISO 8601, in days of UTC: a day, a week, a month, a quarter or some years each. */
export function dateBins(min: string, max: string): readonly Bin[] {
  const first = new Date(min)
  const last = new Date(max)
  const days = (last.getTime() - first.getTime()) / DAY + 1
  const next = stepFor(days)
  const bins: Bin[] = []
  for (let start = startFor(days, first); start <= last && bins.length <= 2 * TARGET; start = next(start)) {
    const from = isoDay(start)
    const to = isoDay(new Date(next(start).getTime() - DAY))
    bins.push({ from, to, label: from === to ? from : `${from} to ${to}` })
  }
  return bins
}

const MAX_BARS = 26

function stepFor(days: number): (start: Date) => Date {
  if (days <= MAX_BARS) return start => utc(start, 0, 1)
  if (days <= 7 * MAX_BARS) return start => utc(start, 0, 7)
  const months = monthsFor(days)
  return start => utc(start, months, 0)
}

function startFor(days: number, first: Date): Date {
  const day = utc(first, 0, 0)
  // Weeks begin on Monday.
  if (days <= 7 * MAX_BARS) return days <= MAX_BARS ? day : utc(day, 0, -((day.getUTCDay() + 6) % 7))
  const months = monthsFor(days)
  const count = day.getUTCFullYear() * 12 + day.getUTCMonth()
  return utcDay(0, Math.floor(count / months) * months, 1)
}

function monthsFor(days: number): number {
  const months = days / 30.4
  return [1, 3, 12, 60, 120].find(size => months / size <= MAX_BARS) ?? 1200
}

function utc(date: Date, months: number, days: number): Date {
  return utcDay(date.getUTCFullYear(), date.getUTCMonth() + months, date.getUTCDate() + days)
}

/** `Date.UTC` takes the years 0 to 99 for those of the last century. */
function utcDay(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}

const isoDay = (date: Date): string => date.toISOString().slice(0, 10)

/** Whether the whole bar is in the range. */
export function isInRange({ from, to }: Bin, range: RangeCondition): boolean {
  const order = typeof from === 'number' ? compareNumbers : compareDays
  return (
    (range.gte === undefined || order(from, range.gte) >= 0) &&
    (range.gt === undefined || order(from, range.gt) > 0) &&
    (range.lte === undefined || order(to, range.lte) <= 0) &&
    (range.lt === undefined || order(to, range.lt) < 0)
  )
}

const compareNumbers = (one: Bound, other: Bound): number => Number(one) - Number(other)

function compareDays(one: Bound, other: Bound): number {
  const [day, otherDay] = [String(one).slice(0, 10), String(other).slice(0, 10)]
  return day < otherDay ? -1 : day > otherDay ? 1 : 0
}
