/** How many records were created on each of the last days. Days are those of UTC, as the dates in queries are. */

const DAY_MS = 86_400_000

/** The last days as ISO dates, oldest first, the one of `now` included. */
export function listDays(length: number, now = Date.now()): readonly string[] {
  return Array.from({ length }, (_, index) => new Date(now - (length - 1 - index) * DAY_MS).toISOString().slice(0, 10))
}

/**
 * The counts of all days, in their order. It counts halves of the time, and halves of these where there is anything: records mostly
 * come by imports on a few days, so that a few requests are enough. There are never more requests than days.
 */
export async function countDays(
  days: readonly string[],
  count: (first: string, last: string) => Promise<number>,
): Promise<readonly number[]> {
  const counts = days.map(() => 0)
  async function divide(from: number, to: number, total: number): Promise<void> {
    if (total <= 0) return
    if (from === to) {
      counts[from] = total
      return
    }
    const middle = (from + to) >> 1
    const left = await count(days[from]!, days[middle]!)
    await Promise.all([divide(from, middle, left), divide(middle + 1, to, total - left)])
  }
  if (days.length > 0) await divide(0, days.length - 1, await count(days[0]!, days.at(-1)!))
  return counts
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** 2026-11-29 → 29 Nov */
export const formatDay = (date: string): string => dayFormat.format(new Date(date))
