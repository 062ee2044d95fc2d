/**
 * Random columns whose values have a shape: few, many, long or nearly equal. A round draws a shape for every field, so that a
 * few hundred rounds reach the limits of each structure of the index.
 */
import type { Random } from '../../bench/data/random.ts'
import { zipf } from '../../bench/data/random.ts'
import { FIELDS, type Field, type Service } from '../../src/fields.ts'
import { lowerCase } from '../../src/records/values/clean.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import { DATES, NUMBERS, uuidOf, VALUES, WORDS } from '../engines/vocabulary.ts'

type Value = IndexedRecord[string]

/** Draws the value of record `number`. */
type Draw<T> = (random: Random, number: number) => T

export interface Population {
  readonly companies: number
  readonly contacts: number
  /** The uuid of record `number`. */
  uuidOf(number: number): string
}

const LETTERS = ['a', 'b', 'e', 'é', 'ß', 'п', '北', 'が', '\ue000', '😀', '𠮷', ' ', '-', '+']
/** Lengths in bytes, around powers of two and around the largest length that fits into one byte. */
const LENGTHS = [1, 2, 3, 15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 129, 254, 255, 256, 257, 300, 511, 512, 1000, 2000]
/** A value whose length, even without 255 shared bytes, takes three bytes as a varint. */
const LONG = '😀'.repeat(4200)
const MISSING = [0, 0, 0.02, 0.2, 0.5, 0.97]
const SYLLABLES = 'ba co di fe gu la mé no pi ro se tu vy zo'.split(' ')

/** A made-up word for every number. */
function word(number: number): string {
  let text = ''
  for (let rest = number + 1; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    text += SYLLABLES[rest % SYLLABLES.length]
  return text
}

function several<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: 1 + random.int(most) }, make)
}

function among(values: readonly string[]): Draw<string> {
  return random => random.pick(values)
}

/** Shapes of text columns. `count` is the approximate number of records. */
const TEXTS: Readonly<Record<string, (random: Random, count: number) => Draw<string>>> = {
  familiar: () => among([...VALUES, ...WORDS]),
  few: random => among(several(random, 5, () => `${random.pick(WORDS)} ${word(random.int(99))}`)),
  skewed(random, count) {
    const rank = zipf(10 + random.int(Math.min(count, 2000)), 0.5 + random.next())
    return own => `${word(rank(own))} ${word(rank(own) % 7)}`
  },
  distinct: () => (_, number) => `${word(number % 97)}.${number.toString(36)}@${word(number % 13)}.com`,
  'nearly distinct': () => (random, number) => `${word(random.int(3))} ${word(number)}`,
  prefixes(random) {
    const [whole] = [several(random, 60, () => random.pick(LETTERS)).join('')]
    const points = [...whole]
    return own => points.slice(0, 1 + own.int(points.length)).join('')
  },
  'shared beginnings'(random) {
    const start = 'x'.repeat(240 + random.int(400))
    return (own, number) => `${start.slice(0, start.length - own.int(4))}${random.pick(['', ' '])}${number % 700}`
  },
  lengths(random) {
    const pool = Array.from({ length: 60 }, (_, index) => {
      const letter = random.pick(['a', 'b', 'ab ', 'é', '北', '😀'])
      const bytes = random.pick(LENGTHS)
      const repeats = Math.floor((bytes - 1) / Buffer.byteLength(letter))
      return `${letter.repeat(repeats)}${String.fromCharCode(97 + (index % 26))}`
    })
    return among(random.chance(0.2) ? [...pool, LONG] : pool)
  },
  'all letters': () => random => several(random, 8, () => random.pick(LETTERS)).join(''),
  repeats(random) {
    const own = several(random, 4, () => random.pick(WORDS))
    return draw => several(draw, 12, () => draw.pick(own)).join(' ')
  },
  wordy: (_, count) => (random, number) =>
    several(random, 6, () => word(random.chance(0.4) ? random.int(9) : number * 3 + random.int(count))).join(' '),
  // A word, and others that start with it, after one of a few other words.
  stems(random, count) {
    const before = several(random, 3, () => random.pick(WORDS))
    return own => {
      const stem = word(own.int(count))
      return [own.pick(before), stem, ...several(own, 3, () => `${stem}${word(own.int(5))}`)].join(' ')
    }
  },
  // With a few hundred records, more frequent words than there are one-byte codes; with many thousands, than two-byte codes.
  'many words'(random, count) {
    const words = Math.ceil(count * random.pick([0.2, 1, 5]))
    return own => several(own, 12, () => word(own.int(words))).join(' ')
  },
}

