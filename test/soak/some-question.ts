/** Draws random questions from a vocabulary: queries of several kinds, each with everything that can be asked about it. */
import fc from 'fast-check'
import { ConnectraError } from '../../src/errors.ts'
import {
  isSortable,
  queryableNames,
  resolveField,
  resolveText,
  SEARCHED_FIELDS,
  type Service,
  textNames,
} from '../../src/fields.ts'
import { fold } from '../../src/text/fold.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import { someQuery, typed } from '../engines/arbitraries.ts'
import type { Vocabulary } from '../engines/vocabulary.ts'
import type { Question } from './questions.ts'

type Json = Question['query']

export function someQuestion(service: Service, vocabulary: Vocabulary): fc.Arbitrary<Question> {
  const fieldOf = (name: string) => resolveField(service, name)!
  const names = queryableNames(service).filter(name => name !== 'uuid')
  const numeric = names.filter(name => ['integer', 'date'].includes(fieldOf(name).kind))
  const others = names.filter(name => !numeric.includes(name))
  const facets = fc.constantFrom(...others, 'uuid').chain(key =>
    fc.record({
      key: fc.constant(key),
      contains: fc.oneof(
        { weight: 2, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: (fieldOf(key).kind === 'uuid'
            ? partOf(vocabulary.uuids(fieldOf(key)))
            : vocabulary.searched(fieldOf(key))
          ).map(text => [...fold(text)].slice(0, 6).join('')),
        },
      ),
      offset: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(300)),
      limit: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(500)),
    }),
  )
  const any = accepted(someQuery(service, vocabulary), service)
  // Conditions on company fields only become a single join.
  const companies = queryableNames(service).filter(name => fieldOf(name).service !== service)
  const joined = companies.length === 0 ? [] : [accepted(someQuery(service, vocabulary, companies), service)]
  const one = single(service, vocabulary)
  const few = narrowed(fc.oneof(any, one, ...joined), service, vocabulary)
  const queries = accepted(fc.oneof(any, sorted(any, service), one, few, ...joined), service)
  return queries.chain(query =>
    fc.record({
      service: fc.constant(service),
      query: fc.constant(query),
      portion: fc.constantFrom(1, 2, 7, 1000),
      place: fc.constantFrom(0, 0, 0.1, 0.5, 0.9, 0.999),
      foreign: someCursor(service, query, vocabulary),
      facet: facets,
      extent: fc.constantFrom(...numeric),
    }),
  )
}

/** Without the queries beyond the limits: records may have values of 32,000 characters. */
function accepted(queries: fc.Arbitrary<Json>, service: Service): fc.Arbitrary<Json> {
  return queries.filter(query => {
    try {
      parseQuery(service, query)
      return true
    } catch (error) {
      if (error instanceof ConnectraError && error.code === 'ERR_QUERY_TOO_COMPLEX') return false
      throw error
    }
  })
}

/** A part of a uuid that starts anywhere. */
function partOf(uuids: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(uuids, fc.nat(35)).map(([uuid, from]) => uuid.slice(from))
}

/** The same conditions, with one to three sort keys with many ties. Ties are ordered by uuid, in either direction. */
function sorted(any: fc.Arbitrary<Json>, service: Service): fc.Arbitrary<Json> {
  const sortable = textNames(service).filter(name => isSortable(resolveText(service, name)!))
  const key = fc.record({ order_by: fc.constantFrom(...sortable), order_direction: fc.constantFrom('asc', 'desc') })
  const last = fc.constantFrom([], [], [{ order_by: 'uuid', order_direction: 'desc' }])
  return fc
    .tuple(any, fc.array(key, { minLength: 1, maxLength: 3 }), last)
    .map(([query, keys, uuid]) => ({ ...query, order_by: [...keys, ...uuid] }))
}

