/** The classes of queries that `bench search` measures, each with parameters drawn from the data anew per request. */
import type { Service } from '../src/fields.ts'
import { words } from '../src/text/words.ts'
import type { Generator as RecordGenerator } from './generate.ts'
import type { Random } from './random.ts'

type Json = Record<string, unknown>

export interface Draw {
  readonly service: Service
  /** A query of VQL, as a client sends it. */
  readonly query: Json
  /** Pages by cursor: how many rows lie before the page; "random": it starts after any record. */
  readonly depth?: number | 'random'
}

export interface FacetDraw {
  readonly service: Service
  readonly key: string
  readonly where: Json
  readonly searchText: string
}

export type QueryClass =
  | { readonly name: string; readonly kind: 'search' | 'count'; draw(random: Random): Draw }
  | { readonly name: string; readonly kind: 'facet'; draw(random: Random): FacetDraw }

export function queryClasses(generator: RecordGenerator): readonly QueryClass[] {
  const { companies, contacts } = generator.sizes

  /** A value of a random record that has one: frequent values are drawn often. */
  function value(random: Random, service: Service, field: string): string {
    for (;;) {
      const drawn = generator.record(service, random.int(service === 'company' ? companies : contacts))[field]
      if (Array.isArray(drawn)) return random.pick(drawn as readonly string[])
      if (drawn !== null && drawn !== undefined) return String(drawn)
    }
  }
  function wordsOf(random: Random, service: Service, field: string, atLeast: number): string[] {
    for (;;) {
      const found = words(value(random, service, field))
      if (found.length >= atLeast) return found
    }
  }
  const keyword =
    (...keys: string[]) =>
    (random: Random) => ({
      keyword_match: {
        must: Object.fromEntries(
          keys.map(key => {
            const [service, field] = key.startsWith('company_')
              ? (['company', key.slice(8)] as const)
              : (['contact', key] as const)
            return [key, [value(random, service, field)]]
          }),
        ),
      },
    })
  const text = (filterKey: string, textValue: string, searchType: string, more: Json = {}) => ({
    text_matches: { must: [{ filter_key: filterKey, text_value: textValue, search_type: searchType, ...more }] },
  })
  const contact = (where: Json, more: Json = {}): Draw => ({ service: 'contact', query: { where, ...more } })
  const company = (where: Json, more: Json = {}): Draw => ({ service: 'company', query: { where, ...more } })
  const order = (...keys: string[]): Json => ({
    order_by: keys.map(key => {
      const [name, direction] = key.split(' ')
      return { order_by: name, order_direction: direction ?? 'asc' }
    }),
  })
  function employees(random: Random, key: string): Json {
    const from = Number(value(random, 'company', 'employees_count'))
    return { range_query: { must: { [key]: { gte: from, lte: from * random.pick([1, 2, 5]) } } } }
  }
  function days(random: Random): Json {
    const from = Number(value(random, 'contact', 'created_at'))
    const length = random.pick([1, 7, 30, 365]) * 86_400_000
    return {
      range_query: {
        must: { created_at: { gte: new Date(from).toISOString(), lt: new Date(from + length).toISOString() } },
      },
    }
  }
  function phrase(random: Random): string {
    const found = wordsOf(random, 'contact', 'title', 3)
    const place = random.int(found.length - 1)
    return found.slice(place, place + 2 + random.int(2)).join(' ')
  }
  function typo(random: Random): string {
    const letters = [...wordsOf(random, 'contact', 'last_name', 1)[0]!]
    const place = random.int(letters.length)
    if (random.chance(0.5)) letters[place] = random.pick([...'aeiounrst'])
    else if (place > 0) [letters[place - 1], letters[place]] = [letters[place]!, letters[place - 1]!]
    return letters.join('')
  }
  function part(random: Random, whole: string, length: number): string {
    const letters = [...whole]
    const place = random.int(Math.max(1, letters.length - length))
    return letters.slice(place, place + length).join('')
  }
  const searches: readonly (readonly [string, (random: Random) => Draw])[] = [
    ['match all', random => contact({}, { page: 1 + random.int(20) })],
    ['one keyword', random => contact(keyword(random.pick(['country', 'seniority', 'city', 'state']))(random))],
    ['three keywords', random => contact(keyword('country', 'seniority', 'departments')(random))],
    [
      'must_not',
      random =>
        contact({
          keyword_match: {
            must: { country: [value(random, 'contact', 'country')] },
            must_not: {
              seniority: [value(random, 'contact', 'seniority')],
              email_status: [value(random, 'contact', 'email_status')],
            },
          },
        }),
    ],
    ['integer range', random => company(employees(random, 'employees_count'))],
    ['date range', random => contact(days(random))],
    [
      'match, every word',
      random => contact(text('title', wordsOf(random, 'contact', 'title', 2).slice(-2).join(' '), 'match')),
    ],
    [
      'match, any word',
      random =>
        contact(
          text('title', wordsOf(random, 'contact', 'title', 2).slice(0, 2).join(' '), 'match', { operator: 'or' }),
        ),
    ],
    ['phrase', random => contact(text('title', phrase(random), 'match_phrase'))],
    [
      'phrase with slop',
      random => {
        const found = wordsOf(random, 'contact', 'title', 3)
        const place = random.int(found.length - 2)
        return contact(text('title', `${found[place]} ${found[place + 2]}`, 'match_phrase', { slop: 2 }))
      },
    ],
    [
      'phrase prefix',
      random => {
        const [first, second] = wordsOf(random, 'contact', 'title', 2)
        const prefix = [...second!].slice(0, 1 + random.int(4)).join('')
        return contact(text('title', `${first} ${prefix}`, 'match_phrase_prefix'))
      },
    ],
    ['fuzzy', random => contact(text('last_name', typo(random), 'match', { fuzzy: true }))],
    [
      'substring of an e-mail',
      random => contact(text('email', part(random, value(random, 'contact', 'email').split('@')[0]!, 5), 'substring')),
    ],
    [
      'substring of a name',
      random => company(text('name', part(random, wordsOf(random, 'company', 'name', 1)[0]!, 4), 'substring')),
    ],
    [
      'text, keyword and range',
      random => contact({ ...text('title', phrase(random), 'match'), ...keyword('country')(random), ...days(random) }),
    ],
    ['company keyword', random => contact(keyword(random.pick(['company_industries', 'company_country']))(random))],
    [
      'company text',
      random => contact(text('company_name', wordsOf(random, 'company', 'name', 1)[0]!, 'match_phrase')),
    ],
    ['company range', random => contact(employees(random, 'company_employees_count'))],
    [
      'company conditions, title',
      random =>
        contact({
          ...text('title', phrase(random), 'match'),
          ...keyword('company_industries')(random),
          ...employees(random, 'company_employees_count'),
        }),
    ],
    ['by string, frequent', random => contact(keyword('country')(random), order('last_name'))],
    ['by string, rare', random => contact(keyword('city', 'country', 'seniority')(random), order('last_name'))],
    ['by number, frequent', random => contact(keyword('seniority')(random), order('created_at desc'))],
    ['by number, rare', random => company(keyword2(random), order('employees_count desc'))],
    ['by two keys', random => contact(keyword('country')(random), order('last_name', 'first_name'))],
    ['by company name, frequent', random => contact(keyword('country')(random), order('company_name'))],
    [
      'by company size, rare',
      random => contact(keyword('city', 'country')(random), order('company_employees_count desc')),
    ],
    [
      'page 2 to 400',
      random => contact(keyword('seniority')(random), { ...order('last_name'), page: 2 + random.int(399) }),
    ],
    ['cursor, depth 25', random => ({ ...contact(keyword('country')(random), order('last_name')), depth: 25 })],
    ['cursor, depth 1,000', random => ({ ...contact(keyword('seniority')(random), order('last_name')), depth: 1000 })],
    ['cursor, deep', () => ({ ...contact({}, order('last_name')), depth: 'random' })],
    ['by e-mail', random => contact(keyword('email')(random))],
  ]
  function keyword2(random: Random): Json {
    return {
      keyword_match: {
        must: { country: [value(random, 'company', 'country')], industries: [value(random, 'company', 'industries')] },
      },
    }
  }
  const counts: readonly (readonly [string, (random: Random) => Draw])[] = [
    ['count, one keyword', random => contact(keyword('country')(random))],
    ['count, three keywords', random => contact(keyword('country', 'seniority', 'departments')(random))],
    ['count, phrase', random => contact(text('title', phrase(random), 'match_phrase'))],
    ['count, company range', random => contact(employees(random, 'company_employees_count'))],
  ]
  const facets: readonly (readonly [string, (random: Random) => FacetDraw])[] = [
    ['facet, all records', random => facet(random, ['country', 'seniority', 'title', 'city', 'departments'], {}, '')],
    [
      'facet, filtered',
      random => facet(random, ['seniority', 'title', 'city', 'departments'], keyword('country')(random), ''),
    ],
    [
      'facet, searched',
      random => {
        const key = random.pick(['title', 'city', 'last_name'])
        return facet(random, [key], {}, part(random, wordsOf(random, 'contact', key, 1)[0]!, 3))
      },
    ],
  ]
  function facet(random: Random, keys: readonly string[], where: Json, searchText: string): FacetDraw {
    return { service: 'contact', key: random.pick(keys), where, searchText }
  }
  return [
    ...searches.map(([name, draw]) => ({ name, kind: 'search' as const, draw })),
    ...counts.map(([name, draw]) => ({ name, kind: 'count' as const, draw })),
    ...facets.map(([name, draw]) => ({ name, kind: 'facet' as const, draw })),
  ]
}