/** Shapes that give large dictionaries for many records, with signatures and codes of all lengths. */
const GROWING = ['distinct', 'nearly distinct', 'wordy', 'stems', 'many words']

/** Shapes of number columns. */
const NUMBER_SHAPES: Readonly<Record<string, (random: Random, count: number) => Draw<number>>> = {
  familiar: () => random => random.pick(NUMBERS),
  few(random) {
    const pool = several(random, 4, () => random.int(50) - 10)
    return own => own.pick(pool)
  },
  // So few other values that their union is built by sorting.
  'nearly all one'(random) {
    const one = random.int(1000)
    return own => one + (own.chance(1 / 600) ? own.int(9) - 4 : 0)
  },
  distinct: random => {
    const step = 1 + random.int(9999)
    return (_, number) => number * step
  },
  negative: (_, count) => random => random.int(2 * count) - count,
  huge: () => random => (random.chance(0.5) ? 1 : -1) * (2 ** 53 - random.int(1000)),
  spread: () => random => Math.round((random.next() - 0.3) * 10 ** random.int(14)) + 0,
}

const DATE_SHAPES: Readonly<Record<string, (random: Random, count: number) => Draw<number>>> = {
  familiar: () => random => random.pick(DATES),
  days: random => {
    const days = 1 + random.int(60)
    return own => Date.UTC(2024, 0, 1 + own.int(days))
  },
  distinct: () => (random, number) => Date.UTC(2023, 0, 1) + number * 7919 + random.int(2),
  old: () => random => Math.floor((random.next() - 0.5) * 4e12),
}

function pickShape<T>(random: Random, shapes: Readonly<Record<string, T>>): T {
  return shapes[random.pick(Object.keys(shapes))]
}

function someLists(random: Random, one: Draw<string>): Draw<readonly string[]> {
  const most = random.pick([1, 2, 4, 12])
  const long = random.pick([0, 0, 0.01])
  return (own, number) => {
    // Each item gets the next number, so that a list of distinct values has distinct items.
    let next = number
    const make = () => one(own, next++)
    if (own.chance(long)) return Array.from({ length: 1000 + own.int(2000) }, make)
    return several(own, most, make)
  }
}

function someColumn(random: Random, field: Field, population: Population): Draw<Value> {
  const count = field.service === 'company' ? population.companies : population.contacts
  const missing = random.chance(0.05) ? 1 : random.pick(MISSING)
  const draw = somePresent(random, field, count, population)
  return (own, number) => (own.chance(missing) ? null : draw(own, number))
}

function somePresent(random: Random, field: Field, count: number, population: Population): Draw<Value> {
  if (field.kind === 'integer') return pickShape(random, NUMBER_SHAPES)(random, count)
  if (field.kind === 'date') return pickShape(random, DATE_SHAPES)(random, count)
  if (field.kind === 'uuid') {
    // Some contacts refer to a company that never existed or was deleted.
    const known = Math.ceil(population.companies * 1.2) + 1
    const rank = random.chance(0.5) ? zipf(known, 0.8) : (own: Random) => own.int(known)
    return own => population.uuidOf(rank(own))
  }
  const shape = random.pick(count > 256 && random.chance(0.4) ? GROWING : Object.keys(TEXTS))
  const text = TEXTS[shape](random, count)
  const one: Draw<string> = field.lowercase ? (own, number) => lowerCase(text(own, number)) : text
  return field.kind === 'list' ? someLists(random, one) : one
}

/** Draws record `number` of a service. Every call returns a new version. */
export type DrawRecord = (random: Random, service: Service, number: number) => IndexedRecord

export function someColumns(random: Random, population: Population): DrawRecord {
  const columns = {
    company: FIELDS.company.map(field => [field, someColumn(random, field, population)] as const),
    contact: FIELDS.contact.map(field => [field, someColumn(random, field, population)] as const),
  }
  return (own, service, number) => {
    const record: Record<string, Value> & { uuid: string } = { uuid: population.uuidOf(number) }
    for (const [field, draw] of columns[service]) if (field.name !== 'uuid') record[field.name] = draw(own, number)
    return record
  }
}

/** Uuids in random order, or consecutive ones that differ only at the end. */
export function someUuids(random: Random): (number: number) => string {
  if (random.chance(0.6)) return uuidOf
  const start = random.int(2 ** 30)
  return number => `00000000-0000-4000-8000-${(start + number).toString(16).padStart(12, '0')}`
}