/** The same conditions, or any of several, restricted to a few records. Conditions are then tested record by record. */
function narrowed(any: fc.Arbitrary<Json>, service: Service, vocabulary: Vocabulary): fc.Arbitrary<Json> {
  const few = fc.array(vocabulary.uuids(resolveField(service, 'uuid')!), { minLength: 1, maxLength: 6 })
  const wheres = any.map(({ where }) => where ?? {}).filter(where => !isTrivial(service, where))
  const or = fc.array(wheres, { minLength: 1, maxLength: 4 })
  return fc
    .tuple(any, or, few)
    .map(([query, or, uuid]) => ({ ...query, where: { keyword_match: { must: { uuid } }, or } }))
}

/** Whether the condition is always true or always false. */
function isTrivial(service: Service, where: unknown): boolean {
  return ['all', 'none'].includes(parseWhere(service, where).type)
}

/** A single condition, so that its result is not hidden by others. */
function single(service: Service, vocabulary: Vocabulary): fc.Arbitrary<Json> {
  const fieldOf = (name: string) => resolveText(service, name)!
  const texts = textNames(service).filter(name => ['text', 'keyword', 'list'].includes(fieldOf(name).kind))
  const numeric = queryableNames(service).filter(name => ['integer', 'date'].includes(fieldOf(name).kind))
  // Only a list can have several of the values.
  const lists = texts.filter(name => fieldOf(name).kind === 'list')
  const types = ['match', 'match_phrase', 'match_phrase_prefix', 'substring'] as const
  const match = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...lists)).chain(filter_key =>
    fc.record({
      filter_key: fc.constant(filter_key),
      text_value: vocabulary.searched(fieldOf(filter_key)),
      search_type: fc.constantFrom(...types),
      operator: fc.constantFrom('and', 'or'),
      fuzzy: fc.boolean(),
      slop: fc.nat(4),
    }),
  )
  const keywords = (names: readonly string[]) =>
    fc
      .constantFrom(...names)
      .chain(name => fc.record({ [name]: fc.array(vocabulary.strings(fieldOf(name)), { minLength: 1, maxLength: 5 }) }))
      .map(must => ({ where: { keyword_match: { must } } }))
  const ranges = fc.constantFrom(...numeric).chain(name => {
    const numbers = vocabulary.numbers(fieldOf(name))
    const bound = fieldOf(name).kind === 'date' ? numbers.map(date => new Date(date).toISOString()) : numbers
    return fc
      .record({ [name]: fc.record({ gte: bound, lte: bound }) })
      .map(must => ({ where: { range_query: { must } } }))
  })
  const searches = fc.constantFrom(...SEARCHED_FIELDS[service]).chain(name => typed(vocabulary.searched(fieldOf(name))))
  return fc.oneof(
    searches.map(search => ({ where: { search } })),
    match.map(one => ({ where: { text_matches: { must: [one] } } })),
    keywords(texts),
    keywords(lists),
    ranges,
  )
}

function someCursor(service: Service, query: Json, vocabulary: Vocabulary): fc.Arbitrary<readonly string[]> {
  const orderBy = parseQuery(service, query).orderBy.filter(order => !order.continues)
  const parts = orderBy.map(({ field }): fc.Arbitrary<string> => {
    if (field.kind === 'uuid') return vocabulary.uuids(field)
    const value =
      field.kind === 'date'
        ? vocabulary.numbers(field).map(date => new Date(date).toISOString())
        : field.kind === 'integer'
          ? vocabulary.numbers(field).map(number => String(Math.max(-(2 ** 53), Math.min(number, 2 ** 53))))
          : fc
              .tuple(vocabulary.strings(field), fc.constantFrom('', '', 'a', '\ue000'))
              .map(([text, end]) => fold(text) + end)
    return fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant('') })
  })
  const uuids = vocabulary.uuids(resolveField(service, 'uuid')!)
  if (!orderBy.some(({ field }) => field.name === 'uuid')) return fc.tuple(...parts, uuids)
  // When ordered by uuid, the cursor contains the uuid twice. It must not be that of a record, which would have other values.
  return fc.tuple(fc.tuple(...parts), uuids).map(([values, uuid]) => {
    const nobody = `${uuid.slice(0, -12)}f${uuid.slice(-11)}`
    return [...values.map((value, index) => (orderBy[index].field.name === 'uuid' ? nobody : value)), nobody]
  })
}
