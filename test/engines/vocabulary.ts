/**
 * Vocabularies for random records and queries. A vocabulary defines which values a field can have and which texts are searched
 * in it. This one is small, so that conditions match, values repeat and orders have ties.
 */
import fc from 'fast-check'
import type { Field } from '../../src/fields.ts'
import { lowerCase } from '../../src/records/values/clean.ts'

export interface Vocabulary {
  /** Values of a text or keyword field, or items of a list, as stored in a record. */
  strings(field: Field): fc.Arbitrary<string>
  /** Values of a number field, or of a date field in milliseconds. */
  numbers(field: Field): fc.Arbitrary<number>
  uuids(field: Field): fc.Arbitrary<string>
  /** Texts to search for in the field: whole values, words, parts, with typing errors, and texts that do not occur. */
  searched(field: Field): fc.Arbitrary<string>
}

export const WORDS = [
  ...['Senior', 'Software', 'Engineer', 'Engineering', 'Enigneer', 'Sales', 'Sale', 'VP', 'of', 'Data', 'Date', 'a'],
  ...['O’Neil', 'O`Neil', 'O´Neil', 'Марʼяна', 'Data™', 'Sales²', 'Əliyev', '¨Data', 'می\u200cخواهم', 'مـحمد'],
  ...['C++', 'C#', 'B2B', "O'Neil", 'New', 'York', 'New-York', 'José', 'JOSE', 'Müller', 'Straße', 'STRASSE', 'Łódź'],
  ...[
    '北京',
    '大学',
    '京北',
    'ひろし',
    'カタカナ',
    'が',
    'か',
    '삼성',
    'Ёлка',
    'ΣΊΣΥΦΟΣ',
    'أحمد',
    '👩‍💻',
    '😀',
    '🏢',
    '𠮷野',
    '\ue000',
  ],
]

export const VALUES = [
  ...[
    'Senior Software Engineer',
    'Software Engineering, Data',
    'senior data engineer',
    'VP of Sales',
    'VP Sales of Data',
  ],
  ...[
    'New York',
    'new york',
    'New-York',
    'York',
    'José Müller',
    'JOSE MULLER',
    'O`Neil Sales',
    "o'neil sales",
    'Straße',
    '北京大学',
    'ひろし カタカナ',
    '😀 C++',
  ],
]

const EMAILS = ['jo@acme.com', 'jo.doe@acme.com', 'josé@müller.de', 'a@b.co', 'sales+eu@acme.co.uk', 'doe@x.org']
const DOMAINS = ['acme.com', 'acme.co.uk', 'müller.de', 'b.co', 'x.org']
const PHONES = [
  '+14155550100',
  '+14155550101',
  '+442079460000',
  '+4930901820',
  'ask for jo',
  '555 0100 ext. 7',
  '(415) 555-0100',
  '030 901820',
  '1-800-flowers',
  '+1 415 5550100 x12',
]
const URLS = [
  'https://linkedin.com/in/jo',
  'https://linkedin.com/in/jo-doe',
  'https://www.acme.com/c++',
  'http://b.co/#x',
]
export const NUMBERS = [
  0,
  1,
  2,
  9,
  10,
  11,
  50,
  99,
  100,
  101,
  500,
  5_000,
  1_200_000,
  2 ** 31,
  2 ** 32 + 1,
  2 ** 53 - 1,
  2 ** 53,
]
export const DATES = [
  ...['1969-12-31T23:59:59.999Z', '2024-01-14T23:59:59.999Z', '2024-01-15T00:00:00.000Z', '2024-01-15T10:30:00.000Z'],
  ...['2024-01-15T23:59:59.999Z', '2024-01-16T00:00:00.000Z', '2024-02-29T12:00:00.001Z', '2026-07-01T08:00:00.000Z'],
].map(text => Date.parse(text))

/** The uuid of a small number. Uuids are not in the order of their numbers. */
export function uuidOf(number: number): string {
  const spread = Math.imul(number + 1, 0x9e3779b1) >>> 0
  const hex = spread.toString(16).padStart(8, '0')
  return `${hex}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

const phrases = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 })
  .chain(list => fc.constantFrom(' ', ' ', ' ', ', ', '-').map(separator => list.join(separator)))

function stringsOf(field: Field): fc.Arbitrary<string> {
  const strings = choose(field)
  return field.lowercase ? strings.map(lowerCase) : strings
}

/** Most values repeat. */
function choose(field: Field): fc.Arbitrary<string> {
  if (field.format === 'email') return fc.constantFrom(...EMAILS)
  if (field.format === 'domain') return fc.constantFrom(...DOMAINS)
  if (field.format === 'phone') return fc.constantFrom(...PHONES)
  if (field.name.endsWith('_url') || field.name === 'website') return fc.constantFrom(...URLS)
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: phrases })
}

const pieces = fc.tuple(fc.constantFrom(...WORDS), fc.nat(3), fc.nat(4)).map(([word, a, b]) => word.slice(a, a + b + 1))
const searchedTexts = fc.oneof(
  phrases,
  fc.constantFrom(...VALUES),
  fc.constantFrom('senior', 'engineer', 'software engineer', 'data', 'sales', 'vp', 'york', 'new y', 'jose', 'engine'),
  fc.constantFrom(...WORDS),
  pieces.map(piece => piece.toWellFormed()),
  fc.constantFrom(...EMAILS, ...PHONES, ...URLS, ...DOMAINS),
  fc.constantFrom('enginer', 'sofware senior', 'slaes', 'jsoe', 'muler jsoe', 'vp data', '北', 'acme', '%', ''),
)

export const FAMILIAR: Vocabulary = {
  strings: stringsOf,
  numbers: field => fc.constantFrom(...(field.kind === 'date' ? DATES : NUMBERS)),
  uuids: () => fc.nat(50).map(uuidOf),
  searched: () => searchedTexts,
}
