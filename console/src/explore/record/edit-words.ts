/** What has become of an edit, in words that name the values. */
import type { Value } from '../../api/records.ts'
import { shorten } from '../../ui/format.ts'
import type { Kind } from '../columns/fields.ts'
import { formatValue } from '../columns/format-value.ts'

/** Characters of a value. Two of them fit into a message. */
const SHOWN = 40

/** Title: “Engineer” → “Chief Engineer” */
export function describeChange(label: string, before: Value, after: Value, kind: Kind): string {
  return `${label}: ${quote(before, kind)} → ${quote(after, kind)}`
}

/** Title is “Engineer” again. */
export function describeRestored(label: string, value: Value, kind: Kind): string {
  return `${label} is ${quote(value, kind)} again.`
}

export function describeChangedSince(label: string): string {
  return `${label} was changed again since. Nothing was undone.`
}

export function describeUnchanged(label: string): string {
  return `${label} stays as it was: the value differs in nothing but upper and lower case or spaces.`
}

function quote(value: Value, kind: Kind): string {
  const shown = formatValue(value, kind)
  if (shown === null) return 'empty'
  // Of an address its whole text, of a list all items that fit.
  return `“${shorten(shown.title, SHOWN)}”`
}
