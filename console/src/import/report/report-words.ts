/** The report of an import in plain words. */

import { countOf } from '../../ui/data/nouns.ts'
import { formatDuration, formatNumber } from '../../ui/format.ts'
import { labelOf } from '../columns/targets.ts'

export interface EffectCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
}

export interface RowCounts {
  readonly read: number
  readonly stored: number
  readonly warned: number
  readonly rejected: number
  readonly empty: number
}

/** What an import did, or what a preview says it would do. */
export interface ImportCounts {
  readonly rows: RowCounts
  readonly contacts: EffectCounts
  readonly companies: EffectCounts
}

/** "4,812 contacts were created, 12 were changed and 3 stayed as they were." Null if there are none. */
export function effectSentence(
  counts: EffectCounts,
  noun: 'contact' | 'company',
  tense: 'past' | 'future' = 'past',
): string | null {
  const said = [
    { count: counts.created, one: 'was created', many: 'were created', will: 'will be created' },
    { count: counts.updated, one: 'was changed', many: 'were changed', will: 'will be changed' },
    { count: counts.unchanged, one: 'stayed as it was', many: 'stayed as they were', will: 'will stay as before' },
  ].filter(({ count }) => count > 0)
  const parts = said.map(({ count, one, many, will }, place) => {
    const subject = place === 0 ? countOf(count, noun) : formatNumber(count)
    return `${subject} ${tense === 'future' ? will : count === 1 ? one : many}`
  })
  return parts.length === 0 ? null : `${joinParts(parts)}.`
}

function joinParts(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** What became of the rows besides records. */
export function rowSentences({ rejected, empty, warned }: RowCounts): readonly string[] {
  const sentences: string[] = []
  if (rejected > 0) sentences.push(`${countOf(rejected, 'row')} ${rejected === 1 ? 'was' : 'were'} rejected.`)
  if (warned > 0) sentences.push(`${countOf(warned, 'row')} ${warned === 1 ? 'was' : 'were'} stored with a warning.`)
  if (empty > 0) sentences.push(`${countOf(empty, 'row')} had nothing to import.`)
  return sentences
}

export function speedSentence(seconds: number, rowsPerSecond: number): string {
  return `It took ${formatDuration(seconds)}, ${formatNumber(rowsPerSecond)} rows per second.`
}

/** What an import that was cancelled or has failed has stored. */
export function stoppedSentence({
  rows_read,
  rows_stored,
}: {
  readonly rows_read: number
  readonly rows_stored: number
}): string {
  if (rows_read === 0) return 'No row was read and nothing was stored.'
  const read = `It stopped after ${countOf(rows_read, 'row')}.`
  if (rows_stored === 0) return `${read} Nothing was stored.`
  return `${read} The ${countOf(rows_stored, 'row')} that ${rows_stored === 1 ? 'was stored is' : 'were stored are'} kept.`
}

export interface Kind {
  readonly code: string
  readonly field: string | null
  readonly count: number
  readonly line: number
  readonly message: string
}

interface CodeGroup {
  readonly code: string
  readonly title: string
  readonly count: number
  /** By field, the most frequent first. */
  readonly kinds: readonly Kind[]
}

const CODES: Readonly<Record<string, string>> = {
  ERR_INVALID_VALUE: 'Values that could not be used',
  ERR_PLACEHOLDER: 'Placeholders, counted as empty',
  ERR_WEAK_IDENTITY: 'Records with nothing but a name',
  ERR_MISSING_IDENTITY: 'Names neither a person nor a company',
  ERR_VALUE_TOO_LONG: 'Values that are too long',
  ERR_INVALID_CSV: 'Rows that could not be read',
  ERR_INVALID_UUID: 'Not a UUID',
}

export function codeTitle(code: string): string {
  return CODES[code] ?? code
}

/** Problems by code, the most frequent first. */
export function groupByCode(kinds: readonly Kind[]): readonly CodeGroup[] {
  const groups = new Map<string, Kind[]>()
  for (const kind of kinds) groups.set(kind.code, [...(groups.get(kind.code) ?? []), kind])
  return [...groups]
    .map(([code, of]) => ({
      code,
      title: codeTitle(code),
      count: of.reduce((sum, { count }) => sum + count, 0),
      kinds: of.sort((a, b) => b.count - a.count),
    }))
    .sort((a, b) => b.count - a.count)
}

export function fieldName(field: string | null): string {
  return field === null ? 'Whole row' : labelOf(field)
}
