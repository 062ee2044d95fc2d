/** The most expensive requests that the API accepts, as far as known. */
import type { Generator as RecordGenerator } from '../data/generate.ts'
import type { Random } from '../data/random.ts'
import { contact, createDraws, type Json, order, text } from './draws.ts'
import { countRequest, facetRequest, type HttpRequest, listRequest } from './http-requests.ts'

export interface ExpensiveRequest {
  readonly name: string
  draw(random: Random): HttpRequest
}

/** Almost as many as a query may have: 200 conditions, 128 words with typing errors. */
const SUBSTRINGS = 199
const MISSPELT = 100
/** The largest page, and the last one of this size that `page` reaches. */
const LARGEST = { limit: 100 }
const DEEPEST = { ...LARGEST, page: 100 }

export function expensiveRequests(generator: RecordGenerator): readonly ExpensiveRequest[] {
  const { keyword, part, wordsOf } = createDraws(generator)
  const letters = (random: Random, count: number) => part(random, wordsOf(random, 'contact', 'title', 1)[0]!, count)
  const country = (random: Random) => keyword(random, 'contact', 'country')
  const facet = (key: string, where: Json, searchText: string) =>
    facetRequest({ service: 'contact', key, where, searchText }, LARGEST)
  return [
    { name: 'facet with a search', draw: random => facet('title', country(random), letters(random, 2)) },
    { name: 'extent of a company field', draw: random => facet('company_annual_revenue', country(random), '') },
    { name: 'facet of a company field', draw: random => facet('company_keywords', country(random), '') },
    {
      name: 'many alternative substrings',
      draw: random => countRequest(contact(alternatives('linkedin_url', manySubstrings(random.int(25)), 'substring'))),
    },
    {
      name: 'many misspelt words',
      draw: random =>
        countRequest(contact(alternatives('title', manyMisspelt(random.int(1e6)), 'match', { fuzzy: true }))),
    },
    {
      name: 'substring, by company name',
      draw: random =>
        listRequest(
          contact(text('email', letters(random, 3), 'substring'), {
            ...order('company_name'),
            ...LARGEST,
            ...POPULATED,
          }),
        ),
    },
    {
      name: 'deep pages by company name and size',
      draw: random =>
        listRequest(
          contact(country(random), {
            ...order('company_name', 'company_employees_count desc'),
            ...DEEPEST,
            ...POPULATED,
          }),
        ),
    },
    {
      name: 'deep pages, few values first',
      draw: random =>
        listRequest(contact(country(random), { ...order('seniority', 'company_name'), ...DEEPEST, ...POPULATED })),
    },
  ]
}

const POPULATED = { company_config: { populate: true } }

/** Conditions on the same field, of which a record has to meet one. */
export function alternatives(field: string, values: readonly string[], searchType: string, more: Json = {}): Json {
  const must = values.map(value => ({ filter_key: field, text_value: value, search_type: searchType, ...more }))
  return { text_matches: { must } }
}

/** Each `round` gives other ones, of two letters. */
export function manySubstrings(round: number): string[] {
  const letter = (place: number) => String.fromCharCode(97 + place)
  return Array.from({ length: SUBSTRINGS }, (_, index) => letter(index % 26) + letter((index + round) % 25))
}

/** Each `round` gives other ones. */
export function manyMisspelt(round: number): string[] {
  return Array.from({ length: MISSPELT }, (_, index) => `manageer${index}x${round}`)
}
