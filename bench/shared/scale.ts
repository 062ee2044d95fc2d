/** Scales of charts: they map values to pixels. */

export interface Scale {
  at(value: number): number
  /** Values at which an axis is labelled. */
  readonly ticks: readonly number[]
}

/** Pixels between `from` and `to`. */
type Pixels = readonly [from: number, to: number]

/** The margin beyond the values at both ends of a logarithmic scale, in decades. */
const MARGIN = 0.2

/** Logarithmic, with a margin beyond the smallest and the largest of `values`, and ticks at powers of ten. */
export function logScale(values: readonly number[], [from, to]: Pixels): Scale {
  const least = Math.log10(Math.min(...values)) - MARGIN
  const greatest = Math.log10(Math.max(...values)) + MARGIN
  const first = Math.ceil(least)
  return {
    at: value => from + ((Math.log10(value) - least) / (greatest - least)) * (to - from),
    ticks: Array.from({ length: Math.floor(greatest) - first + 1 }, (_, place) => Number(`1e${first + place}`)),
  }
}

/** Linear, from zero to the multiple of `step` above the largest of `values`, with a tick at every step. */
export function linearScale(values: readonly number[], step: number, [from, to]: Pixels): Scale {
  const count = Math.ceil(Math.max(...values) / step)
  return {
    at: value => from + (value / (count * step)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, place) => place * step),
  }
}

/** The label of a tick, such as "0.001" or "1,000". */
export function formatTick(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 9 })
}
