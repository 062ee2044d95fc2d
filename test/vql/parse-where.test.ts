import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../../src/fields.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import { plain } from './plain.ts'

/** The name of the case, `where`, and the condition that it means (with field names). */
type Case = readonly [string, unknown, unknown]

function table(title: string, service: Service, cases: readonly Case[]): void {
  for (const [name, where, expected] of cases) {
    test(`${title}: ${name}`, () => {
      assert.deepEqual(plain(service, parseWhere(service, JSON.parse(JSON.stringify(where)))), expected)
    })
  }
}

const text = (entry: object) => ({ text_matches: { must: [entry] } })
const words = (field: string, ...list: string[]) => ({ match: field, words: list, operator: 'and', fuzzy: false })

const begins = (word: string) => ({
  or: ['name', 'normalized_domain', 'city', 'country', 'industries'].map(field => ({
    phrase: field,
    words: [word],
    slop: 0,
    prefix: true,
  })),
})
const inPhone = (digits: string, ...starts: string[]) => ({
  phone: 'phone_number',
  whole: [],
  national: [],
  starts,
  inside: [digits],
})

table('search', 'company', [
  ['a word is the beginning of a word of one of the fields', { search: 'Acmé' }, begins('acme')],
  [
    'every word has to be found, each is looked for once',
    { search: 'acme, inc ACME' },
    { and: [begins('acme'), begins('inc')] },
  ],
  ['three digits are a word', { search: '415' }, begins('415')],
  ['four digits may be in a phone', { search: '4155' }, { or: [...begins('4155').or, inPhone('4155')] }],
  [
    'groups of digits may be one number',
    { search: '+1 (415)' },
    { or: [{ and: [begins('1'), begins('415')] }, inPhone('1415')] },
  ],
  ['groups of fewer than four digits are words', { search: '1-2' }, { and: [begins('1'), begins('2')] }],
  [
    'a number between words',
    { search: 'acme 55.01 x' },
    { and: [begins('acme'), { or: [{ and: [begins('55'), begins('01')] }, inPhone('5501')] }, begins('x')] },
  ],
  ['digits in a word are no number', { search: 'a5501 5501b' }, { and: [begins('a5501'), begins('5501b')] }],
  [
    'a zero before a number may be a trunk prefix',
    { search: '0301' },
    { or: [...begins('0301').or, inPhone('0301', '301')] },
  ],
  ['an extra word of signs does not count', { search: 'c++ & -' }, begins('c++')],
  ['a text without a word matches nothing', { search: '- +' }, 'none'],
  ['an empty text is no condition', { search: '' }, 'all'],
  ['null is no condition', { search: null }, 'all'],
  [
    'it holds together with the rest',
    { search: 'a', exists: { must: ['name'] } },
    { and: [begins('a'), { exists: 'name' }] },
  ],
])

const either = (type: string, rest: object) => ({
  or: ['first_name', 'last_name'].map(name => ({ [type]: name, ...rest })),
})
const matched = (word: string, fuzzy = false) => either('match', { words: [word], operator: 'and', fuzzy })
const alone = (name: string, missing: string, value: string) => ({
  and: [{ terms: name, values: [value] }, { not: { exists: missing } }],
})

table('full_name', 'contact', [
  [
    'every word is in one of the names',
    text({ text_value: 'José Smith', filter_key: 'full_name' }),
    { and: [matched('jose'), matched('smith')] },
  ],
  [
    'any word, with typing errors',
    text({ text_value: 'a b', filter_key: 'full_name', operator: 'or', fuzzy: true }),
    { or: [...matched('a', true).or, ...matched('b', true).or] },
  ],
  [
    'a part of a word of one of the names',
    text({ text_value: 'os', filter_key: 'full_name', search_type: 'substring' }),
    either('substring', { parts: ['os'] }),
  ],
  [
    'a phrase',
    text({ text_value: 'john smi', filter_key: 'full_name', search_type: 'match_phrase_prefix', slop: 1 }),
    { phrase: 'first_name', words: ['john', 'smi'], slop: 1, prefix: true, followedBy: 'last_name' },
  ],
  ['no word', text({ text_value: '-', filter_key: 'full_name' }), 'none'],
  [
    'the whole name is split at each space',
    { keyword_match: { must: { full_name: 'Ann  LEE' } } },
    {
      or: [
        alone('first_name', 'last_name', 'ann lee'),
        alone('last_name', 'first_name', 'ann lee'),
        {
          and: [
            { terms: 'first_name', values: ['ann'] },
            { terms: 'last_name', values: ['lee'] },
          ],
        },
      ],
    },
  ],
  ['no whole name', { keyword_match: { must: { full_name: ['', ' '] } } }, 'none'],
  ['an empty whole name is no condition', { keyword_match: { must: { full_name: [] } } }, 'all'],
])

