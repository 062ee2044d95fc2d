/** Counts, facets and extents. */
import type { Random } from '../data/random.ts'
import { company, contact, type Draw, type Draws, type Json, not, range, text } from './draws.ts'
import type { ExtentDraw, FacetDraw, Group, NamedDraw } from './query-class.ts'

export function countDraws({
  wordsOf,
  keyword,
  employees,
  days,
  phrase,
  typo,
  part,
  value,
}: Draws): readonly NamedDraw[] {
  return [
    ['count, all', 'plain', random => (random.chance(0.5) ? contact({}) : company({}))],
    ['count, one keyword', 'plain', random => contact(keyword(random, 'contact', 'country'))],
    [
      'count, three keywords',
      'plain',
      random => contact(keyword(random, 'contact', 'country', 'seniority', 'departments')),
    ],
    ['count, must_not', 'plain', random => contact(not(keyword(random, 'contact', 'country', 'seniority')))],
    ['count, date range', 'plain', random => contact(range(days(random, 'contact')))],
    [
      'count, match',
      'plain',
      random => contact(text('title', wordsOf(random, 'contact', 'title', 2).slice(-2).join(' '), 'match')),
    ],
    ['count, phrase', 'plain', random => contact(text('title', phrase(random), 'match_phrase'))],
    [
      'count, fuzzy',
      'heavy',
      random => contact(text('last_name', typo(random, 'contact', 'last_name'), 'match', { fuzzy: true })),
    ],
    [
      'count, substring of an e-mail',
      'heavy',
      random => contact(text('email', part(random, value(random, 'contact', 'email').split('@')[0]!, 5), 'substring')),
    ],
    [
      'count, substring of a title',
      'heavy',
      random => contact(text('title', part(random, wordsOf(random, 'contact', 'title', 1).at(-1)!, 4), 'substring')),
    ],
    ['count, company keyword', 'heavy', random => contact(keyword(random, 'contact', 'company_industries'))],
    [
      'count, company text',
      'heavy',
      random => contact(text('company_name', wordsOf(random, 'company', 'name', 1)[0]!, 'match')),
    ],
    ['count, company range', 'heavy', random => contact(range({ company_employees_count: employees(random) }))],
    [
      'companies: count, three keywords',
      'plain',
      random => company(keyword(random, 'company', 'country', 'industries', 'technologies')),
    ],
    ['companies: count, integer range', 'plain', random => company(range({ employees_count: employees(random) }))],
  ]
}

export function facetDraws({
  wordsOf,
  keyword,
  part,
}: Draws): readonly (readonly [string, Group, (random: Random) => FacetDraw])[] {
  function facet({ service, query }: Draw, key: string, searchText = ''): FacetDraw {
    return { service, key, where: query.where as Json, searchText }
  }
  return [
    [
      'facet, all records',
      'other',
      random => facet(contact({}), random.pick(['country', 'seniority', 'title', 'city', 'departments'])),
    ],
    [
      'facet, filtered',
      'other',
      random =>
        facet(
          contact(keyword(random, 'contact', 'country')),
          random.pick(['seniority', 'title', 'city', 'departments']),
        ),
    ],
    [
      'facet, filtered, few matches',
      'other',
      random =>
        facet(
          contact(keyword(random, 'contact', 'city', 'country')),
          random.pick(['seniority', 'title', 'departments']),
        ),
    ],
    [
      'facet, searched',
      'other',
      random => {
        const key = random.pick(['title', 'city', 'last_name'])
        return facet(contact({}), key, part(random, wordsOf(random, 'contact', key, 1)[0]!, 3))
      },
    ],
    [
      'facet, filtered and searched',
      'other',
      random =>
        facet(
          contact(keyword(random, 'contact', 'country')),
          'title',
          part(random, wordsOf(random, 'contact', 'title', 1)[0]!, 3),
        ),
    ],
    [
      'facet of a company field, filtered',
      'other',
      random =>
        facet(contact(keyword(random, 'contact', 'country')), random.pick(['company_industries', 'company_country'])),
    ],
    [
      'companies: facet, all records',
      'other',
      random => facet(company({}), random.pick(['country', 'industries', 'keywords'])),
    ],
    [
      'companies: facet, filtered',
      'other',
      random => facet(company(keyword(random, 'company', 'country')), random.pick(['industries', 'keywords', 'city'])),
    ],
  ]
}

export function extentDraws({ keyword }: Draws): readonly (readonly [string, Group, (random: Random) => ExtentDraw])[] {
  return [
    [
      'extent, filtered',
      'other',
      random => ({ ...contact(keyword(random, 'contact', 'country', 'seniority')), key: 'created_at' }),
    ],
    [
      'extent of a company field, filtered',
      'other',
      random => ({ ...contact(keyword(random, 'contact', 'country', 'seniority')), key: 'company_employees_count' }),
    ],
    [
      'companies: extent, filtered',
      'other',
      random => ({
        ...company(keyword(random, 'company', 'industries')),
        key: random.pick(['employees_count', 'annual_revenue']),
      }),
    ],
  ]
}
