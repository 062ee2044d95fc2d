/** Numbers, times and sizes as people read them. */
const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** 1,234,567 */
export const formatNumber = (value: number): string => whole.format(value)
/** 1.2M */
export const formatShort = (value: number): string => short.format(value)

/** `value` from 0 to 1 → 45.3%. Only nothing is 0% and only everything is 100%. */
export function formatShare(value: number): string {
  if (value > 0 && value < 0.0005) return '<0.1%'
  if (value < 1 && value >= 0.9995) return '>99.9%'
  return share.format(value)
}

/** ISO 8601 → 29 Nov 2026, 14:03 */
export const formatTime = (iso: string): string => moment.format(new Date(iso))

/** 2026-11-29 → 29 Nov 2026, whatever the time zone */
export const formatDay = (date: string): string => day.format(new Date(date))

/** ISO 8601 → 5 minutes ago */
export function formatAgo(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit)
  return 'just now'
}

/** Bytes → 1.4 MB */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  // 999.5 would be rounded to 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`
}

/** Seconds → 2 min 5 s */
export function formatDuration(seconds: number): string {
  if (seconds < 0.05) return 'under 0.1 s'
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  const minutes = Math.floor(rounded / 60)
  return minutes < 60 ? `${minutes} min ${rounded % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `employees_count` → Employees count */
export function inWords(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Cuts a long text, not within a character. `most`: code points. */
export function shorten(text: string, most: number): string {
  const points = Array.from(text.slice(0, 2 * most + 2))
  return points.length > most ? `${points.slice(0, most).join('')}…` : text
}
