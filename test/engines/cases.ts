/**
 * Queries with their expected results, written by hand. The reference evaluator and every engine have to agree with them.
 * Records are named by a letter, with which their uuid starts.
 */
import type { Service } from '../../src/fields.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import type { Records } from './reference.ts'

export function uuidOf(letter: string): string {
  return `${letter.repeat(8)}-0000-4000-8000-000000000000`
}

export function letterOf(uuid: string): string {
  return uuid[0]
}

type Values = Omit<IndexedRecord, 'uuid'>

function record(letter: string, values: Values): IndexedRecord {
  return { ...values, uuid: uuidOf(letter) }
}

const at = (text: string) => Date.parse(text)

export const RECORDS: Records = {
  company: [
    record('a', {
      name: 'Acme Corporation',
      country: 'united states',
      industries: ['Computer Software', 'Data Services'],
      employees_count: 500,
      created_at: at('2024-01-14T23:59:59.999Z'),
    }),
    record('b', {
      name: 'Straße & Söhne',
      country: 'österreich',
      industries: ['Software'],
      employees_count: 0,
      created_at: at('2024-01-15T00:00:00Z'),
    }),
    record('c', {
      name: '北京大学',
      country: 'united kingdom',
      employees_count: 2 ** 53,
      created_at: at('2024-01-15T23:59:59.999Z'),
    }),
    record('d', { name: 'acme', technologies: ['C++', 'C#'], created_at: at('2024-01-16T00:00:00Z') }),
  ],
  contact: [
    record('a', {
      first_name: 'josé',
      last_name: 'Del Río',
      title: 'Senior Software Engineer',
      email: 'jose@acme.com',
      company_id: uuidOf('a'),
      departments: ['R&D', 'Data Platform'],
    }),
    record('b', {
      first_name: 'jose',
      last_name: 'del rio',
      title: 'Engineer, Software',
      email: 'j.o@x.org',
      company_id: uuidOf('b'),
      departments: ['Platform Data'],
    }),
    record('c', {
      first_name: '\ue000',
      title: 'VP of Sales and of Marketing',
      company_id: uuidOf('e'),
      home_phone: '030 901820',
      work_direct_phone: '(415) 555-0100 ext. 7',
    }),
    record('d', { first_name: '𠮷', title: 'Sales', mobile_phone: '+14155550100', company_id: uuidOf('a') }),
    record('e', { first_name: 'zoë', last_name: 'O’Neill', home_phone: '+4930901820' }),
  ],
}

export interface EngineCase {
  readonly name: string
  readonly service: Service
  readonly query: Readonly<Record<string, unknown>>
  /** The letters of the records found, in order. */
  readonly found: string
}

const text = (text_value: string, filter_key: string, search_type: string, options: object = {}) => ({
  where: { text_matches: { must: [{ text_value, filter_key, search_type, ...options }] } },
})
const search = (text: string) => ({ where: { search: text } })
const equals = (key: string, values: unknown) => ({ where: { keyword_match: { must: { [key]: values } } } })
const range = (key: string, bounds: object) => ({ where: { range_query: { must: { [key]: bounds } } } })
const order = (...names: string[]) => ({
  order_by: names.map(name => ({
    order_by: name.replace('-', ''),
    order_direction: name.startsWith('-') ? 'desc' : 'asc',
  })),
})

function contacts(name: string, query: EngineCase['query'], found: string): EngineCase {
  return { name, service: 'contact', query, found }
}

function companies(name: string, query: EngineCase['query'], found: string): EngineCase {
  return { name, service: 'company', query, found }
}

