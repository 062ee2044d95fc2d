/**
 * The classes of requests that are measured over HTTP, and their goals. Each request draws its parameters from random records, so that a
 * cache of responses would not help.
 */
import type { IndexedRecord } from '../../src/search/engine.ts'
import { words } from '../../src/text/words.ts'
import { indexOfUuid, type Generator as RecordGenerator } from '../data/generate.ts'
import type { Random } from '../data/random.ts'
import { company, contact, createDraws, type Draw, employeesFrom, order, phraseIn, range, text } from './draws.ts'
import { countRequest, facetRequest, type HttpRequest, listRequest } from './http-requests.ts'

export interface HttpClass {
  readonly name: string
  readonly kind: 'list' | 'count' | 'facet'
  /** What an API on an OpenSearch cluster reaches. Null: not known. */
  readonly cluster: ClusterFigures | null
  draw(random: Random): HttpRequest
}

/**
 * An API in Go on OpenSearch 3.8 and PostgreSQL 15, with 1,000,000 contacts and 200,000 companies on two cores: the median at one
 * connection in milliseconds, and requests per second at 8 connections.
 */
interface ClusterFigures {
  readonly p50: number
  readonly rate: number
}

/** How many times as fast as the cluster a class should be. */
export const TIMES_FASTER = 3
/** Milliseconds at 8 connections, in every class. */
export const GOAL_P99 = 25

export function httpClasses(generator: RecordGenerator): readonly HttpClass[] {
  const { keyword, phrase, typo, part, wordsOf, employees, value } = createDraws(generator)
  const drawColleague = colleagueDrawer(generator)

  const keywords = (random: Random) => contact(keyword(random, 'contact', 'country', 'seniority', 'departments'))
  const title = (random: Random) => contact(text('title', phrase(random), 'match_phrase'))
  const misspelt = (random: Random) =>
    contact(text('last_name', typo(random, 'contact', 'last_name'), 'match', { fuzzy: true }))
  const substring = (random: Random) =>
    contact({
      ...text('title', part(random, wordsOf(random, 'contact', 'title', 1).at(-1)!, 4), 'substring'),
      ...keyword(random, 'contact', 'country'),
    })
  const size = (random: Random) => contact(range({ company_employees_count: employees(random) }))
  const populated = (random: Random) =>
    contact(keyword(random, 'contact', 'country', 'seniority'), { company_config: { populate: true } })

  function departments(random: Random): HttpRequest {
    const countries = new Set<string>()
    while (countries.size < 2) countries.add(value(random, 'contact', 'country'))
    const where = { keyword_match: { must: { country: [...countries] } } }
    return facetRequest({ service: 'contact', key: 'departments', where, searchText: '' })
  }

  const list = (name: string, cluster: ClusterFigures | null, draw: (random: Random) => Draw): HttpClass => ({
    name: `list: ${name}`,
    kind: 'list',
    cluster,
    draw: random => listRequest(draw(random)),
  })
  const count = (name: string, cluster: ClusterFigures, draw: (random: Random) => Draw): HttpClass => ({
    name: `count: ${name}`,
    kind: 'count',
    cluster,
    draw: random => countRequest(draw(random)),
  })
  return [
    list('3 keywords', { p50: 7.5, rate: 133 }, keywords),
    count('3 keywords', { p50: 1.4, rate: 906 }, keywords),
    list('phrase in title', { p50: 9.6, rate: 112 }, title),
    count('phrase in title', { p50: 1.2, rate: 1179 }, title),
    count('misspelt word', { p50: 5.5, rate: 206 }, misspelt),
    count('substring, country', { p50: 1.1, rate: 1126 }, substring),
    list('phrase, country, company industry and size', { p50: 5.5, rate: 233 }, random =>
      contact(drawColleague(random)),
    ),
    list('the same by company size, descending', null, random =>
      contact(drawColleague(random), order('company_employees_count desc')),
    ),
    count('company size', { p50: 1, rate: 1426 }, size),
    list('companies', { p50: 6, rate: 186 }, random => company(keyword(random, 'company', 'country', 'industries'))),
    list('companies populated', { p50: 7.1, rate: 164 }, populated),
    { name: 'facet: departments in 2 countries', kind: 'facet', cluster: null, draw: departments },
  ]
}

/** Returns a function that draws conditions which one random contact and its company meet, so that no search is empty. */
function colleagueDrawer({ sizes, record }: RecordGenerator) {
  function draw(random: Random): { person: IndexedRecord; employer: IndexedRecord; title: readonly string[] } {
    for (;;) {
      const person = record('contact', random.int(sizes.contacts))
      const title = words(String(person.title ?? ''))
      if (title.length < 3 || person.country == null || person.company_id == null) continue
      const employer = record('company', indexOfUuid(String(person.company_id)))
      if (employer.industries != null && employer.employees_count != null) return { person, employer, title }
    }
  }
  return (random: Random) => {
    const { person, employer, title } = draw(random)
    const industry = random.pick(employer.industries as readonly string[])
    return {
      ...text('title', phraseIn(random, title), 'match_phrase'),
      keyword_match: { must: { country: [person.country], company_industries: [industry] } },
      ...range({ company_employees_count: employeesFrom(random, Number(employer.employees_count)) }),
    }
  }
}
