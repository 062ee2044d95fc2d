/**
 * The reference evaluator: defines what every query means by the simplest possible evaluation over plain records. Engines are
 * compared with it. It shares nothing with them except folding, word splitting and edit distance.
 */
import type { Field, Service } from '../../src/fields.ts'
import type { Facet, FacetRequest, Hit, IndexedRecord } from '../../src/search/engine.ts'
import { hasBothCases } from '../../src/text/case.ts'
import { allowedEdits, withinEdits } from '../../src/text/distance.ts'
import * as folding from '../../src/text/fold.ts'
import * as phones from '../../src/text/phone-digits.ts'
import * as cutting from '../../src/text/words.ts'
import type { Condition, Order, PhoneLeaf, PhraseLeaf, Query, SubstringLeaf } from '../../src/vql/query.ts'

/** Live records of both services. */
export interface Records {
  readonly company: readonly IndexedRecord[]
  readonly contact: readonly IndexedRecord[]
}

type Value = IndexedRecord[string]

/** A cache: the same texts recur in every query. */
const fold = remembering(folding.fold)
const words = remembering(cutting.words)
const phoneWords = remembering((text: string) => phones.wordsOfPhone(folding.fold(text)))
const digitsOf = remembering((text: string) => phones.numberDigits(folding.fold(text)))
const bytes = remembering((text: string) => Buffer.from(text))

function remembering<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return text => {
    let value = made.get(text)
    if (value === undefined) {
      if (made.size >= REMEMBERED) made.clear()
      value = make(text)
      made.set(text, value)
    }
    return value
  }
}

const REMEMBERED = 300_000

/** The uuids of the requested page, in order. */
export function evaluate(records: Records, query: Query): string[] {
  return search(records, query).map(hit => hit.uuid)
}

/** The requested page, with cursors. */
export function search(records: Records, query: Query): Hit[] {
  const start = (query.page - 1) * query.limit
  return sorted(records, query)
    .slice(start, start + query.limit)
    .map(row => ({
      uuid: row.uuid,
      cursor: [...cursorParts(query.orderBy, row.keys), row.uuid],
    }))
}

/** All uuids of the query in order, up to its limit. */
export function scan(records: Records, query: Query): string[] {
  return sorted(records, query)
    .map(row => row.uuid)
    .slice(0, query.limit)
}

export function count(records: Records, service: Service, where: Condition): number {
  return matching(records, service, where).length
}

export function facet(records: Records, request: FacetRequest): Facet[] {
  const { service, field, where, contains, offset, limit } = request
  const found = new Map<string, string[]>()
  const spelled = new Map<string, string[]>()
  for (const record of matching(records, service, where)) {
    const values = items(read(records, service, record, field))
    for (const folded of new Set(values.map(fold))) {
      if (!folded.includes(contains)) continue
      if (field.answered === 'lower' && hasBothCases(values[0]))
        spelled.set(folded, [...(spelled.get(folded) ?? []), record.uuid])
      const uuids = found.get(folded)
      if (uuids === undefined) found.set(folded, [record.uuid])
      else uuids.push(record.uuid)
    }
  }
  return [...found]
    .map(([folded, uuids]) => ({
      folded,
      count: uuids.length,
      uuid: uuids.sort()[0],
      spelled: spelled.get(folded)?.sort()[0] ?? null,
    }))
    .sort((a, b) => b.count - a.count || compare(a.folded, b.folded))
    .slice(offset, offset + limit)
}

export function extent(
  records: Records,
  service: Service,
  field: Field,
  where: Condition,
): { min: number; max: number } | null {
  const numbers = matching(records, service, where)
    .map(record => read(records, service, record, field))
    .filter(value => typeof value === 'number')
  return numbers.length === 0 ? null : { min: Math.min(...numbers), max: Math.max(...numbers) }
}

function matching(records: Records, service: Service, where: Condition): IndexedRecord[] {
  return records[service].filter(record => holds(where, field => read(records, service, record, field)))
}

function read(records: Records, service: Service, record: IndexedRecord, field: Field): Value {
  const of = field.service === service ? record : companyOf(records, record.company_id)
  return of?.[field.name] ?? null
}

const companies = new WeakMap<Records['company'], ReadonlyMap<Value, IndexedRecord>>()

function companyOf(records: Records, uuid: Value): IndexedRecord | undefined {
  let byUuid = companies.get(records.company)
  if (byUuid === undefined) {
    byUuid = new Map(records.company.map(company => [company.uuid, company]))
    companies.set(records.company, byUuid)
  }
  return byUuid.get(uuid)
}

