/** Reads the classes of queries from the table of `bench search` with PostgreSQL, and groups them by kind. */
import type { Block } from '../shared/document.ts'
import { parseFigure } from '../shared/figures.ts'
import { columnOf } from '../shared/table.ts'

export interface ComparedClass {
  readonly name: string
  readonly group: string
  /** Milliseconds: medians. */
  readonly index: number
  readonly postgres: number
  /** Time of PostgreSQL divided by the time of the index. */
  readonly ratio: number
}

export function isComparison({ tables }: Block): boolean {
  return tables[0]?.header.includes('PostgreSQL p50') ?? false
}

export function comparedClasses({ tables }: Block): ComparedClass[] {
  const table = tables[0]!
  const [group, index, postgres, ratio] = ['group', 'p50', 'PostgreSQL p50', 'ratio of p50'].map(name =>
    columnOf(table, name),
  ) as [number, number, number, number]
  return table.rows.map(row => ({
    name: row[0]!,
    group: row[group]!,
    index: parseFigure(row[index]!),
    postgres: parseFigure(row[postgres]!),
    ratio: parseFigure(row[ratio]!),
  }))
}

/** The kinds of queries and the names of their classes, without a leading "companies: ". Each class has exactly one kind. */
export const KINDS: readonly (readonly [kind: string, names: RegExp])[] = [
  ['Keywords', /^(match all|(one|three) keywords?|must_not(, text|, nothing else)?|by (e-mail|domain))$/],
  ['Ranges of dates and numbers', /^((date|integer) range|must_not, range)$/],
  ['Words and phrases', /^(match, .*|phrase.*|text, keyword and range)$/],
  ['Typing errors (fuzzy)', /^fuzzy/],
  ['Substrings', /^substring/],
  ['Conditions on the company', /^company /],
  ['Sorted by own fields', /^by (uuid|string|number|two keys)/],
  ["Sorted by the company's fields", /^by company/],
  ['Later pages: page, cursor', /^(page|cursor)/],
  ['Counts', /^count, (all|one keyword|three keywords|must_not|(date|integer) range|match|phrase)$/],
  ['Counts: fuzzy, substring, company', /^count, (fuzzy|substring|company)/],
  ['Facets', /^facet/],
  ['Extents (minimum and maximum)', /^extent/],
]

/** The kind of a class. Throws if there is not exactly one. */
export function kindOf(name: string): string {
  const kinds = KINDS.filter(([, names]) => names.test(name.replace(/^companies: /, '')))
  if (kinds.length !== 1) throw new Error(`${JSON.stringify(name)} has ${kinds.length} kinds, expected 1`)
  return kinds[0]![0]
}