table('phones', 'company', [
  ...(
    [
      ['a number with its country', '+1 (415) 555-0100', ['14155550100'], []],
      ['a number without its country', '(415) 555-0100', [], ['4155550100']],
      ['a trunk prefix', '030 901820', [], ['030901820', '30901820']],
      ['an extension', '415 555 0100 ext. 5', [], ['4155550100']],
      ['several', ['+49 30 901820', '555'], ['4930901820'], ['555']],
    ] as const
  ).map(
    ([name, value, whole, national]): Case => [
      name,
      { keyword_match: { must: { phone_number: value } } },
      { phone: 'phone_number', whole, national, starts: [], inside: [] },
    ],
  ),
  [
    'letters are compared as a text',
    { keyword_match: { must: { phone_number: ['1-800-FLOWERS', '555x7'] } } },
    {
      or: [
        { phone: 'phone_number', whole: [], national: ['555'], starts: [], inside: [] },
        { terms: 'phone_number', values: ['1-800-flowers'] },
      ],
    },
  ],
  [
    'digits and letters within a phone',
    text({ text_value: '800-Flow', filter_key: 'phone_number', search_type: 'substring' }),
    { substring: 'phone_number', parts: ['800-flow'] },
  ],
  ['no digits', { keyword_match: { must: { phone_number: ['n/a', '+'] } } }, 'none'],
  [
    'digits within a phone',
    text({ text_value: '(415) 555', filter_key: 'phone_number', search_type: 'substring' }),
    inPhone('415555'),
  ],
  [
    'letters within a phone',
    text({ text_value: 'ext', filter_key: 'phone_number', search_type: 'substring' }),
    { substring: 'phone_number', parts: ['ext'] },
  ],
])

