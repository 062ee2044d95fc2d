/** Draws parameters of queries from the data. Each is a value of a random record, so that frequent values are drawn often. */
import type { Service } from '../../src/fields.ts'
import { words } from '../../src/text/words.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import type { Random } from '../data/random.ts'

export type Json = Record<string, unknown>

export interface Draw {
  readonly service: Service
  /** A VQL query, as a client sends it. */
  readonly query: Json
  /** For pages by cursor: the number of rows before the page, or "random" to start after any record. */
  readonly depth?: number | 'random'
}

export type Draws = ReturnType<typeof createDraws>

const DAY = 86_400_000

export function createDraws(generator: RecordGenerator) {
  const { companies, contacts } = generator.sizes

  /** A value of the field, of a record that has one. */
  function value(random: Random, service: Service, field: string): string {
    for (;;) {
      const drawn = generator.record(service, random.int(service === 'company' ? companies : contacts))[field]
      if (Array.isArray(drawn)) return random.pick(drawn as readonly string[])
      if (drawn !== null && drawn !== undefined) return String(drawn)
    }
  }

  /** The words of a value that has at least this many. */
  function wordsOf(random: Random, service: Service, field: string, atLeast: number): string[] {
    for (;;) {
      const found = words(value(random, service, field))
      if (found.length >= atLeast) return found
    }
  }

  /** The field that `key` of a query means. In queries for contacts, `company_…` is a field of the company. */
  function source(service: Service, key: string): [Service, string] {
    return service === 'contact' && key.startsWith('company_') ? ['company', key.slice(8)] : [service, key]
  }

  function keywords(random: Random, service: Service, ...keys: string[]): Json {
    return Object.fromEntries(keys.map(key => [key, [value(random, ...source(service, key))]]))
  }

  /** A range of numbers of employees. */
  function employees(random: Random): Json {
    return employeesFrom(random, Number(value(random, 'company', 'employees_count')))
  }

  /** A range of creation dates. */
  function days(random: Random, service: Service): Json {
    const from = Number(value(random, service, 'created_at'))
    const length = random.pick([1, 7, 30, 365]) * DAY
    return { created_at: { gte: new Date(from).toISOString(), lt: new Date(from + length).toISOString() } }
  }

  /** A phrase of a title. */
  function phrase(random: Random): string {
    return phraseIn(random, wordsOf(random, 'contact', 'title', 3))
  }

  /** A word of the field with one letter replaced or two adjacent letters exchanged. */
  function typo(random: Random, service: Service, field: string): string {
    const letters = [...wordsOf(random, service, field, 1)[0]!]
    const place = random.int(letters.length)
    if (random.chance(0.5)) letters[place] = random.pick([...'aeiounrst'])
    else if (place > 0) [letters[place - 1], letters[place]] = [letters[place]!, letters[place - 1]!]
    return letters.join('')
  }

  /** A substring of `length` letters. */
  function part(random: Random, whole: string, length: number): string {
    const letters = [...whole]
    const place = random.int(Math.max(1, letters.length - length))
    return letters.slice(place, place + length).join('')
  }

  return {
    value,
    wordsOf,
    employees,
    days,
    phrase,
    typo,
    part,
    keyword: (random: Random, service: Service, ...keys: string[]): Json => ({
      keyword_match: { must: keywords(random, service, ...keys) },
    }),
    keywords,
  }
}

/** A range of numbers of employees that starts with this number. */
export function employeesFrom(random: Random, from: number): Json {
  return { gte: from, lte: from * random.pick([1, 2, 5]) }
}

/** Two or three consecutive words, of at least two. */
export function phraseIn(random: Random, found: readonly string[]): string {
  const place = random.int(found.length - 1)
  return found.slice(place, place + 2 + random.int(2)).join(' ')
}

export function text(filterKey: string, textValue: string, searchType: string, more: Json = {}): Json {
  return {
    text_matches: { must: [{ filter_key: filterKey, text_value: textValue, search_type: searchType, ...more }] },
  }
}

export function range(fields: Json): Json {
  return { range_query: { must: fields } }
}

/** The same conditions under `must_not`. */
export function not(where: Json): Json {
  return Object.fromEntries(
    Object.entries(where).map(([kind, conditions]) => [kind, { must_not: (conditions as Json).must }]),
  )
}

export function contact(where: Json, more: Json = {}): Draw {
  return { service: 'contact', query: { where, ...more } }
}

export function company(where: Json, more: Json = {}): Draw {
  return { service: 'company', query: { where, ...more } }
}

/** `order_by` of keys such as "created_at desc". */
export function order(...keys: string[]): Json {
  return {
    order_by: keys.map(key => {
      const [name, direction] = key.split(' ')
      return { order_by: name, order_direction: direction ?? 'asc' }
    }),
  }
}