export const CASES: readonly EngineCase[] = [
  contacts('a query without conditions finds all, ordered by uuid', {}, 'abcde'),
  contacts('match finds words in any order', text('engineer software', 'title', 'match'), 'ab'),
  contacts('match needs every word', text('senior engineer', 'title', 'match'), 'a'),
  contacts('or needs any word', text('senior sales', 'title', 'match', { operator: 'or' }), 'acd'),
  contacts('match finds whole words only', text('engine', 'title', 'match'), ''),
  contacts('match forgives typing errors', text('enigneer sofware', 'title', 'match', { fuzzy: true }), 'ab'),
  contacts('a word of two letters allows no error', text('vq', 'title', 'match', { fuzzy: true }), ''),
  contacts('a word of three letters allows one error', text('amd', 'title', 'match', { fuzzy: true }), 'c'),
  contacts('match ignores case and accents', text('JOSE', 'first_name', 'match'), 'ab'),
  contacts('match looks at all items of a list together', text('data r', 'departments', 'match'), 'a'),
  contacts('the words of a phrase are in order', text('software engineer', 'title', 'match_phrase'), 'a'),
  contacts('a phrase has no gaps', text('senior engineer', 'title', 'match_phrase'), ''),
  contacts('slop allows words in between', text('senior engineer', 'title', 'match_phrase', { slop: 1 }), 'a'),
  contacts('slop does not reorder words', text('engineer senior', 'title', 'match_phrase', { slop: 50 }), ''),
  contacts('slop counts all words in between', text('vp sales marketing', 'title', 'match_phrase', { slop: 2 }), ''),
  contacts('slop applies to the total', text('vp sales marketing', 'title', 'match_phrase', { slop: 3 }), 'c'),
  contacts('a repeated word has to occur twice', text('of of', 'title', 'match_phrase', { slop: 3 }), 'c'),
  contacts(
    'one occurrence is not enough for a repeated word',
    text('sales sales', 'title', 'match_phrase', { slop: 3 }),
    '',
  ),
  contacts('a phrase is also tried at the second occurrence', text('of marketing', 'title', 'match_phrase'), 'c'),
  contacts('a phrase is within one item of a list', text('platform data', 'departments', 'match_phrase'), 'b'),
  contacts('the last word of a phrase can be a prefix', text('software eng', 'title', 'match_phrase_prefix'), 'a'),
  contacts('the first word of a phrase cannot be a prefix', text('soft engineer', 'title', 'match_phrase_prefix'), ''),
  contacts('a single prefix is found', text('sa', 'title', 'match_phrase_prefix'), 'cd'),
  contacts('substring in a text finds parts of words', text('gine ware', 'title', 'substring'), 'ab'),
  contacts('substring in a text does not cross words', text('e eng', 'title', 'substring'), 'ab'),
  contacts('substring in a keyword is a single part', text('@acme.', 'email', 'substring'), 'a'),
  contacts('substring in a keyword is not split into words', text('acme jose', 'email', 'substring'), ''),
  contacts('substring in a list is within one item', text('&d', 'departments', 'substring'), 'a'),
  contacts('a text without words finds nothing', text('%', 'title', 'substring'), ''),
  companies('one Chinese character is a word', text('大', 'name', 'match'), 'c'),
  companies('a part of a Chinese name is a phrase', text('京大', 'name', 'match_phrase'), 'c'),
  companies('ß equals ss', text('STRASSE', 'name', 'match'), 'b'),
  companies('C++ and C# are words', text('c#', 'technologies', 'match'), 'd'),
  companies('C is a different word', text('c', 'technologies', 'match'), ''),
  companies('a keyword ignores case and accents', equals('country', ['Osterreich', 'UNITED KINGDOM']), 'bc'),
  companies('a keyword is compared as a whole', equals('country', 'united'), ''),
  companies('an item of a list is compared as a whole', equals('industries', 'software'), 'b'),
  companies('a text as a keyword is compared as a whole', equals('name', 'ACME'), 'd'),
  companies('a number as a keyword', equals('employees_count', ['500', 0]), 'ab'),
  companies('a day as a keyword', equals('created_at', '2024-01-15'), 'bc'),
  contacts('a phone is found however it is written', equals('mobile_phone', '+1 (415) 555-0100'), 'd'),
  contacts('a phone without its country', equals('mobile_phone', '(415) 555-0100'), 'd'),
  contacts('a phone with the code of its country, but no plus', equals('mobile_phone', '1-415-555-0100'), 'd'),
  contacts('a phone after an exit code', equals('mobile_phone', '001 415 555 0100'), 'd'),
  contacts('a phone of another country', equals('mobile_phone', '+44 415 555 0100'), ''),
  contacts('a part of a phone is not the phone', equals('mobile_phone', '555-0100'), ''),
  contacts('an extension is not the phone', equals('work_direct_phone', '7'), ''),
  contacts('a group of a phone is not the phone', equals('work_direct_phone', '0100'), ''),
  contacts('a phone that is stored without its country', equals('work_direct_phone', '415.555.0100'), 'c'),
  contacts('one of several phones', equals('mobile_phone', ['5550199', '415 5550100']), 'd'),
  contacts('a national number with its trunk prefix', equals('home_phone', '030/901820'), 'ce'),
  contacts('a national number without it', equals('home_phone', '30 901820'), 'e'),
  contacts('an international number with a trunk prefix', equals('home_phone', '+49 (0)30 901820'), 'e'),
  contacts('no digits are no phone', equals('mobile_phone', 'call me'), ''),
  contacts('digits within a phone', text('(415) 555', 'mobile_phone', 'substring'), 'd'),
  contacts('digits within a phone in groups', text('4155', 'work_direct_phone', 'substring'), 'c'),
  contacts('the beginning of a national number', text('030 90', 'home_phone', 'substring'), 'ce'),
  contacts('a trunk prefix within a number is a digit', text('0100', 'mobile_phone', 'substring'), 'd'),
  contacts('digits that are not in the phone', text('0109', 'mobile_phone', 'substring'), ''),
  contacts('an exit code within a phone', text('0049 30', 'home_phone', 'substring'), 'e'),
  contacts('letters within a phone', text('ext', 'work_direct_phone', 'substring'), 'c'),
  contacts('a phone as a word', text('4155550100', 'work_direct_phone', 'match'), 'c'),
  contacts('any apostrophe', text('o´neill', 'last_name', 'match_phrase'), 'e'),
  contacts('a keyword of the company', equals('company_country', 'united states'), 'ad'),
  contacts('an item of the company', equals('company_industries', ['software', 'data services']), 'abd'),
  contacts('a uuid', equals('company_id', [uuidOf('e').toUpperCase()]), 'c'),
  companies('a range includes its ends', range('employees_count', { gte: 0, lte: 500 }), 'ab'),
  companies('a range without its ends', range('employees_count', { gt: 0, lt: 2 ** 53 }), 'a'),
  companies('the largest number is in range', range('employees_count', { gte: '9007199254740992' }), 'c'),
  companies('lte a day includes the day', range('created_at', { lte: '2024-01-15' }), 'abc'),
  companies('lt a day does not', range('created_at', { lt: '2024-01-15' }), 'a'),
  companies('gt a day does not', range('created_at', { gt: '2024-01-15' }), 'd'),
  companies(
    'must_not with a range keeps missing values',
    { where: { range_query: { must_not: { employees_count: { gte: 1 } } } } },
    'bd',
  ),
  contacts('a range of the company', range('company_employees_count', { gte: 1 }), 'ad'),
  contacts(
    'must_not on a company field keeps contacts without a company',
    { where: { keyword_match: { must_not: { company_country: 'united states' } } } },
    'bce',
  ),
  contacts('exists', { where: { exists: { must: ['company_name'], must_not: ['email'] } } }, 'd'),
  contacts(
    'an unknown company has no fields',
    { where: { exists: { must: ['company_id'], must_not: ['company_name'] } } },
    'c',
  ),
  contacts(
    'and, or, not are combined',
    {
      where: {
        or: [equals('first_name', 'jose').where, equals('title', 'sales').where],
        not: equals('company_country', 'osterreich').where,
        and: [{ exists: { must: ['title'] } }],
      },
    },
    'ad',
  ),
  contacts('every word of the full name', text('rio jose', 'full_name', 'match'), 'ab'),
  contacts('any word of the full name', text('zoe del', 'full_name', 'match', { operator: 'or' }), 'abe'),
  contacts('typing errors in the full name', text('jsoe roi', 'full_name', 'match', { fuzzy: true }), 'ab'),
  contacts('a word that no name has', text('jose rios', 'full_name', 'match'), ''),
  contacts('a phrase across both names', text('José Del', 'full_name', 'match_phrase'), 'ab'),
  contacts('a phrase of all names', text('jose del rio', 'full_name', 'exact'), 'ab'),
  contacts('a phrase within one of the names', text('del rio', 'full_name', 'match_phrase'), 'ab'),
  contacts('a phrase of the full name has no gaps', text('jose rio', 'full_name', 'match_phrase'), ''),
  contacts('slop in the full name', text('jose rio', 'full_name', 'match_phrase', { slop: 1 }), 'ab'),
  contacts('the last name is not before the first', text('rio jose', 'full_name', 'match_phrase'), ''),
  contacts('a prefix across both names', text('zoë o’n', 'full_name', 'match_phrase_prefix'), 'e'),
  contacts('a prefix in the first name', text('jo', 'full_name', 'match_phrase_prefix'), 'ab'),
  contacts('parts of words of the full name', text('os ri', 'full_name', 'substring'), 'ab'),
  contacts('the whole full name', equals('full_name', 'JOSE DEL RIO'), 'ab'),
  contacts('the whole full name, split at a word', equals('full_name', "zoe o'neill"), 'e'),
  contacts('a part of the full name is not the whole', equals('full_name', ['jose', 'del rio', 'jose del']), ''),
  contacts('a first name without a last one', equals('full_name', '𠮷'), 'd'),
  contacts('one of several full names', equals('full_name', ['𠮷', 'zoë o´neill', 'nobody at all']), 'de'),
  contacts('not a full name', { where: { keyword_match: { must_not: { full_name: 'jose del rio' } } } }, 'cde'),
  contacts(
    'a phrase and no phrase of the full name',
    {
      where: {
        text_matches: {
          must: [{ text_value: 'jose', filter_key: 'full_name' }],
          must_not: [{ text_value: 'jose rio', filter_key: 'full_name', search_type: 'match_phrase' }],
        },
      },
    },
    'ab',
  ),
  contacts('by the full name: last name, then first name', order('full_name'), 'abecd'),
  contacts('by the full name, descending', order('-full_name'), 'eabdc'),
  contacts('by the full name after others', order('company_employees_count', '-full_name'), 'badec'),
  contacts(
    'after a cursor with a full name',
    { ...order('full_name'), cursor: ['["del rio","jose"]', uuidOf('a')] },
    'becd',
  ),
  contacts(
    'after a cursor with a first name only',
    { ...order('-full_name'), cursor: ['[null,"𠮷"]', uuidOf('d')] },
    'c',
  ),
  contacts('after a cursor with a last name', { ...order('full_name'), cursor: ['Del Rio'] }, 'ecd'),
  contacts('after a cursor without a name', { ...order('full_name'), cursor: ['', uuidOf('a')] }, ''),
  contacts('a search of beginnings of words', search('jos'), 'ab'),
  contacts('a search of words of several fields', search('eng jose data'), ''),
  contacts('a search of a name and a company', search('jose acme'), 'a'),
  contacts('a search of a company and a name', search('Straße JOSÉ'), 'b'),
  contacts('a search of a title and a company', search('sal corp'), 'd'),
  contacts('a search finds the beginning only', search('ose'), ''),
  contacts('a search of an e-mail address', search('jose@acme.com'), 'a'),
  contacts('a search of a part of an e-mail address', search('x.o'), 'b'),
  contacts('a search needs every word', search('jose nobody'), ''),
  contacts('a search with any apostrophe', search('O`Neill'), 'e'),
  contacts('a search of four digits within a phone', search('5501'), 'cd'),
  contacts('a search of three digits', search('555'), ''),
  contacts('a search of groups of digits', search('+1 415 555'), 'd'),
  contacts('a search of a phone in other groups', search('(415) 555-01 00'), 'cd'),
  contacts('a search of a word and a phone', search('sales 415 555 0100'), 'cd'),
  contacts('a search of a phone between words', search('acme 415-555 sal'), 'd'),
  contacts('a search of a national number', search('030 9018'), 'ce'),
  contacts('a search of digits that no phone has', search('415 666'), ''),
  contacts('a search of signs', search('+ - .'), ''),
  contacts('an empty search is no condition', search(''), 'abcde'),
  contacts(
    'a search holds together with other conditions',
    {
      where: {
        search: 'jose',
        exists: { must: ['departments'] },
        ...equals('first_name', 'jose').where,
        not: equals('email', 'j.o@x.org').where,
      },
    },
    'a',
  ),
  contacts('a search within or', { where: { or: [{ search: 'zo' }, { search: 'vp mark' }] } }, 'ce'),
  contacts('a negated search', { where: { not: { search: 'acme' } } }, 'bce'),
  companies('a search of companies', search('acm'), 'ad'),
  companies('a search of a name and a country', search('acme united'), 'a'),
  companies('a search of an industry', search('soft data'), 'a'),
  companies('a search of a Chinese character', search('北大'), 'c'),
  companies('a search of a country', search('Öster strasse'), 'b'),
  companies('numbers ascend, a missing one is last', order('employees_count'), 'bacd'),
  companies('numbers descend, a missing one is last', order('-employees_count'), 'cabd'),
  companies('texts sort folded by code point', order('name'), 'dabc'),
  companies('dates descend', order('-created_at'), 'dcba'),
  contacts('equal folded texts sort by uuid, beyond U+FFFF last', order('first_name'), 'abecd'),
  contacts('descending, ties still ascend by uuid', order('-first_name'), 'dceab'),
  contacts('by the company, those without one last', order('company_employees_count', '-title'), 'badce'),
  contacts('a page', { ...order('-first_name'), page: 2, limit: 2 }, 'ea'),
  contacts('a page beyond the end', { page: 4, limit: 2 }, ''),
  contacts('after a cursor', { ...order('-first_name'), cursor: ['zoe', uuidOf('e')], limit: 1 }, 'a'),
  contacts('after a cursor among ties', { ...order('-first_name'), cursor: ['jose', uuidOf('a')] }, 'b'),
  contacts('after a cursor of a deleted row', { ...order('first_name'), cursor: ['jose', uuidOf('0')] }, 'abecd'),
  companies(
    'after a cursor of a missing value',
    { ...order('name', 'employees_count'), cursor: ['acme', '', uuidOf('d')] },
    'abc',
  ),
  contacts(
    'after a cursor before missing values',
    { ...order('company_employees_count'), cursor: ['500', uuidOf('d')] },
    'ce',
  ),
  contacts(
    'after a cursor among missing values',
    { ...order('-company_employees_count'), cursor: ['', uuidOf('c')] },
    'e',
  ),
]
