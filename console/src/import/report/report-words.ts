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

/**
 * "4,812 contacts were created, 12 rows changed a contact and 1 row had a contact that was already up to date." Null if there are
 * none. Only created records are counted: several rows may change or repeat the same record, also one of their own file.
 * Most rows repeat the company of an earlier row.
 */
export function effectSentence(
  { created, updated, unchanged }: EffectCounts,
  noun: 'contact' | 'company',
  tense: 'past' | 'future' = 'past',
): string | null {
  const isPast = tense === 'past'
  const parts: string[] = []
  if (created > 0)
    parts.push(`${countOf(created, noun)} ${isPast ? (created === 1 ? 'was' : 'were') : 'will be'} created`)
  if (updated > 0) parts.push(`${countOf(updated, 'row')} ${isPast ? 'changed' : 'will change'} a ${noun}`)
  if (unchanged > 0) parts.push(`${countOf(unchanged, 'row')} ${unchangedWords(unchanged, noun, isPast)}`)
  return parts.length === 0 ? null : `${joinParts(parts)}.`
}

function unchangedWords(rows: number, noun: 'contact' | 'company', isPast: boolean): string {
  if (noun === 'company') {
    const place = isPast ? 'was already there or in an earlier row' : 'is already there'
    return `${rows === 1 ? 'belongs' : 'belong'} to a company that ${place}`
  }
  const verb = isPast ? 'had' : rows === 1 ? 'has' : 'have'
  return `${verb} a contact that ${isPast ? 'was' : 'is'} already up to date`
}

function joinParts(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** Whether something went wrong. Of an import that has read rows. */
export function outcomeSentence({ read, stored, rejected }: RowCounts): string {
  if (read === 1) return `The only row was ${stored === 1 ? 'stored' : rejected === 1 ? 'rejected' : 'not stored'}.`
  const were = (count: number) => (count === 1 ? 'was' : 'were')
  const some = stored === read ? `All ${countOf(read, 'row')}` : `${formatNumber(stored)} of ${countOf(read, 'row')}`
  const end = rejected === 0 ? '. None was rejected.' : `, ${formatNumber(rejected)} ${were(rejected)} rejected.`
  return `${some} ${were(stored)} stored${end}`
}

/** Of a file that has companies. Null if all its rows have one. Each stored row that has one is in one of the counts. */
export function withoutCompany({ rows, companies }: ImportCounts): string | null {
  const having = companies.created + companies.updated + companies.unchanged
  const without = rows.stored - having
  if (having === 0 || without <= 0) return null
  return `${countOf(without, 'row')} ${without === 1 ? 'has' : 'have'} no company.`
}

/** What became of the rows besides records. */
export function rowSentences({ empty, warned }: RowCounts): readonly string[] {
  const sentences: string[] = []
  if (warned > 0) sentences.push(`${countOf(warned, 'row')} ${warned === 1 ? 'was' : 'were'} stored with a warning.`)
  if (empty > 0) sentences.push(`${countOf(empty, 'row')} had nothing to import.`)
  return sentences
}

/** A rate of so few rows says nothing. */
const FEW_ROWS = 100

export function speedSentence(seconds: number, rowsPerSecond: number, rows: number): string {
  const rate = rows < FEW_ROWS ? '' : `, ${formatNumber(rowsPerSecond)} rows per second`
  return `It took ${formatDuration(seconds)}${rate}.`
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