function holds(condition: Condition, value: (field: Field) => Value): boolean {
  switch (condition.type) {
    case 'all':
      return true
    case 'none':
      return false
    case 'and':
      return condition.of.every(part => holds(part, value))
    case 'or':
      return condition.of.some(part => holds(part, value))
    case 'not':
      return !holds(condition.of, value)
    case 'exists':
      return value(condition.field) !== null
    case 'terms':
      return items(value(condition.field)).some(item => condition.values.includes(fold(item)))
    case 'range': {
      const number = value(condition.field)
      return typeof number === 'number' && condition.ranges.some(({ from, to }) => number >= from && number <= to)
    }
    case 'match': {
      const present = items(value(condition.field)).flatMap(wordsOf(condition.field))
      const found = (word: string): boolean =>
        present.some(other => (condition.fuzzy ? withinEdits(word, other, allowedEdits(word)) : word === other))
      return condition.operator === 'and' ? condition.words.every(found) : condition.words.some(found)
    }
    case 'phrase':
      if (condition.followedBy !== undefined)
        return hasPhrase(
          [condition.field, condition.followedBy].flatMap(field => items(value(field)).flatMap(words)),
          condition,
        )
      return items(value(condition.field)).some(item => hasPhrase(wordsOf(condition.field)(item), condition))
    case 'substring':
      return hasSubstring(items(value(condition.field)), condition)
    case 'phone':
      return items(value(condition.field)).some(item => hasDigits(digitsOf(item), condition))
  }
}

function wordsOf(field: Field): (text: string) => readonly string[] {
  return field.format === 'phone' ? phoneWords : words
}

function hasDigits(digits: string, { whole, national, starts, inside }: PhoneLeaf): boolean {
  const rests = [
    digits,
    ...phones.CALLING_CODES.filter(code => digits.startsWith(code)).map(code => digits.slice(code.length)),
  ]
  return (
    whole.includes(digits) ||
    national.some(number => rests.includes(number)) ||
    starts.some(number => rests.some(rest => rest.startsWith(number))) ||
    inside.some(part => digits.includes(part))
  )
}

/** Whether the words occur at ascending places with at most `slop` places left out in between, in total. */
function hasPhrase(present: readonly string[], phrase: PhraseLeaf): boolean {
  const fits = (word: string, index: number): boolean =>
    phrase.prefix && index === phrase.words.length - 1
      ? word.startsWith(phrase.words[index])
      : word === phrase.words[index]
  // For each place, the latest start of a match of the words so far that ends there; -1 if none ends there.
  let starts = present.map((word, place) => (fits(word, 0) ? place : -1))
  for (let index = 1; index < phrase.words.length; index++) {
    let latest = -1
    starts = starts.map((start, place) => {
      const before = latest
      latest = Math.max(latest, start)
      return fits(present[place], index) ? before : -1
    })
  }
  return starts.some((start, place) => start >= 0 && place - start + 1 - phrase.words.length <= phrase.slop)
}

function hasSubstring(values: readonly string[], { field, parts }: SubstringLeaf): boolean {
  if (field.kind !== 'text') return values.some(value => parts.every(part => fold(value).includes(part)))
  const present = values.flatMap(words)
  return parts.every(part => present.some(word => word.includes(part)))
}

function items(value: Value): readonly string[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [String(value)]
}

interface Row {
  readonly uuid: string
  /** The sort values of the row. */
  readonly keys: readonly (string | number | null)[]
}

/** All matching rows in order, after the cursor. */
function sorted(records: Records, query: Query): Row[] {
  const rows = matching(records, query.service, query.where).map(record => ({
    uuid: record.uuid,
    keys: query.orderBy.map(({ field }) => {
      const value = read(records, query.service, record, field)
      return typeof value === 'string' ? fold(value) : (value as number | null)
    }),
  }))
  rows.sort((a, b) => compareRows(a, b, query.orderBy))
  const { cursor } = query
  if (cursor === null) return rows
  return rows.filter(row => compareRows(row, { uuid: cursor.uuid, keys: cursor.values }, query.orderBy) > 0)
}

function compareRows(a: Row, b: Row, orderBy: readonly Order[]): number {
  for (const [i, { descending }] of orderBy.entries()) {
    const [x, y] = [a.keys[i], b.keys[i]]
    if (x === y) continue
    if (x === null) return 1
    if (y === null) return -1
    const order = typeof x === 'number' ? x - Number(y) : compare(x, String(y))
    if (order !== 0) return descending ? -order : order
  }
  return compare(a.uuid, b.uuid)
}

function compare(a: string, b: string): number {
  return Buffer.compare(bytes(a), bytes(b))
}

/** One part per entry of order_by: the two keys of a full name share one. */
function cursorParts(orderBy: readonly Order[], keys: Row['keys']): string[] {
  return orderBy.flatMap(({ field, continues }, i) => {
    if (continues) return []
    if (!orderBy[i + 1]?.continues) return [cursorPart(field, keys[i])]
    const pair = keys.slice(i, i + 2)
    return [pair.every(key => key === null) ? '' : JSON.stringify(pair)]
  })
}

function cursorPart(field: Field, key: string | number | null): string {
  if (key === null) return ''
  return field.kind === 'date' ? new Date(key).toISOString() : String(key)
}
