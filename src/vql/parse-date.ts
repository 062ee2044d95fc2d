/** Dates in ISO 8601. */

/** Milliseconds since 1970 UTC, both ends included. A half stands for a fraction of a millisecond. */
export interface Moment {
  readonly start: number
  readonly end: number
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/
const DAY = 86_400_000

/**
 * A date (`2024-01-15`) stands for the whole day in UTC. A date with a time stands for that moment, in UTC unless it has an
 * offset. Returns null if the text is neither, or if the day does not exist.
 */
export function parseDate(text: string): Moment | null {
  const date = DATE.exec(text)
  if (date !== null) {
    const start = dayOf(date)
    return start === null ? null : { start, end: start + DAY - 1 }
  }
  const parts = DATE_TIME.exec(text)
  if (parts === null) return null
  const day = dayOf(parts)
  const offset = offsetOf(parts[8])
  const [hours, minutes, seconds] = [Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)]
  if (day === null || offset === null || hours > 23 || minutes > 59 || seconds > 59) return null
  const fraction = parts[7] ?? ''
  // Half a millisecond stands for any fraction of one, because a double cannot hold nanoseconds.
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0')) + (/[1-9]/.test(fraction.slice(3)) ? 0.5 : 0)
  const moment = day + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + milliseconds - offset
  return { start: moment, end: moment }
}

function dayOf(parts: RegExpExecArray): number | null {
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
