/** Conditions of every kind, in pages of 25 sorted by uuid. */
import { company, contact, type Draws, not, range, text } from './draws.ts'
import type { NamedDraw } from './query-class.ts'

export function conditionDraws(draws: Draws): readonly NamedDraw[] {
  const { value, wordsOf, keyword, employees, days, phrase, typo, part } = draws
  return [
    ['match all', 'plain', random => contact({}, { page: 1 + random.int(20) })],
    ['one keyword', 'plain', random => contact(keyword(random, 'contact', random.pick(PLACES)))],
    ['three keywords', 'plain', random => contact(keyword(random, 'contact', 'country', 'seniority', 'departments'))],
    [
      'must_not',
      'plain',
      random =>
        contact({
          keyword_match: {
            must: draws.keywords(random, 'contact', 'country'),
            must_not: draws.keywords(random, 'contact', 'seniority', 'email_status'),
          },
        }),
    ],
    [
      'must_not, text',
      'plain',
      random =>
        contact({
          ...keyword(random, 'contact', 'country'),
          ...not(text('title', wordsOf(random, 'contact', 'title', 1)[0]!, 'match')),
        }),
    ],
    [
      'must_not, range',
      'plain',
      random => contact({ ...keyword(random, 'contact', 'country'), ...not(range(days(random, 'contact'))) }),
    ],
    ['must_not, nothing else', 'plain', random => contact(not(keyword(random, 'contact', 'country', 'seniority')))],
    ['date range', 'plain', random => contact(range(days(random, 'contact')))],
    [
      'match, every word',
      'plain',
      random => contact(text('title', wordsOf(random, 'contact', 'title', 2).slice(-2).join(' '), 'match')),
    ],
    [
      'match, any word',
      'plain',
      random => {
        const two = wordsOf(random, 'contact', 'title', 2).slice(0, 2).join(' ')
        return contact(text('title', two, 'match', { operator: 'or' }))
      },
    ],
    ['phrase', 'plain', random => contact(text('title', phrase(random), 'match_phrase'))],
    [
      'phrase with slop',
      'plain',
      random => {
        const found = wordsOf(random, 'contact', 'title', 3)
        const place = random.int(found.length - 2)
        return contact(text('title', `${found[place]} ${found[place + 2]}`, 'match_phrase', { slop: 2 }))
      },
    ],
    [
      'phrase prefix',
      'plain',
      random => {
        const [first, second] = wordsOf(random, 'contact', 'title', 2)
        const prefix = [...second!].slice(0, 1 + random.int(4)).join('')
        return contact(text('title', `${first} ${prefix}`, 'match_phrase_prefix'))
      },
    ],
    ['fuzzy', 'heavy', random => contact(text('last_name', typo(random, 'contact', 'last_name'), 'match', FUZZY))],
    ['fuzzy, title', 'heavy', random => contact(text('title', typo(random, 'contact', 'title'), 'match', FUZZY))],
    [
      'substring of an e-mail',
      'heavy',
      random => contact(text('email', part(random, value(random, 'contact', 'email').split('@')[0]!, 5), 'substring')),
    ],
    [
      'substring of a title',
      'heavy',
      random => contact(text('title', part(random, wordsOf(random, 'contact', 'title', 1).at(-1)!, 4), 'substring')),
    ],
    [
      'text, keyword and range',
      'plain',
      random =>
        contact({
          ...text('title', phrase(random), 'match'),
          ...keyword(random, 'contact', 'country'),
          ...range(days(random, 'contact')),
        }),
    ],
    ['by e-mail', 'plain', random => contact(keyword(random, 'contact', 'email'))],
    [
      'company keyword',
      'heavy',
      random => contact(keyword(random, 'contact', random.pick(['company_industries', 'company_country']))),
    ],
    [
      'company keyword, must_not',
      'heavy',
      random => contact({ ...not(keyword(random, 'contact', random.pick(['company_industries', 'company_country']))) }),
    ],
    [
      'company text',
      'heavy',
      random => contact(text('company_name', wordsOf(random, 'company', 'name', 1)[0]!, 'match_phrase')),
    ],
    ['company range', 'heavy', random => contact(range({ company_employees_count: employees(random) }))],
    [
      'company conditions, title',
      'heavy',
      random =>
        contact({
          ...text('title', phrase(random), 'match'),
          ...keyword(random, 'contact', 'company_industries'),
          ...range({ company_employees_count: employees(random) }),
        }),
    ],
    ['companies: match all', 'plain', random => company({}, { page: 1 + random.int(20) })],
    [
      'companies: one keyword',
      'plain',
      random => company(keyword(random, 'company', random.pick(['country', 'city', 'industries', 'keywords']))),
    ],
    [
      'companies: three keywords',
      'plain',
      random => company(keyword(random, 'company', 'country', 'industries', 'technologies')),
    ],
    [
      'companies: must_not',
      'plain',
      random =>
        company({
          keyword_match: {
            must: draws.keywords(random, 'company', 'country'),
            must_not: draws.keywords(random, 'company', 'industries', 'technologies'),
          },
        }),
    ],
    [
      'companies: must_not, range',
      'plain',
      random =>
        company({
          ...keyword(random, 'company', 'country'),
          ...not(range({ employees_count: employees(random) })),
        }),
    ],
    ['integer range', 'plain', random => company(range({ employees_count: employees(random) }))],
    ['companies: date range', 'plain', random => company(range(days(random, 'company')))],
    [
      'companies: match, any word',
      'plain',
      random => company(text('name', wordsOf(random, 'company', 'name', 2).join(' '), 'match', { operator: 'or' })),
    ],
    [
      'companies: phrase',
      'plain',
      random => company(text('name', wordsOf(random, 'company', 'name', 2).slice(0, 2).join(' '), 'match_phrase')),
    ],
    [
      'companies: phrase in a list',
      'plain',
      random => company(text('keywords', wordsOf(random, 'company', 'keywords', 1).join(' '), 'match_phrase')),
    ],
    ['companies: fuzzy', 'heavy', random => company(text('name', typo(random, 'company', 'name'), 'match', FUZZY))],
    [
      'substring of a name',
      'heavy',
      random => company(text('name', part(random, wordsOf(random, 'company', 'name', 1)[0]!, 4), 'substring')),
    ],
    [
      'companies: substring of a domain',
      'heavy',
      random =>
        company(text('normalized_domain', part(random, value(random, 'company', 'normalized_domain'), 5), 'substring')),
    ],
    [
      'companies: text, keyword and range',
      'plain',
      random =>
        company({
          ...text('name', wordsOf(random, 'company', 'name', 1)[0]!, 'match'),
          ...keyword(random, 'company', 'country'),
          ...range({ employees_count: employees(random) }),
        }),
    ],
    ['by domain', 'plain', random => company(keyword(random, 'company', 'normalized_domain'))],
  ]
}

const PLACES = ['country', 'seniority', 'city', 'state']
const FUZZY = { fuzzy: true }
