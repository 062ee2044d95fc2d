/**
 * Random records and random queries over few distinct values, so that conditions match, values repeat and orders have ties.
 * Records look as they do after cleaning, which is how the database stores them.
 */
import fc from 'fast-check'
import {
  FIELDS,
  type Field,
  FULL_NAME,
  findField,
  isSortable,
  queryableNames,
  resolveField,
  resolveText,
  SEARCHED_FIELDS,
  type Service,
  textNames,
} from '../../src/fields.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import type { Records } from './reference.ts'
import { FAMILIAR, uuidOf, type Vocabulary } from './vocabulary.ts'

const KNOWN_COMPANIES = 20
/** Some contacts refer to a company that does not exist. */
const companyIds = fc.nat(KNOWN_COMPANIES + 5).map(uuidOf)

/** A value of a field as stored in a record, or null. */
function valuesOf(field: Field): fc.Arbitrary<IndexedRecord[string]> {
  if (field.kind === 'uuid') return fc.option(companyIds, { freq: 6 })
  if (field.kind === 'integer') return fc.option(FAMILIAR.numbers(field), { freq: 4 })
  if (field.kind === 'date') return FAMILIAR.numbers(field)
  if (field.kind === 'list') {
    const lists = fc.uniqueArray(FAMILIAR.strings(field), {
      minLength: 1,
      maxLength: 4,
      selector: item => item.toLowerCase(),
    })
    return fc.option(lists, { freq: 4 })
  }
  return fc.option(FAMILIAR.strings(field), { freq: 4 })
}

/** A record with the uuid of `number`. */
function recordOf(service: Service, number: number): fc.Arbitrary<IndexedRecord> {
  const values = FIELDS[service]
    .filter(field => field.name !== 'uuid' && field.name !== 'id')
    .map(field => [field.name, valuesOf(field)] as const)
  return fc
    .record(Object.fromEntries(values))
    .map(record => ({ ...record, uuid: uuidOf(number), id: ((number * 7919) % 100_003) + 1 }))
}

/** A record with one of `distinct` uuids. A later record with the same uuid replaces it. At most 20 for companies. */
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

function textMatches(service: Service, names: readonly string[], vocabulary: Vocabulary): fc.Arbitrary<Json> {
  return fc.constantFrom(...names).chain(name =>
    fc.record(
      {
        text_value: vocabulary.searched(resolveText(service, name)!),
        filter_key: fc.constant(name),
        search_type: fc.constantFrom('match', 'match_phrase', 'match_phrase_prefix', 'substring', 'exact', 'shuffle'),
        operator: fc.constantFrom('and', 'or'),
        fuzzy: fc.boolean(),
        slop: fc.nat(4),
      },
      { requiredKeys: ['text_value', 'filter_key'] },
    ),
  )
}

/** Values to compare a field with: its own, also in other spellings, and some that it cannot have. */
function keywordsOf(field: Field, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  if (field.kind === 'uuid') return vocabulary.uuids(field)
  if (field.kind === 'integer')
    return fc.oneof(vocabulary.numbers(field), fc.constantFrom<unknown>('10', '1,200,000', 'n/a'))
  if (field.kind === 'date') {
    return fc.oneof(
      vocabulary.numbers(field).map(date => new Date(date).toISOString()),
      fc.constantFrom('2024-01-15', '2024-01-14', ''),
    )
  }
  const other = fc.constantFrom<(text: string) => string>(
    text => text,
    text => text.toUpperCase(),
    text => text.normalize('NFD'),
  )
  return fc.tuple(vocabulary.strings(field), other).map(([text, change]) => change(text))
}