table('text_matches', 'contact', [
  [
    'the search type is optional',
    text({ text_value: 'Sales Manager', filter_key: 'title' }),
    words('title', 'sales', 'manager'),
  ],
  [
    'match folds, and searches each word once',
    text({ text_value: 'VP, vp Société', filter_key: 'title', search_type: 'match' }),
    words('title', 'vp', 'societe'),
  ],
  [
    'match takes an operator and typing errors',
    text({ text_value: 'a b', filter_key: 'title', operator: 'or', fuzzy: true }),
    { match: 'title', words: ['a', 'b'], operator: 'or', fuzzy: true },
  ],
  [
    'options may be empty',
    text({ text_value: 'a', filter_key: 'title', operator: '', fuzzy: null, slop: null }),
    words('title', 'a'),
  ],
  [
    'a phrase keeps repeated words in order',
    text({ text_value: 'New York, New York', filter_key: 'city', search_type: 'match_phrase' }),
    { phrase: 'city', words: ['new', 'york', 'new', 'york'], slop: 0, prefix: false },
  ],
  [
    'a phrase takes slop',
    text({ text_value: 'a b', filter_key: 'departments', search_type: 'match_phrase', slop: 50 }),
    { phrase: 'departments', words: ['a', 'b'], slop: 50, prefix: false },
  ],
  [
    'a phrase prefix',
    text({ text_value: 'senior eng', filter_key: 'title', search_type: 'match_phrase_prefix', slop: 1 }),
    { phrase: 'title', words: ['senior', 'eng'], slop: 1, prefix: true },
  ],
  [
    'substring in a text field is by word',
    text({ text_value: 'Gine  Ware gine', filter_key: 'title', search_type: 'substring' }),
    { substring: 'title', parts: ['gine', 'ware'] },
  ],
  [
    'substring in a keyword field is the whole folded value',
    text({ text_value: '@Acmé. ', filter_key: 'email', search_type: 'substring' }),
    { substring: 'email', parts: ['@acme. '] },
  ],
  [
    'substring in a list is the whole folded value',
    text({ text_value: 'R&D x', filter_key: 'company_industries', search_type: 'substring' }),
    { substring: 'company.industries', parts: ['r&d x'] },
  ],
  [
    'exact is match_phrase',
    text({ text_value: 'a b', filter_key: 'title', search_type: 'exact' }),
    { phrase: 'title', words: ['a', 'b'], slop: 0, prefix: false },
  ],
  [
    'shuffle is match',
    text({ text_value: 'a b', filter_key: 'title', search_type: 'shuffle' }),
    words('title', 'a', 'b'),
  ],
  [
    'an empty search type is match',
    text({ text_value: 'a', filter_key: 'title', search_type: '' }),
    words('title', 'a'),
  ],
  [
    'an option that a type does not use is ignored, whatever its value',
    {
      text_matches: {
        must: [
          { text_value: 'a', filter_key: 'title', slop: 'x' },
          { text_value: 'a', filter_key: 'city', search_type: 'substring', slop: -1, fuzzy: 3, operator: 'xor' },
          { text_value: 'a', filter_key: 'stage', search_type: 'match_phrase', fuzzy: 'yes', operator: 7 },
        ],
      },
    },
    {
      and: [
        words('title', 'a'),
        { substring: 'city', parts: ['a'] },
        { phrase: 'stage', words: ['a'], slop: 0, prefix: false },
      ],
    },
  ],
  ...['match', 'match_phrase', 'match_phrase_prefix', 'substring'].map(
    (type): Case => [
      `a value without a word matches nothing (${type})`,
      text({ text_value: ' @+ ', filter_key: 'email', search_type: type }),
      'none',
    ],
  ),
  [
    'conditions on the same key are alternatives, different keys must all match',
    {
      text_matches: {
        must: [
          { text_value: 'ceo', filter_key: 'title' },
          { text_value: 'acme', filter_key: 'company_name' },
          { text_value: 'cto', filter_key: 'title' },
        ],
      },
    },
    { and: [{ or: [words('title', 'ceo'), words('title', 'cto')] }, words('company.name', 'acme')] },
  ],
  [
    'an alternative that matches nothing leaves the others',
    {
      text_matches: {
        must: [
          text({}).text_matches.must[0],
          { text_value: '%', filter_key: 'title' },
          { text_value: 'x', filter_key: 'title' },
        ],
      },
    },
    words('title', 'x'),
  ],
  [
    'no condition of must_not may match',
    {
      text_matches: {
        must_not: [
          { text_value: 'a', filter_key: 'title' },
          { text_value: 'b', filter_key: 'title' },
          { text_value: '%', filter_key: 'title' },
        ],
      },
    },
    { and: [{ not: words('title', 'a') }, { not: words('title', 'b') }] },
  ],
])

