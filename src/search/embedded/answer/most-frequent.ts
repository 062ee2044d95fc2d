/** The most frequent values of a facet over all segments. Each segment has its own dictionary and counts by ordinal. */
import { type Meter, UNLIMITED } from '../query/meter.ts'
import { containing, contains } from '../query/substring.ts'
import { findValue } from '../query/value-matchers.ts'
import { numberAt } from '../segment/ascending.ts'
import type { Values } from '../segment/segment.ts'
import { openCursor } from '../segment/terms.ts'
import { uuidTest } from '../segment/uuids.ts'
import { compareValues, valueAt } from './order-keys.ts'
import { NOWHERE, places } from './places.ts'
import { topOrdinals } from './top-ordinals.ts'

/** The values of one segment. */
export interface CountedValues {
  readonly values: Values
  /** The number of matching records per ordinal. */
  readonly counts: Counts
}

type Counts = Uint32Array | Int32Array

/** A value and the number of matching records that have it, over all segments. */
export interface ValueCount {
  readonly folded: string
  readonly count: number
}

/** Up to this many candidates are looked up one by one in all sources. Above that, whole dictionaries are mapped. */
const FEW = 20_000
/** The cost of one pass over the counts, for each value. */
const PASS = 2

/**
 * The `wanted` most frequent values over all sources that contain `part`, ties by value. First the totals of the best values
 * of each source are computed. Let t be the smallest total among the `wanted` best of them: a value with a total of at least
 * t has a count of at least t / (number of sources) in some source, so only such values are looked up. (The idea is that of
 * threshold algorithms; Fagin, Lotem and Naor 2003.)
 */
export function mostFrequent(
  sources: readonly CountedValues[],
  wanted: number,
  part: string,
  meter = UNLIMITED,
): readonly ValueCount[] {
  for (const { values } of sources) meter.spend(values.size * PASS)
  const totals = new Map<string, number>()
  const take = ({ values }: CountedValues, ordinal: number) => {
    const folded = valueAt(values, ordinal) as string
    if (!totals.has(folded)) totals.set(folded, totalOf(sources, folded))
  }
  const best = () => Array.from(totals, ([folded, count]) => ({ folded, count })).sort(byCountThenValue)
  for (const source of sources) {
    for (const ordinal of topContaining(source.values, source.counts, wanted, part, meter)) take(source, ordinal)
  }
  if (sources.length === 1 || totals.size < wanted) return best()
  const least = Math.ceil(best()[wanted - 1].count / sources.length)
  const candidates = sources.map(({ counts, values }) => ordinalsFrom(counts, values.size, least))
  if (candidates.some(ordinals => ordinals.length > FEW)) return mostFrequentOfMany(sources, wanted, part, meter)
  sources.forEach((source, index) => {
    for (const ordinal of part === ''
      ? candidates[index]
      : candidates[index].filter(substringTest(source.values, part))) {
      take(source, ordinal)
    }
  })
  return best().slice(0, wanted)
}

function totalOf(sources: readonly CountedValues[], folded: string): number {
  return sources.reduce((sum, { values, counts }) => {
    const ordinal = findValue(values, folded)
    return ordinal < 0 ? sum : sum + counts[ordinal]
  }, 0)
}

/** The ordinals whose count is at least `least`. Stops once there are more than FEW. */
function ordinalsFrom(counts: Counts, size: number, least: number): number[] {
  const ordinals: number[] = []
  for (let ordinal = 0; ordinal < size && ordinals.length <= FEW; ordinal++) {
    if (counts[ordinal] >= least) ordinals.push(ordinal)
  }
  return ordinals
}

/**
 * The same when many values are about equally frequent. A count that several sources have for the same value is moved to the
 * largest of them. After that every value is counted in one source only, so the best of each source are enough, and no other
 * value is decoded to a string.
 */
function mostFrequentOfMany(
  sources: readonly CountedValues[],
  wanted: number,
  part: string,
  meter: Meter,
): readonly ValueCount[] {
  const bySize = [...sources].sort((a, b) => b.values.size - a.values.size)
  const totals = bySize.map(({ counts }) => counts.slice())
  for (let smaller = 1; smaller < bySize.length; smaller++) {
    for (let larger = 0; larger < smaller; larger++) {
      moveCounts(totals[smaller], totals[larger], places.get(bySize[larger].values, bySize[smaller].values))
    }
  }
  const best = bySize.flatMap(({ values }, index) =>
    topContaining(values, totals[index], wanted, part, meter).map(ordinal => ({
      folded: valueAt(values, ordinal) as string,
      count: totals[index][ordinal],
    })),
  )
  return best.sort(byCountThenValue).slice(0, wanted)
}

function moveCounts(from: Counts, to: Counts, targets: Uint32Array): void {
  for (let ordinal = 0; ordinal < targets.length; ordinal++) {
    if (targets[ordinal] === NOWHERE || from[ordinal] === 0) continue
    to[targets[ordinal]] += from[ordinal]
    from[ordinal] = 0
  }
}

/** This many of the most frequent values are tested for the substring before the whole dictionary is searched. */
const TRIED = 1024

/** Returns a test: whether the value of an ordinal contains `part`. */
function substringTest(values: Values, part: string): (ordinal: number) => boolean {
  if (values.kind === 'uuids') {
    const test = uuidTest(part)
    return ordinal => test(values.rows, ordinal)
  }
  if (values.kind === 'numbers') return ordinal => String(numberAt(values.numbers, ordinal)).includes(part)
  const cursor = openCursor(values.terms)
  const bytes = Buffer.from(part)
  return ordinal => contains(cursor, ordinal, bytes)
}

/** The ordinals of the `wanted` largest counts among the values that contain `part`, ties by ordinal. */
function topContaining(values: Values, counts: Counts, wanted: number, part: string, meter: Meter): number[] {
  if (part === '') return topOrdinals(counts, values.size, wanted)
  const tried = topOrdinals(counts, values.size, Math.max(TRIED, wanted))
  const holds = substringTest(values, part)
  const found = tried.filter(holds)
  if (found.length >= wanted || tried.length < Math.max(TRIED, wanted)) return found.slice(0, wanted)
  const kept = new Uint32Array(values.size)
  if (values.kind === 'terms') {
    for (const ordinal of containing(values.terms, values.signatures, part, meter)) kept[ordinal] = counts[ordinal]
  } else {
    for (let ordinal = 0; ordinal < values.size; ordinal++) {
      if (counts[ordinal] > 0 && holds(ordinal)) kept[ordinal] = counts[ordinal]
    }
  }
  return topOrdinals(kept, values.size, wanted)
}

function byCountThenValue(a: ValueCount, b: ValueCount): number {
  return b.count - a.count || compareValues(a.folded, b.folded, false)
}
