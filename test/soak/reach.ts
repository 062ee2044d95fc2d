/** Counts, per segment and field, how often a round reached the cases for which the structures of the index are made. */
import { SERVICES } from '../../src/fields.ts'
import type { IndexState } from '../../src/search/embedded/index-state.ts'
import { openSegment } from '../../src/search/embedded/segment/open-segment.ts'
import { columnFields } from '../../src/search/embedded/segment/segment.ts'
import { uuidAt } from '../../src/search/embedded/segment/uuids.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { words } from '../../src/text/words.ts'
import type { Moment } from './history.ts'

export type Tally = Record<string, number>

/** Adds the cases in the live records of each segment. The values of dead records are no longer known. */
export function noteReached({ state, records }: Moment, tally: Tally): void {
  const add = (what: string, holds: boolean) => {
    if (holds) tally[what] = (tally[what] ?? 0) + 1
  }
  for (const service of SERVICES) {
    const alive = new Map(records[service].map(record => [record.uuid, record]))
    const entries = state[service]
    add(`several segments of ${service}`, entries.length > 1)
    add(`more than eight segments of ${service}`, entries.length > 8)
    for (const { segment, dead } of entries) {
      add(`segment of ${[1, 31, 32, 33, 64].includes(segment.size) ? segment.size : sizeClass(segment.size)}`, true)
      add('segment with dead records', dead !== null)
      const { uuids, column } = openSegment(segment)
      const own = Array.from({ length: segment.size }, (_, slot) => alive.get(uuidAt(uuids, slot)))
      const present = own.filter(record => record !== undefined)
      for (const field of columnFields(service)) {
        add(`${service} spelled with both cases`, column(field).spelled !== null)
        noteColumn(
          present.map(record => record[field.name] ?? null),
          segment.size,
          add,
        )
      }
    }
  }
  const known = new Set(records.company.map(company => company.uuid))
  const named = records.contact.map(contact => contact.company_id ?? null).filter(uuid => uuid !== null)
  add(
    'contact of an unknown company',
    named.some(uuid => !known.has(String(uuid))),
  )
  add(
    'joins between several segments of both',
    state.company.length > 1 && state.contact.length > 1 && named.length > 0,
  )
  noteSums(state, add)
}

function noteSums({ sums, company, contact }: IndexState, add: Add): void {
  company.forEach(({ dead }, place) => {
    const summed = sums?.[place]
    if (summed == null) return
    add('sums of contacts over several segments', true)
    add('sums of contacts over three segments and more', summed.segments.length > 2)
    add('sums of contacts, dead companies', dead !== null)
    add(
      'sums of contacts, dead contacts',
      contact.some(entry => entry.dead !== null && summed.segments.includes(entry.segment.id)),
    )
    add('sums of contacts, others beside them', contact.length > summed.segments.length)
    add('sums of contacts, several segments of companies', company.length > 1)
  })
}

function sizeClass(size: number): string {
  return size < 100 ? 'up to 99' : size < 2048 ? 'up to 2,047' : '2,048 and more'
}

type Add = (what: string, holds: boolean) => void

function noteColumn(values: readonly IndexedRecord[string][], size: number, add: Add): void {
  const items = values.flatMap(value => (value === null ? [] : Array.isArray(value) ? value : [value])) as (
    | string
    | number
  )[]
  add('empty column', items.length === 0)
  if (items.length === 0) return
  add('missing values among others', values.includes(null))
  const counts = new Map<string | number, number>()
  for (const item of items) {
    const value = typeof item === 'string' ? fold(item) : item
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const frequencies = [...counts.values()]
  add(
    'value with more than 1/32 of the slots, in a segment of 64 and more',
    size >= 64 && frequencies.some(count => count > size / 32),
  )
  add(
    'value with 2 slots up to 1/32 of them',
    frequencies.some(count => count > 1 && count <= size / 32),
  )
  add('value with one slot', frequencies.includes(1))
  add('all values distinct', frequencies.length === values.length && values.length > 1)
  if (typeof items[0] === 'number') {
    noteNumbers(items.map(Number), frequencies, size, add)
    return
  }
  noteLists(values, add)
  noteDictionary([...counts.keys()].map(String), add)
  noteWords([...counts.keys()].map(String), add)
}

function noteNumbers(numbers: readonly number[], frequencies: readonly number[], size: number, add: Add): void {
  add(
    'number with more than 1/32 of the slots next to one with less than 1/512',
    frequencies.some(count => count > size / 32) && frequencies.some(count => count * 512 < size),
  )
  add(
    'negative number',
    numbers.some(number => number < 0),
  )
  add(
    'number beyond 2^32',
    numbers.some(number => Math.abs(number) > 2 ** 32),
  )
}

function noteLists(values: readonly IndexedRecord[string][], add: Add): void {
  add(
    'list of 1,000 items and more',
    values.some(value => Array.isArray(value) && value.length >= 1000),
  )
  add(
    'list of several items',
    values.some(value => Array.isArray(value) && value.length > 1),
  )
}

function noteDictionary(values: readonly string[], add: Add): void {
  const texts = values.map(text => Buffer.from(text)).sort(Buffer.compare)
  add('dictionary of more than 256 values', texts.length > 256)
  add('dictionary of more than 2,048 values', texts.length > 2048)
  add('dictionary of more than 65,535 bytes', texts.reduce((sum, text) => sum + text.length, 0) > 65_535)
  add(
    'value of one byte',
    texts.some(text => text.length === 1),
  )
  add(
    'value of 1,000 bytes and more',
    texts.some(text => text.length >= 1000),
  )
  add(
    'value of 16,384 bytes and more',
    texts.some(text => text.length >= 16_384),
  )
  const shared = texts.slice(1).map((text, index) => sharedBytes(texts[index], text))
  add(
    'value that is a prefix of another',
    shared.some((bytes, index) => bytes === texts[index].length),
  )
  add(
    '16 values in a row that share more than 255 bytes',
    shared.some((_, at) => at + 15 <= shared.length && shared.slice(at, at + 15).every(bytes => bytes > 255)),
  )
  add(
    'letters of several bytes',
    texts.some(text => text.some(byte => byte >= 0xe0)),
  )
  add(
    'letters of four bytes',
    texts.some(text => text.some(byte => byte >= 0xf0)),
  )
}

function noteWords(values: readonly string[], add: Add): void {
  const cut = values.slice(0, 3000).map(words)
  add(
    'word twice in a value',
    cut.some(list => new Set(list).size < list.length),
  )
  const having = new Map<string, number>()
  for (const list of cut) for (const one of new Set(list)) having.set(one, (having.get(one) ?? 0) + 1)
  add('dictionary of more than 2,048 words', having.size > 2048)
  add('more than 128 words with four values and more', [...having.values()].filter(count => count >= 4).length > 128)
}

function sharedBytes(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length)
  let place = 0
  while (place < length && a[place] === b[place]) place++
  return place
}
