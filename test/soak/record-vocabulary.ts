/** The vocabulary of given records: their values, words and parts of them, with typing errors, and some that do not occur. */
import fc from 'fast-check'
import { createRandom, type Random } from '../../bench/data/random.ts'
import type { Field, Service } from '../../src/fields.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { words } from '../../src/text/words.ts'
import { FAMILIAR, type Vocabulary } from '../engines/vocabulary.ts'
import type { Moment } from './history.ts'

/** The number of records whose values are searched for. With one, several conditions match together; with many, few do. */
const LOOKED_AT = [1, 1, 3, 60]
/** The largest length of a search text. The limits of queries are tested elsewhere. */
const LONGEST = 2500

export function vocabularyOf({ records, gone }: Moment, service: Service, random: Random): Vocabulary {
  const count = random.pick(LOOKED_AT)
  const from = (of: Service) => (gone[of].length > 0 && random.chance(0.25) ? gone[of] : records[of])
  const contact = some(from('contact'), count, random)
  const employers = new Set(contact.map(record => record.company_id))
  const companies = service === 'company' ? [] : [...records.company, ...gone.company]
  const known = companies.filter(record => employers.has(record.uuid))
  const chosen = { contact, company: known.length > 0 ? known : some(from('company'), count, random) }
  const strings = memoized(field => {
    const values = chosen[field.service].flatMap(record => textsOf(record[field.name]))
    return values.length === 0
      ? FAMILIAR.strings(field)
      : fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...values) },
          { weight: 1, arbitrary: FAMILIAR.strings(field) },
        )
  })
  return {
    strings,
    numbers: memoized(field => {
      const values = chosen[field.service].map(record => record[field.name]).filter(value => typeof value === 'number')
      if (values.length === 0) return FAMILIAR.numbers(field)
      // Adjacent numbers test the ends of ranges.
      return fc.tuple(fc.constantFrom(...values), fc.constantFrom(0, 0, 0, 1, -1)).map(([number, by]) => number + by)
    }),
    uuids: memoized(field => {
      const name = field.name
      const values = chosen[field.service].map(record => record[name]).filter(value => typeof value === 'string')
      return fc.oneof(fc.constantFrom(...values, UNKNOWN), FAMILIAR.uuids(field))
    }),
    searched: memoized(field =>
      fc
        .tuple(strings(field), strings(field), fc.nat())
        .map(([text, other, seed]) => searchedText(text, other, createRandom(seed))),
    ),
  }
}

const UNKNOWN = 'ffffffff-ffff-4fff-bfff-ffffffffffff'

function some(records: readonly IndexedRecord[], count: number, random: Random): readonly IndexedRecord[] {
  return records.length === 0 ? [] : Array.from({ length: count }, () => random.pick(records))
}

function textsOf(value: IndexedRecord[string] | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  // Of a long list, only the first and the last items.
  return Array.isArray(value) ? [...value.slice(0, 3), ...value.slice(-2)] : []
}

function memoized<T>(make: (field: Field) => T): (field: Field) => T {
  const made = new Map<Field, T>()
  return field => {
    let value = made.get(field)
    if (value === undefined) {
      value = make(field)
      made.set(field, value)
    }
    return value
  }
}

/** Ways in which a person might type a value that they search for. */
const WAYS: readonly ((text: string, other: string, random: Random) => string)[] = [
  text => text,
  text => text.toUpperCase(),
  // Consecutive words, with some left out, or with the last one incomplete.
  (text, _, random) => stretch(words(text), random).join(' '),
  (text, _, random) =>
    stretch(words(text), random)
      .filter(() => random.chance(0.7))
      .join(' '),
  (text, _, random) => part(stretch(words(text), random).join(' '), random, true),
  (text, _, random) =>
    stretch(words(text), random)
      .map((word, place, row) => (place + 1 < row.length ? word : [...word].slice(0, 1 + random.int(2)).join('')))
      .join(' '),
  (text, _, random) => part(fold(text), random, false),
  (text, _, random) => part(random.pick(words(text)) ?? text, random, false),
  // Words in another order, or from two values.
  (text, _, random) =>
    stretch(words(text), random)
      .sort(() => random.next() - 0.5)
      .join(' '),
  (text, other, random) => `${random.pick(words(text)) ?? ''} ${random.pick(words(other)) ?? ''}`,
  (text, _, random) => mistyped(random.pick(words(text)) ?? text, random),
  (text, _, random) => swapped(random.pick(words(text)) ?? text, random),
  (text, _, random) =>
    stretch(words(text), random)
      .map(word => mistyped(word, random))
      .join(' '),
]

function searchedText(text: string, other: string, random: Random): string {
  const made = random.pick(WAYS)(text, other, random)
  return [...made].slice(0, LONGEST).join('').toWellFormed()
}

function stretch<T>(list: readonly T[], random: Random): T[] {
  const from = random.int(list.length)
  return list.slice(from, from + 1 + random.int(5))
}

function part(text: string, random: Random, fromStart: boolean): string {
  const letters = [...text]
  const from = fromStart ? 0 : random.int(letters.length)
  const length = random.chance(0.5) ? 1 + random.int(5) : 1 + random.int(letters.length)
  return letters.slice(from, from + length).join('')
}

/** Swaps two neighbouring letters, often the first or the last two. */
function swapped(word: string, random: Random): string {
  const letters = [...word]
  if (letters.length < 2) return word
  const place = random.pick([0, letters.length - 2, random.int(letters.length - 1)])
  letters.splice(place, 2, letters[place + 1], letters[place])
  return letters.join('')
}

/** Makes one or two edits, sometimes three. */
function mistyped(word: string, random: Random): string {
  const letters = [...word]
  for (let edits = 1 + random.int(random.chance(0.2) ? 3 : 2); edits > 0; edits--) {
    const place = random.int(letters.length + 1)
    const kind = random.int(4)
    if (kind === 0) letters.splice(place, 1)
    else if (kind === 1) letters.splice(place, 0, random.pick(['a', 'o', 'é', '北', letters[0] ?? 'b']))
    else if (kind === 2 && place < letters.length) letters[place] = random.pick(['a', 'e', 'x'])
    else if (place > 0 && place < letters.length) letters.splice(place - 1, 2, letters[place], letters[place - 1])
  }
  return letters.join('')
}
