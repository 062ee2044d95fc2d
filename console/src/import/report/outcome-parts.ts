/** The parts of a bar that shows what became of records or rows. */
import type { EffectCounts, RowCounts } from './report-words.ts'

export interface Part {
  readonly kind: 'created' | 'updated' | 'unchanged' | 'stored' | 'rejected' | 'empty'
  readonly label: string
  readonly count: number
}

/** `future`: nothing is stored yet. */
type Tense = 'past' | 'future'

/** Of the rows that name such a record. */
export function effectParts(
  { created, updated, unchanged }: EffectCounts,
  noun: 'contact' | 'company',
  tense: Tense = 'past',
): readonly Part[] {
  const isPast = tense === 'past'
  return [
    { kind: 'created', label: isPast ? 'created one' : 'will create one', count: created },
    { kind: 'updated', label: isPast ? 'changed one' : 'will change one', count: updated },
    { kind: 'unchanged', label: noun === 'company' ? 'already there' : 'already up to date', count: unchanged },
  ]
}

export function hasAny({ created, updated, unchanged }: EffectCounts): boolean {
  return created + updated + unchanged > 0
}

export function rowParts(
  { stored, rejected, empty }: Pick<RowCounts, 'stored' | 'rejected' | 'empty'>,
  tense: Tense = 'past',
): readonly Part[] {
  const will = tense === 'past' ? '' : 'will be '
  return [
    { kind: 'stored', label: `${will}stored`, count: stored },
    { kind: 'rejected', label: `${will}rejected`, count: rejected },
    { kind: 'empty', label: 'empty', count: empty },
  ]
}

/** Percent. What there is of is at least this wide, so that 3 of a million can be seen. */
const LEAST = 0.6

interface Slice {
  readonly kind: Part['kind']
  readonly start: number
  readonly width: number
}

export function divideBar(parts: readonly Part[]): readonly Slice[] {
  const shown = parts.filter(({ count }) => count > 0)
  const total = shown.reduce((sum, { count }) => sum + count, 0)
  const raw = shown.map(({ count }) => Math.max(LEAST, (count / total) * 100))
  const scale = 100 / raw.reduce((sum, width) => sum + width, 0)
  let start = 0
  return shown.map(({ kind }, place) => {
    const width = raw[place]! * scale
    start += width
    return { kind, start: start - width, width }
  })
}
