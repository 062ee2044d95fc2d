/** Measures how fast a number grows, smoothed, so that rate and time left do not jump. Times are in milliseconds. */
export interface Meter {
  readonly at: number
  readonly value: number
  /** The weighted sum of past rates, and the sum of the weights. */
  readonly sum: number
  readonly weight: number
}

/** After this time the weight of a reading has fallen to about a third. */
const MEMORY = 5000

export function startMeter(at: number, value: number): Meter {
  return { at, value, sum: 0, weight: 0 }
}

/** A smaller value than before is a new start, such as another attempt. */
export function addReading(meter: Meter, at: number, value: number): Meter {
  if (value < meter.value) return startMeter(at, value)
  const passed = at - meter.at
  if (passed <= 0) return meter
  const kept = Math.exp(-passed / MEMORY)
  const rate = ((value - meter.value) / passed) * 1000
  return { at, value, sum: meter.sum * kept + rate * (1 - kept), weight: meter.weight * kept + 1 - kept }
}

/** Per second; null before the second reading. */
export function rateOf({ sum, weight }: Meter): number | null {
  return weight > 0 ? sum / weight : null
}

/** Null while nothing moves, because then nobody knows. */
export function secondsLeft(remaining: number, rate: number | null): number | null {
  return rate !== null && rate > 0 ? Math.max(0, remaining) / rate : null
}

/** Seconds → "about 2 min left". Rounded, because it is an estimate. */
export function describeTimeLeft(seconds: number | null): string {
  if (seconds === null) return ''
  if (seconds < 5) return 'a few seconds left'
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s left`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `about ${Math.max(1, minutes)} min left`
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`
}
