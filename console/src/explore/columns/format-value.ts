/** A value as a cell shows it: one line of text, cut where nobody reads on. */
import type { Value } from '../../api/records.ts'
import { formatNumber, formatTime } from '../../ui/format.ts'
import type { Kind } from './fields.ts'

export interface CellText {
  readonly text: string
  /** The whole value, as a tooltip. */
  readonly title: string
  /** How many items of a list are not in `text`. */
  readonly more: number
  /** Only of an address that a browser may open. */
  readonly href: string | null
}

/** Characters. A cell shows fewer; what is longer would only slow the page down. */
const MAX_TEXT = 300
const MAX_LIST_TEXT = 80
const MAX_TITLE = 2000

/** Null without a value. */
export function formatValue(value: Value, kind: Kind): CellText | null {
  if (value === null || value === '') return null
  if (typeof value === 'number') return plain(kind === 'key' ? String(value) : formatNumber(value))
  if (typeof value !== 'string') return value.length === 0 ? null : formatList(value)
  if (kind === 'date') return formatDate(value)
  if (kind === 'url') return { ...plain(shortenUrl(value), value), href: safeUrl(value) }
  return plain(value)
}

function plain(text: string, title = text): CellText {
  return { text: cutText(text, MAX_TEXT), title: cutText(title, MAX_TITLE), more: 0, href: null }
}

/** At least one item, then as many as fit. */
function formatList(items: readonly string[]): CellText {
  let text = items[0]!
  let shown = 1
  while (shown < items.length && text.length + items[shown]!.length < MAX_LIST_TEXT) text += `, ${items[shown++]}`
  return { ...plain(text, cutText(items.slice(0, MAX_TITLE).join(', '), MAX_TITLE)), more: items.length - shown }
}

function formatDate(iso: string): CellText {
  return plain(Number.isNaN(Date.parse(iso)) ? iso : formatTime(iso), iso)
}

/** The address of a link, if the value is one. `javascript:` and everything else stays text. */
export function safeUrl(value: string): string | null {
  return /^https?:\/\//i.test(value) ? value : null
}

/** https://www.acme.example/ → acme.example */
function shortenUrl(value: string): string {
  return value.replace(/^https?:\/\/(?:www\.)?/i, '').replace(/\/$/, '') || value
}

/** Never within a surrogate pair. `length`: UTF-16 units. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** A value as text that can be edited: a list has one item per line. */
export function editableText(value: Value): string {
  if (value === null) return ''
  return typeof value === 'object' ? value.join('\n') : String(value)
}

/**
 * What was typed, as the API takes it. Null clears the field. Numbers such as "5.2M" are sent as text: the server knows more
 * spellings, and says so when it cannot read one.
 */
export function parseText(text: string, kind: Kind): Value {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (kind === 'list')
    return trimmed
      .split('\n')
      .map(item => item.trim())
      .filter(item => item !== '')
  if (kind === 'integer' && /^\d{1,3}(,\d{3})+$|^\d{1,15}$/.test(trimmed)) return Number(trimmed.replaceAll(',', ''))
  return trimmed
}

export function isSameValue(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return a.length === b.length && a.every((item, index) => item === b[index])
}