function keyword(field: Field, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const one = keywordsOf(field, vocabulary)
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 4, arbitrary: fc.array(one, { minLength: 2, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 20, maxLength: 60 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  )
}

function range(field: Field, vocabulary: Vocabulary): fc.Arbitrary<Json> {
  const bounds: fc.Arbitrary<unknown> =
    field.kind === 'date'
      ? fc.oneof(keywordsOf(field, vocabulary), fc.constantFrom('2024-01-15T10:30:00+02:00', '2026-07-01'))
      : fc.oneof(fc.constantFrom<unknown>('100', 99.5, -1, 1e20), ...Array(3).fill(vocabulary.numbers(field)))
  return fc.oneof(
    ...['gte', 'gt', 'lte', 'lt'].map(operator => fc.record({ [operator]: bounds })),
    fc.record({ gte: bounds, lte: bounds }),
    fc.record({ gte: bounds, gt: bounds, lte: bounds, lt: bounds }, { requiredKeys: [] }),
  )
}

function wholeName(vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const one = fc
    .array(vocabulary.strings(FULL_NAME), { minLength: 1, maxLength: 2 })
    .map(names => names.join(' ').toUpperCase())
  return fc.oneof(one, fc.array(one, { minLength: 2, maxLength: 20 }))
}

/** As long as people type, so that a query with several such texts keeps its limits. */
export function typed(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return texts.map(text => text.slice(0, 30).toWellFormed())
}

/** Texts for the search box: words of different fields, and numbers in any form. */
function searches(service: Service, vocabulary: Vocabulary): fc.Arbitrary<string> {
  const one = fc.oneof(
    ...SEARCHED_FIELDS[service].map(name => typed(vocabulary.searched(resolveField(service, name)!))),
    fc.constantFrom(
      '415',
      '+1 415 555',
      '(415) 555-0100',
      '0100',
      '030 9018',
      '5550',
      '415 555 0100',
      'new 0100 y',
      'd',
    ),
  )
  return fc.oneof(
    { weight: 3, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, one).map(texts => texts.join(' ')) },
  )
}

/** An object with one to three of the fields, whose values come from `value`. */
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

/** A VQL `where` with all kinds of conditions on these fields, nested up to two levels. It always parses. */
export function someWhere(
  service: Service,
  vocabulary: Vocabulary = FAMILIAR,
  names: readonly string[] = queryableNames(service),
): fc.Arbitrary<Json> {
  const all = names.map(name => ({ name, field: resolveField(service, name)! }))
  const ofKind = (...kinds: string[]): typeof all => all.filter(({ field }) => kinds.includes(field.kind))
  const texts = ofKind('text', 'keyword', 'list').map(({ name }) => name)
  const numbers = ofKind('integer', 'date')
  const fieldsOf = (list: typeof all): Field[] => list.map(({ field }) => field)
  const namesOf = (list: typeof all): string[] => list.map(({ name }) => name)
  // The more often a field is used, the more its conditions interact.
  const favourites = (
    service === 'company' ? ['name', 'keywords', 'country'] : ['title', 'departments', 'company_name']
  ).filter(name => names.includes(name))
  const fullNames = service === 'contact' ? [textMatches(service, [FULL_NAME.name], vocabulary)] : []
  const searched = fc.oneof(
    ...fullNames,
    textMatches(service, texts, vocabulary),
    textMatches(service, favourites, vocabulary),
  )
  const keywords = byField(fieldsOf(all), namesOf(all), field => keyword(field, vocabulary))
  const wholeNames = service === 'contact' ? [fc.record({ full_name: wholeName(vocabulary) })] : []
  const flat = {
    search: searches(service, vocabulary),
    text_matches: groups(fc.array(searched, { maxLength: 3 })),
    keyword_match: groups(fc.oneof({ weight: 8, arbitrary: keywords }, ...wholeNames)),
    range_query: groups(byField(fieldsOf(numbers), namesOf(numbers), field => range(field, vocabulary))),
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

/** A VQL query: any `where`, up to three orders, any page. It always parses. */
export function someQuery(
  service: Service,
  vocabulary: Vocabulary = FAMILIAR,
  names: readonly string[] = queryableNames(service),
): fc.Arbitrary<Json> {
  const sortable = textNames(service).filter(name => isSortable(resolveText(service, name)!))
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
      where: someWhere(service, vocabulary, names),
      order_by: orders,
      page: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) },
      ),
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