table('keyword_match', 'contact', [
  ['one value', { keyword_match: { must: { country: 'Österreich' } } }, { terms: 'country', values: ['osterreich'] }],
  ['a list', { keyword_match: { must: { country: ['US', 'us', 'De'] } } }, { terms: 'country', values: ['us', 'de'] }],
  [
    'all keys of must have to match, and none of must_not',
    { keyword_match: { must: { city: 'a', stage: ['b'] }, must_not: { country: 'c', seniority: 'd' } } },
    {
      and: [
        { terms: 'city', values: ['a'] },
        { terms: 'stage', values: ['b'] },
        { not: { terms: 'country', values: ['c'] } },
        { not: { terms: 'seniority', values: ['d'] } },
      ],
    },
  ],
  [
    'a phone is cleaned',
    { keyword_match: { must: { mobile_phone: '+1 (415) 555-0100' } } },
    { phone: 'mobile_phone', whole: ['14155550100'], national: [], starts: [], inside: [] },
  ],
  [
    'white space is cleaned',
    { keyword_match: { must: { city: ' San\u00a0\t Francisco ' } } },
    { terms: 'city', values: ['san francisco'] },
  ],
  [
    'a text field compares as a whole',
    { keyword_match: { must: { title: ['VP,  Sales'] } } },
    { terms: 'title', values: ['vp, sales'] },
  ],
  ['a number may be a text', { keyword_match: { must: { title: 42 } } }, { terms: 'title', values: ['42'] }],
  [
    'a list field',
    { keyword_match: { must: { departments: ['R&D, Ops'] } } },
    { terms: 'departments', values: ['r&d, ops'] },
  ],
  [
    'a domain is cleaned',
    { keyword_match: { must: { company_normalized_domain: 'https://www.Acme.co.uk/x' } } },
    { terms: 'company.normalized_domain', values: ['acme.co.uk'] },
  ],
  [
    'a uuid in any case',
    { keyword_match: { must: { company_id: ['A1B2C3D4-E5F6-7890-ABCD-EF1234567890', 'nonsense'] } } },
    { terms: 'company_id', values: ['a1b2c3d4-e5f6-7890-abcd-ef1234567890'] },
  ],
  [
    'integers are cleaned, sorted and become ranges',
    { keyword_match: { must: { company_employees_count: ['1,200', 5, '3k', 5.2, 'n/a'] } } },
    {
      range: 'company.employees_count',
      ranges: [
        [5, 5],
        [1200, 1200],
        [3000, 3000],
      ],
    },
  ],
  [
    'zero is a value',
    { keyword_match: { must: { company_employees_count: 0 } } },
    { range: 'company.employees_count', ranges: [[0, 0]] },
  ],
  ['an id', { keyword_match: { must: { id: ['7'] } } }, { range: 'id', ranges: [[7, 7]] }],
  [
    'a date without a time is a day, a moment is a millisecond',
    {
      keyword_match: { must: { created_at: ['2024-01-15', '2024-01-15T10:30:00Z', '2024-01-17T10:30:00.5Z', 'soon'] } },
    },
    {
      range: 'created_at',
      ranges: [
        [Date.UTC(2024, 0, 15), Date.UTC(2024, 0, 16) - 1],
        [Date.UTC(2024, 0, 17, 10, 30, 0, 500), Date.UTC(2024, 0, 17, 10, 30, 0, 500)],
      ],
    },
  ],
  ['a list without usable values matches nothing', { keyword_match: { must: { country: ['', ' ', null] } } }, 'none'],
  [
    'a value that is not a number matches nothing',
    { keyword_match: { must: { company_employees_count: ['n/a', -5] } } },
    'none',
  ],
  ['a value that is not a uuid matches nothing', { keyword_match: { must: { uuid: 'x' } } }, 'none'],
  ['a value that matches nothing excludes nothing', { keyword_match: { must_not: { country: [''] } } }, 'all'],
])

const employees = (bounds: object) => ({ range_query: { must: { employees_count: bounds } } })
const numbers = (from: number, to: number) => ({ range: 'employees_count', ranges: [[from, to]] })
const created = (bounds: object) => ({ range_query: { must: { created_at: bounds } } })
const dates = (from: number, to: number) => ({ range: 'created_at', ranges: [[from, to]] })
const day = Date.UTC(2024, 0, 15)
const nextDay = Date.UTC(2024, 0, 16)

table('range_query', 'company', [
  ['both ends', employees({ gte: 100, lte: 5000 }), numbers(100, 5000)],
  ['without the ends', employees({ gt: 100, lt: 5000 }), numbers(101, 4999)],
  ['open', employees({ gt: 100 }), numbers(101, Infinity)],
  ['open below', employees({ lte: 0 }), numbers(-Infinity, 0)],
  ['all bounds hold', employees({ gte: 5, gt: 10, lte: 20, lt: 21 }), numbers(11, 20)],
  ['numeric strings', employees({ gte: ' 100 ', lt: '2e3' }), numbers(100, 1999)],
  ['fractions', employees({ gte: 99.5, lte: '100.5' }), numbers(100, 100)],
  ['fractions without the ends', employees({ gt: 99.5, lt: 100.5 }), numbers(100, 100)],
  ['minus zero is zero', employees({ gte: -0.5 }), numbers(0, Infinity)],
  ['up to 2^53', employees({ gte: 2 ** 53 }), numbers(2 ** 53, Infinity)],
  ['nothing is above 2^53', employees({ gt: 2 ** 53 }), 'none'],
  ['an empty range', employees({ gte: 10, lte: 9 }), 'none'],
  ['an empty bound is ignored', employees({ gte: null, lte: '', gt: [], lt: 7 }), numbers(-Infinity, 6)],
  [
    'a missing value is in no range, so must_not keeps it',
    { range_query: { must_not: { employees_count: { gte: 1 } } } },
    { not: numbers(1, Infinity) },
  ],
  ['gte a day starts with it', created({ gte: '2024-01-15' }), dates(day, Infinity)],
  ['gt a day starts after it', created({ gt: '2024-01-15' }), dates(nextDay, Infinity)],
  ['lte a day includes it', created({ lte: '2024-01-15' }), dates(-Infinity, nextDay - 1)],
  ['lt a day ends before it', created({ lt: '2024-01-15' }), dates(-Infinity, day - 1)],
  ['a moment', created({ gt: '2024-01-15T00:00:00Z', lte: '2024-01-15T00:00:01.5Z' }), dates(day + 1, day + 1500)],
  ['an offset', created({ gte: '2024-01-15T02:00+02:00', lte: '2024-01-14T19:30:00-0430' }), dates(day, day)],
  [
    'a time without a zone is in UTC',
    created({ gte: '2024-01-15T00:00:00', lte: '2024-01-15 00:00' }),
    dates(day, day),
  ],
  [
    'a fraction of a millisecond',
    created({ gte: '2024-01-15T00:00:00.0001Z', lt: '2024-01-15T00:00:00.002000001Z' }),
    dates(day + 1, day + 2),
  ],
])

