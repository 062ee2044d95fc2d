/** Compares pairs of measurements. */
import { median, significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'

/** A value measured in pairs: the same place in both lists is one pair. */
export interface Pairs {
  readonly name: string
  /** Of the values, such as "ms". More is worse, except for "rows/s". */
  readonly unit: 'ms' | 's' | 'MB' | 'rows/s'
  readonly here: readonly number[]
  readonly there: readonly number[]
}

export interface Comparison extends Pairs {
  /** Time or memory of this tree divided by that of the other: the median of the pairs, the lowest and the highest. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
  readonly verdict: 'better' | 'worse' | ''
}

/** A smaller change of the median does not count. */
const NOISE = 1.05

export function compare(pairs: Pairs): Comparison {
  const ratios = ratiosOf(pairs).sort((a, b) => a - b)
  const [ratio, lowest, highest] = [middle(ratios), ratios[0]!, ratios.at(-1)!]
  const verdict = lowest > 1 && ratio > NOISE ? 'worse' : highest < 1 && ratio < 1 / NOISE ? 'better' : ''
  return { ...pairs, ratio, lowest, highest, verdict }
}

function ratiosOf({ unit, here, there }: Pairs): number[] {
  return here.map((value, pair) => (unit === 'rows/s' ? there[pair]! / value : value / there[pair]!))
}

/** The geometric mean of the two in the middle. A median by nearest rank would favour one side if their number is even. */
function middle(sorted: readonly number[]): number {
  const last = sorted.length - 1
  return Math.sqrt(sorted[Math.floor(last / 2)]! * sorted[Math.ceil(last / 2)]!)
}

/** The geometric means of all values of a pair, so that noise in single ones cancels out. */
export function pooled(name: string, all: readonly Pairs[]): Pairs {
  const { unit, here } = all[0]!
  const means = (side: 'here' | 'there') =>
    here.map((_, pair) => Math.exp(all.reduce((sum, pairs) => sum + Math.log(pairs[side][pair]!), 0) / all.length))
  return { name, unit, here: means('here'), there: means('there') }
}

/** `other` names the other commit. */
export function comparisonTable(comparisons: readonly Comparison[], other: string): Table {
  return {
    header: ['medians', 'unit', other, 'this tree', 'ratio', 'lowest', 'highest', 'beyond noise'],
    rows: comparisons.map(({ name, unit, here, there, ratio, lowest, highest, verdict }) => [
      name,
      unit,
      significant(median(there)),
      significant(median(here)),
      ...[ratio, lowest, highest].map(value => value.toFixed(2)),
      verdict,
    ]),
  }
}
