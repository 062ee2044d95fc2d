/**
 * Random records and random queries over few distinct values, so that conditions hit, values repeat and orders tie.
 * Records are as the cleaning leaves them: what the database would hold.
 */
import fc from 'fast-check'
import {
  FIELDS,
  type Field,
  findField,
  isSortable,
  queryableNames,
  resolveField,
  type Service,
} from '../../src/fields.ts'
import { lowerCase } from '../../src/records/clean.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import type { Records } from './reference.ts'

const WORDS = [
  ...['Senior', 'Software', 'Engineer', 'Engineering', 'Enigneer', 'Sales', 'Sale', 'VP', 'of', 'Data', 'Date', 'a'],
  ...['C++', 'C#', 'B2B', "O'Neil", 'New', 'York', 'New-York', 'José', 'JOSE', 'Müller', 'Straße', 'STRASSE', 'Łódź'],
  ...[
    '北京',
    '大学',
    '京北',
    'ひろし',
    'カタカナ',
    'が',
    'か',
    '삼성',
    'Ёлка',
    'ΣΊΣΥΦΟΣ',
    'أحمد',
    '👩‍💻',
    '😀',
    '🏢',
    '𠮷野',
    '\ue000',
  ],
]

const VALUES = [
  ...[
    'Senior Software Engineer',
    'Software Engineering, Data',
    'senior data engineer',
    'VP of Sales',
    'VP Sales of Data',
  ],
  ...[
    'New York',
    'new york',
    'New-York',
    'York',
    'José Müller',
    'JOSE MULLER',
    'Straße',
    '北京大学',
    'ひろし カタカナ',
    '😀 C++',
  ],
]

const EMAILS = ['jo@acme.com', 'jo.doe@acme.com', 'josé@müller.de', 'a@b.co', 'sales+eu@acme.co.uk', 'doe@x.org']
const DOMAINS = ['acme.com', 'acme.co.uk', 'müller.de', 'b.co', 'x.org']
const PHONES = ['+14155550100', '+14155550101', '+442079460000', '+4930901820', 'ask for jo', '555 0100 ext. 7']
const URLS = [
  'https://linkedin.com/in/jo',
  'https://linkedin.com/in/jo-doe',
  'https://www.acme.com/c++',
  'http://b.co/#x',
]
const NUMBERS = [
  0,
  1,
  2,
  9,
  10,
  11,
  50,
  99,
  100,
  101,
  500,
  5_000,
  1_200_000,
  2 ** 31,
  2 ** 32 + 1,
  2 ** 53 - 1,
  2 ** 53,
]
const DATES = [
  ...['1969-12-31T23:59:59.999Z', '2024-01-14T23:59:59.999Z', '2024-01-15T00:00:00.000Z', '2024-01-15T10:30:00.000Z'],
  ...['2024-01-15T23:59:59.999Z', '2024-01-16T00:00:00.000Z', '2024-02-29T12:00:00.001Z', '2026-07-01T08:00:00.000Z'],
].map(text => Date.parse(text))

