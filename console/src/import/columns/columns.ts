/** The columns of a file with what each is read as: from the preview, the first rows of the file, and what a person chose. */
import type { Preview, PreviewColumn } from './preview.ts'
import { examplesOf, type Sample } from './sample.ts'
import { labelOf, type Mapping, type TargetKey } from './targets.ts'

export interface Column {
  /** Its place in the file, from 0. */
  readonly index: number
  readonly header: string
  readonly examples: readonly string[]
  /** What it is read as; null if it is ignored. */
  readonly key: string | null
  readonly explanation: string
  /** The keys that its header may mean. */
  readonly candidates: readonly string[]
  readonly state: ColumnState
  /** What a person chose; undefined if the server decides. */
  readonly choice: TargetKey | null | undefined
  /** Why it cannot be changed; null if it can. */
  readonly fixed: string | null
}

/** `unclear`: its header may mean several things. `unknown`: its header is not known. Nobody has decided yet. */
type ColumnState = 'unclear' | 'unknown' | 'read' | 'ignored'

/** Longer headers are cut in previews, and `mapping` needs them whole. */
const HEADER_CUT = 200

export function describeColumns(preview: Preview, sample: Sample | null, mapping: Mapping): Column[] {
  const seen = new Set<string>()
  return preview.columns.map((column, index) => {
    const header = wholeHeader(column, index, sample)
    const isRepeated = seen.has(header.trim())
    seen.add(header.trim())
    const choice = isRepeated ? undefined : choiceOf(mapping, header)
    return {
      index,
      header,
      examples: sample === null ? recordExamples(preview, column) : examplesOf(sample, index),
      // A choice is shown before the server has answered to it.
      key: choice === undefined ? column.key : choice,
      explanation: choice === undefined ? explain(column) : CHOSEN,
      candidates: column.candidates,
      state: stateOf(column, choice),
      choice,
      fixed: whyFixed(column, header, isRepeated, sample),
    }
  })
}

/** The columns of a file that the server cannot read yet, because it recognises none of them. */
export function unreadColumns(sample: Sample, mapping: Mapping): Column[] {
  const seen = new Set<string>()
  return sample.header.map((header, index) => {
    const isRepeated = seen.has(header.trim())
    seen.add(header.trim())
    const choice = isRepeated ? undefined : choiceOf(mapping, header)
    return {
      index,
      header,
      examples: examplesOf(sample, index),
      key: choice ?? null,
      explanation: choice === undefined ? UNKNOWN : CHOSEN,
      candidates: [],
      state: choice ? 'read' : choice === null || isRepeated ? 'ignored' : 'unknown',
      choice,
      fixed: isRepeated ? REPEATED : null,
    }
  })
}

const CHOSEN = 'your choice'
const UNKNOWN = 'We do not know this header. Choose what it is.'
const REPEATED = 'An earlier column has the same header.'

/** A header may be called like a member of every object (`constructor`). */
function choiceOf(mapping: Mapping, header: string): TargetKey | null | undefined {
  return Object.hasOwn(mapping, header) ? mapping[header] : undefined
}

/** `choice` undefined: the server decides again. */
export function withChoice(mapping: Mapping, header: string, choice: TargetKey | null | undefined): Mapping {
  const entries = Object.entries(mapping).filter(([name]) => name !== header)
  if (choice !== undefined) entries.push([header, choice])
  return Object.fromEntries(entries)
}

function wholeHeader({ column }: PreviewColumn, index: number, sample: Sample | null): string {
  const whole = sample?.header[index]
  return whole?.slice(0, HEADER_CUT).toWellFormed() === column ? whole : column
}

function whyFixed(
  { column, reason }: PreviewColumn,
  header: string,
  isRepeated: boolean,
  sample: Sample | null,
): string | null {
  if (isRepeated) return REPEATED
  if (reason === 'report') return 'An earlier import added this column to its rejected rows.'
  if (sample === null && column.length >= HEADER_CUT && header === column)
    return 'The header is too long to be shown here as a whole.'
  return null
}

function stateOf({ key, reason }: PreviewColumn, choice: TargetKey | null | undefined): ColumnState {
  if (choice !== undefined) return choice === null ? 'ignored' : 'read'
  if (key !== null) return 'read'
  if (reason === 'ambiguous') return 'unclear'
  return reason === 'unknown' ? 'unknown' : 'ignored'
}

/** The reason of the server; in words of its own where the server's are about the request. */
function explain({ reason, explanation, candidates }: PreviewColumn): string {
  if (reason === 'mapping') return [CHOSEN, ...explanation.split('; ').slice(1)].join('; ')
  if (reason === 'unknown') return UNKNOWN
  if (reason !== 'ambiguous') return explanation
  return candidates.length === 0 ? 'may mean several things' : `may mean ${listMeanings(candidates)}`
}

function listMeanings(candidates: readonly string[]): string {
  const labels = candidates.map(labelOf)
  return [...labels, ...(labels.length === 1 ? ['something else'] : [])].join(' or ')
}

const EXAMPLES = 3

/** Without a sample: values of the records that the column becomes. */
function recordExamples({ rows }: Preview, { service, field }: PreviewColumn): readonly string[] {
  if (service === null || field === null) return []
  const found = new Set<string>()
  for (const row of rows) {
    const value = row[service]?.values[field]
    if (value !== undefined && value !== null) found.add(showValue(value))
    if (found.size === EXAMPLES) break
  }
  return [...found]
}

/** A value of a record as text. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

export interface ColumnFilter {
  readonly state: ColumnState | 'all'
  readonly text: string
  /** Headers that come first: those that were asked about. They keep their place after the answer. */
  readonly first: ReadonlySet<string>
}

export function filterColumns(columns: readonly Column[], { state, text, first }: ColumnFilter): readonly Column[] {
  const wanted = text.trim().toLowerCase()
  const found = columns.filter(column => {
    if (state !== 'all' && column.state !== state) return false
    if (wanted === '') return true
    const label = column.key === null ? '' : labelOf(column.key)
    return [column.header, label, ...column.examples].some(part => part.toLowerCase().includes(wanted))
  })
  return [...found.filter(({ header }) => first.has(header)), ...found.filter(({ header }) => !first.has(header))]
}

export function countStates(columns: readonly Column[]): Readonly<Record<ColumnState, number>> {
  const counts = { unclear: 0, unknown: 0, read: 0, ignored: 0 }
  for (const { state } of columns) counts[state]++
  return counts
}
