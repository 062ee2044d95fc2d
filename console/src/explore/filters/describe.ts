/** Conditions in words, for chips and screen readers. */
import type { Bound } from '../../api/records.ts'
import { formatDay, formatNumber, formatTime } from '../../ui/format.ts'
import { cutText } from '../columns/format-value.ts'
import type { Item, RangeCondition, TextCondition } from '../view-state.ts'

export interface Names {
  readonly field: (key: string) => string
  readonly value: (key: string, value: string) => string
}

const SHOWN_VALUES = 2
const SHOWN_ITEMS = 3
const SHOWN_LETTERS = 60

export function describeItem(item: Item, names: Names): string {
  switch (item.kind) {
    case 'values': {
      const shown = item.values
        .slice(0, SHOWN_VALUES)
        .map(value => cutText(names.value(item.key, value) || '(empty)', SHOWN_LETTERS))
      return `${names.field(item.key)}${item.not ? ' is not ' : ': '}${shown.join(', ')}${more(item.values.length - shown.length)}`
    }
    case 'range':
      return `${names.field(item.key)}${item.not ? ' is not ' : ': '}${describeRange(item)}`
    case 'text':
      return describeText(item, names.field(item.key))
    case 'exists':
      return `${names.field(item.key)} has ${item.not ? 'no' : 'a'} value`
    case 'vql':
      return `VQL: ${cutText(JSON.stringify(item.where), SHOWN_LETTERS)}`
    case 'group': {
      const shown = item.items
        .slice(0, SHOWN_ITEMS)
        .map(part => (part.kind === 'group' ? `(${describeItem(part, names)})` : describeItem(part, names)))
      const list = shown.join('; ') + more(item.items.length - shown.length)
      return `${{ all: 'All', any: 'Any', none: 'None' }[item.op]} of: ${list || 'nothing yet'}`
    }
  }
}

const NUMBER_WORDS = { gte: 'at least', gt: 'more than', lte: 'at most', lt: 'less than' }
const DATE_WORDS = { gte: 'from', gt: 'after', lte: 'until', lt: 'before' }

function describeRange(range: RangeCondition): string {
  const { gte, lte } = range
  if (gte !== undefined && lte !== undefined) {
    const [from, to] = [bound(gte), bound(lte)]
    // The date is said once: 29 Nov 2026, 10:55 to 10:56.
    const date = isDate(gte) ? from.slice(0, from.indexOf(', ') + 2) : ''
    return from === to ? from : `${from} to ${date !== '' && to.startsWith(date) ? to.slice(date.length) : to}`
  }
  const parts = (['gte', 'gt', 'lte', 'lt'] as const).flatMap(name => {
    const value = range[name]
    return value === undefined ? [] : `${(isDate(value) ? DATE_WORDS : NUMBER_WORDS)[name]} ${bound(value)}`
  })
  return parts.join(', ') || 'any'
}

function bound(value: Bound): string {
  if (typeof value === 'number') return formatNumber(value)
  if (!isDate(value)) return cutText(value, SHOWN_LETTERS)
  return value.length > 10 ? formatTime(value) : formatDay(value)
}

function isDate(value: Bound): boolean {
  return /^\d{4}-\d\d-\d\d/.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
}

function describeText({ type, value, fuzzy, not }: TextCondition, field: string): string {
  const text = cutText(value, SHOWN_LETTERS)
  switch (type) {
    case 'match':
      return `${field} ${not ? 'does not have' : 'has'} “${text}”${fuzzy ? ' or similar' : ''}`
    case 'match_phrase':
      return `${field} ${not ? 'does not have' : 'has'} the phrase “${text}”`
    case 'match_phrase_prefix':
      return `${field} ${not ? 'does not have' : 'has'} “${text}…”`
    case 'substring':
      return `${field} ${not ? 'does not contain' : 'contains'} “${text}”`
  }
}

function more(count: number): string {
  return count > 0 ? ` and ${formatNumber(count)} more` : ''
}