/** The uuid of a small number; the numbers' order is not that of the uuids. */
function uuidOf(number: number): string {
  const spread = Math.imul(number + 1, 0x9e3779b1) >>> 0
  const hex = spread.toString(16).padStart(8, '0')
  return `${hex}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

const KNOWN_COMPANIES = 20
/** Some contacts name a company that does not exist. */
const companyIds = fc.nat(KNOWN_COMPANIES + 5).map(uuidOf)

const phrases = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 })
  .chain(list => fc.constantFrom(' ', ' ', ' ', ', ', '-').map(separator => list.join(separator)))

function stringsOf(field: Field): fc.Arbitrary<string> {
  const strings = choose(field)
  return field.lowercase ? strings.map(lowerCase) : strings
}

/** Most values repeat. */
function choose(field: Field): fc.Arbitrary<string> {
  if (field.format === 'email') return fc.constantFrom(...EMAILS)
  if (field.format === 'domain') return fc.constantFrom(...DOMAINS)
  if (field.format === 'phone') return fc.constantFrom(...PHONES)
  if (field.name.endsWith('_url') || field.name === 'website') return fc.constantFrom(...URLS)
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: phrases })
}

/** A value of a field as a record holds it, or null. */
function valuesOf(field: Field): fc.Arbitrary<IndexedRecord[string]> {
  if (field.kind === 'uuid') return fc.option(companyIds, { freq: 6 })
  if (field.kind === 'integer') return fc.option(fc.constantFrom(...NUMBERS), { freq: 4 })
  if (field.kind === 'date') return fc.constantFrom(...DATES)
  if (field.kind === 'list') {
    const lists = fc.uniqueArray(stringsOf(field), { minLength: 1, maxLength: 4, selector: item => item.toLowerCase() })
    return fc.option(lists, { freq: 4 })
  }
  return fc.option(stringsOf(field), { freq: 4 })
}

/** A record of the number-th uuid. */
function recordOf(service: Service, number: number): fc.Arbitrary<IndexedRecord> {
  const values = FIELDS[service]
    .filter(field => field.name !== 'uuid' && field.name !== 'id')
    .map(field => [field.name, valuesOf(field)] as const)
  return fc
    .record(Object.fromEntries(values))
    .map(record => ({ ...record, uuid: uuidOf(number), id: ((number * 7919) % 100_003) + 1 }))
}

/** A record whose uuid is one of `distinct`: a later one of the same uuid replaces it. Companies: up to 20. */
export function someRecord(service: Service, distinct: number): fc.Arbitrary<IndexedRecord> {
  const known = service === 'company' ? Math.min(distinct, KNOWN_COMPANIES) : distinct
  return fc.nat(known - 1).chain(number => recordOf(service, number))
}

/** Companies and contacts; some contacts have an unknown company or none. */
export function someRecords(maxContacts = 40): fc.Arbitrary<Records> {
  const of = (service: Service, max: number): fc.Arbitrary<IndexedRecord[]> =>
    fc
      .uniqueArray(fc.nat(max - 1), { maxLength: max, size: 'max' })
      .chain(list => fc.tuple(...list.map(n => recordOf(service, n))))
  return fc.record({ company: of('company', KNOWN_COMPANIES), contact: of('contact', maxContacts) })
}

type Json = Readonly<Record<string, unknown>>

const pieces = fc.tuple(fc.constantFrom(...WORDS), fc.nat(3), fc.nat(4)).map(([word, a, b]) => word.slice(a, a + b + 1))
const searchedTexts = fc.oneof(
  phrases,
  fc.constantFrom(...VALUES),
  fc.constantFrom('senior', 'engineer', 'software engineer', 'data', 'sales', 'vp', 'york', 'new y', 'jose', 'engine'),
  fc.constantFrom(...WORDS),
  pieces.map(piece => piece.toWellFormed()),
  fc.constantFrom(...EMAILS, ...PHONES, ...URLS, ...DOMAINS),
  fc.constantFrom('enginer', 'sofware senior', 'slaes', 'jsoe', 'muler jsoe', 'vp data', '北', 'acme', '%', ''),
)

function textMatches(names: readonly string[]): fc.Arbitrary<Json> {
  return fc.record(
    {
      text_value: searchedTexts,
      filter_key: fc.constantFrom(...names),
      search_type: fc.constantFrom('match', 'match_phrase', 'match_phrase_prefix', 'substring', 'exact', 'shuffle'),
      operator: fc.constantFrom('and', 'or'),
      fuzzy: fc.boolean(),
      slop: fc.nat(4),
    },
    { requiredKeys: ['text_value', 'filter_key'] },
  )
}

/** Values to compare a field with: its own, in other spellings too, and some that it cannot have. */
function keywordsOf(field: Field): fc.Arbitrary<unknown> {
  if (field.kind === 'uuid') return fc.nat(50).map(uuidOf)
  if (field.kind === 'integer')
    return fc.oneof(fc.constantFrom<unknown>(...NUMBERS), fc.constantFrom('10', '1,200,000', 'n/a'))
  if (field.kind === 'date') {
    return fc.oneof(
      fc.constantFrom(...DATES).map(date => new Date(date).toISOString()),
      fc.constantFrom('2024-01-15', '2024-01-14', ''),
    )
  }
  const other = fc.constantFrom<(text: string) => string>(
    text => text,
    text => text.toUpperCase(),
    text => text.normalize('NFD'),
  )
  return fc.tuple(stringsOf(field), other).map(([text, change]) => change(text))
}

function keyword(field: Field): fc.Arbitrary<unknown> {
  return fc.oneof(keywordsOf(field), fc.array(keywordsOf(field), { minLength: 2, maxLength: 5 }), fc.constant([]))
}

function range(field: Field): fc.Arbitrary<Json> {
  const bounds: fc.Arbitrary<unknown> =
    field.kind === 'date'
      ? fc.oneof(keywordsOf(field), fc.constantFrom('2024-01-15T10:30:00+02:00', '2026-07-01'))
      : fc.oneof(fc.constantFrom<unknown>(...NUMBERS), fc.constantFrom<unknown>('100', 99.5, -1, 1e20))
  return fc.oneof(
    ...['gte', 'gt', 'lte', 'lt'].map(operator => fc.record({ [operator]: bounds })),
    fc.record({ gte: bounds, lte: bounds }),
    fc.record({ gte: bounds, gt: bounds, lte: bounds, lt: bounds }, { requiredKeys: [] }),
  )
}

/** An object of one to three of the fields, each with what `value` makes. */
function byField(fields: readonly Field[], names: readonly string[], value: (field: Field) => fc.Arbitrary<unknown>) {
  return fc
    .uniqueArray(fc.nat(fields.length - 1), { minLength: 1, maxLength: 2 })
    .chain(chosen => fc.record(Object.fromEntries(chosen.map(i => [names[i], value(fields[i])]))))
}

function groups(must: fc.Arbitrary<unknown>): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.record({ must }),
    fc.record({ must_not: must }),
    fc.record({ must, must_not: must }, { requiredKeys: [] }),
  )
}

/** A `where` of VQL with every kind of condition, nested up to twice. It always parses. */
export function someWhere(service: Service): fc.Arbitrary<Json> {
  const all = queryableNames(service).map(name => ({ name, field: resolveField(service, name)! }))
  const ofKind = (...kinds: string[]): typeof all => all.filter(({ field }) => kinds.includes(field.kind))
  const texts = ofKind('text', 'keyword', 'list').map(({ name }) => name)
  const numbers = ofKind('integer', 'date')
  const fieldsOf = (list: typeof all): Field[] => list.map(({ field }) => field)
  const namesOf = (list: typeof all): string[] => list.map(({ name }) => name)
  // The more often a field is asked for, the more its conditions meet.
  const favourites = service === 'company' ? ['name', 'keywords', 'country'] : ['title', 'departments', 'company_name']
  const searched = fc.oneof(textMatches(texts), textMatches(favourites))
  const flat = {
    text_matches: groups(fc.array(searched, { maxLength: 3 })),
    keyword_match: groups(byField(fieldsOf(all), namesOf(all), keyword)),
    range_query: groups(byField(fieldsOf(numbers), namesOf(numbers), range)),
    exists: groups(fc.array(fc.constantFrom(...namesOf(all)), { maxLength: 2 })),
  }
  const one = fc.oneof(...Object.entries(flat).map(([key, value]) => fc.record({ [key]: value })))
  const flatWhere = fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.record(flat, { requiredKeys: [] }) },
  )
  const nest = (where: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
    fc
      .record(
        { flat: flatWhere, and: fc.array(where, { maxLength: 2 }), or: fc.array(where, { maxLength: 3 }), not: where },
        { requiredKeys: [] },
      )
      .map(({ flat: own, ...nested }) => ({ ...own, ...nested }))
  return fc.oneof(
    { weight: 3, arbitrary: flatWhere },
    { weight: 2, arbitrary: nest(flatWhere) },
    { weight: 1, arbitrary: nest(nest(flatWhere)) },
  )
}

/** A query of VQL: any `where`, up to three orders, any page. It always parses. */
export function someQuery(service: Service): fc.Arbitrary<Json> {
  const sortable = queryableNames(service).filter(name => isSortable(resolveField(service, name)!))
  const favourites = sortable.filter(name => /name|country|count|title|created/.test(name))
  const orders = fc.array(
    fc.record(
      {
        order_by: fc.oneof(fc.constantFrom(...sortable), fc.constantFrom(...favourites)),
        order_direction: fc.constantFrom('asc', 'desc'),
      },
      { requiredKeys: ['order_by'] },
    ),
    { maxLength: 3 },
  )
  return fc.record(
    {
      where: someWhere(service),
      order_by: orders,
      page: fc.integer({ min: 1, max: 3 }),
      limit: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant(100)),
    },
    { requiredKeys: [] },
  )
}

/** A field whose distinct values can be counted. */
export function someFacetField(service: Service): fc.Arbitrary<Field> {
  return fieldOfKinds(service, ['text', 'keyword', 'list', 'uuid'])
}

/** A field that has a smallest and a largest value. */
export function someExtentField(service: Service): fc.Arbitrary<Field> {
  return fieldOfKinds(service, ['integer', 'date'])
}

function fieldOfKinds(service: Service, kinds: readonly string[]): fc.Arbitrary<Field> {
  const fields = queryableNames(service).map(name => resolveField(service, name)!)
  return fc.constantFrom(...fields.filter(field => kinds.includes(field.kind) && field !== findField(service, 'uuid')))
}