table('exists, and, or, not', 'contact', [
  [
    'exists lists fields that must or must not have a value',
    { exists: { must: ['email', 'company_industries'], must_not: ['mobile_phone'] } },
    { and: [{ exists: 'email' }, { exists: 'company.industries' }, { not: { exists: 'mobile_phone' } }] },
  ],
  [
    'and, or and not are combined with the other conditions',
    {
      keyword_match: { must: { city: 'a' } },
      and: [{ exists: { must: ['email'] } }, { exists: { must: ['title'] } }],
      or: [{ exists: { must: ['stage'] } }, { exists: { must: ['city'] }, not: { exists: { must: ['state'] } } }],
      not: { exists: { must: ['country'] } },
    },
    {
      and: [
        { terms: 'city', values: ['a'] },
        { exists: 'email' },
        { exists: 'title' },
        { or: [{ exists: 'stage' }, { and: [{ exists: 'city' }, { not: { exists: 'state' } }] }] },
        { not: { exists: 'country' } },
      ],
    },
  ],
  ['a double negation cancels out', { not: { not: { exists: { must: ['email'] } } } }, { exists: 'email' }],
  [
    'the negation of a condition that matches nothing is all',
    { not: { keyword_match: { must: { city: [''] } } } },
    'all',
  ],
])

const empties = [null, '', [], {}]

for (const service of ['company', 'contact'] as const) {
  table(`an empty part is no condition (${service})`, service, [
    ['an absent where', null, 'all'],
    ...empties.flatMap((empty): Case[] => [
      [`where ${JSON.stringify(empty)}`, empty, 'all'],
      ...['text_matches', 'keyword_match', 'range_query', 'exists', 'and', 'or', 'not'].map(
        (key): Case => [`${key} ${JSON.stringify(empty)}`, { [key]: empty }, 'all'],
      ),
      ...['text_matches', 'keyword_match', 'range_query', 'exists'].map(
        (key): Case => [`${key} of ${JSON.stringify(empty)}`, { [key]: { must: empty, must_not: empty } }, 'all'],
      ),
      [`a text match ${JSON.stringify(empty)}`, { text_matches: { must: [empty], must_not: [empty] } }, 'all'],
      [
        `a text_value ${JSON.stringify(empty)}`,
        {
          text_matches: {
            must: [{ text_value: empty, filter_key: 'city', search_type: 'match' }],
            must_not: [{ text_value: empty }],
          },
        },
        'all',
      ],
      [
        `a keyword ${JSON.stringify(empty)}`,
        { keyword_match: { must: { city: empty }, must_not: { id: empty } } },
        'all',
      ],
      [
        `a range ${JSON.stringify(empty)}`,
        { range_query: { must: { id: empty }, must_not: { id: { gte: empty } } } },
        'all',
      ],
      [
        `and, or of ${JSON.stringify(empty)}`,
        { and: [empty], or: [empty, { exists: empty }], not: { not: empty } },
        'all',
      ],
    ]),
    ['an empty alternative is left out', { or: [{}, { exists: { must: ['city'] } }] }, { exists: 'city' }],
  ])
}
