/**
 * Which companies the contacts of a segment refer to, and how many contacts each of them has. `company_id` is a column like
 * any other, with a sorted dictionary of distinct uuids, and a segment of companies is sorted by uuid too. Walking both once
 * therefore maps the slots of a segment of companies to the ordinals of a segment of contacts. Both segments are immutable, so
 * the mapping never goes stale, and there is no global numbering of companies to maintain. A changed company is a slot in a
 * new, small segment, whose ordinals are found by binary search; contacts are not touched.
 *
 * The writer thread computes the pairs of a state before it publishes it (state-pairs.ts). They are in shared memory, so that
 * no query waits for them and all threads use the same ones.
 */
import { findField } from '../../../fields.ts'
import { readArray, writeArena } from '../segment/arena.ts'
import { cacheByPair } from '../segment/cache-by-pair.ts'
import { countOfKey } from '../segment/postings.ts'
import type { Column, Segment } from '../segment/segment.ts'
import { compareUuids, lowerBoundUuid, UUID_BYTES } from '../segment/uuids.ts'
import { createNumberList } from '../sets/number-list.ts'

/**
 * The companies of one segment that contacts of another segment refer to. An ordinal is that of a value of `company_id`. Numbers of
 * contacts include dead ones.
 */
export type Pairs = PairTable | PairLists

/** If many are referred to: arrays with a place for each company, or for each ordinal. */
export interface PairTable {
  readonly layout: 'table'
  /** By ordinal: the slot of the company plus one, or 0. */
  readonly slotOf: Uint32Array
  /** By slot: the ordinal plus one, or 0. */
  readonly ordinalOf: Uint32Array
  /** By slot: the number of contacts. */
  readonly contactsOf: Uint32Array
  /** The memory of all three. */
  readonly buffer: SharedArrayBuffer
}

/** If few are: three lists with an entry for each of them. `slots` and `ordinals` are ascending. */
export interface PairLists {
  readonly layout: 'lists'
  readonly slots: Uint32Array
  readonly ordinals: Uint32Array
  readonly contacts: Uint32Array
  readonly buffer: SharedArrayBuffer
}

/**
 * A table takes memory for every slot and ordinal. It is used if there is at least one pair for this many of them. Most
 * segments are small, and so most pairs are lists.
 */
const FEW = 8

const COMPANY_ID = findField('contact', 'company_id')!

export function companyColumn(contacts: Segment): Column {
  return contacts.column(COMPANY_ID)
}

/** The distinct values of `company_id` in a segment of contacts, sorted. */
function namedCompanies(contacts: Segment): Uint8Array {
  const { values } = companyColumn(contacts)
  if (values.kind !== 'uuids') throw new TypeError('company_id holds uuids')
  return values.rows
}

/** The pairs of a segment of contacts and a segment of companies. Computed on the first call, unless they were provided. */
export const pairsOf = cacheByPair(findPairs)

function findPairs(contacts: Segment, companies: Segment): Pairs {
  const named = namedCompanies(contacts)
  const { postings } = companyColumn(contacts)
  const rows = companies.uuids
  const count = named.length / UUID_BYTES
  const size = rows.length / UUID_BYTES
  const slots = createNumberList()
  const ordinals = createNumberList()
  let ordinal = 0
  let slot = 0
  while (ordinal < count && slot < size) {
    const order = compareUuids(named, ordinal, rows, slot)
    if (order === 0) {
      slots.push(slot++)
      ordinals.push(ordinal++)
    } else if (order < 0) {
      ordinal = count > 16 * size ? lowerBoundUuid(named, rows, slot, ordinal) : ordinal + 1
    } else {
      slot = size > 16 * count ? lowerBoundUuid(rows, named, ordinal, slot) : slot + 1
    }
  }
  const found = slots.length()
  const contactsAt = (place: number) => countOfKey(postings, ordinals.at(place))
  if (found === 0) return NO_PAIRS
  if (found * FEW < size + count) {
    const counts = Uint32Array.from({ length: found }, (_, place) => contactsAt(place))
    return store('lists', slots.toArray(), ordinals.toArray(), counts)
  }
  const slotOf = new Uint32Array(count)
  const ordinalOf = new Uint32Array(size)
  const contactsOf = new Uint32Array(size)
  for (let place = 0; place < found; place++) {
    const slot = slots.at(place)
    slotOf[ordinals.at(place)] = slot + 1
    ordinalOf[slot] = ordinals.at(place) + 1
    contactsOf[slot] = contactsAt(place)
  }
  return store('table', slotOf, ordinalOf, contactsOf)
}

const LAYOUTS = ['lists', 'table'] as const

/** The arrays are those of the layout, in the order of its interface. */
function store(layout: Pairs['layout'], ...arrays: readonly [Uint32Array, Uint32Array, Uint32Array]): Pairs {
  return openPairs(writeArena([Uint8Array.of(LAYOUTS.indexOf(layout)), ...arrays]))
}

/** Creates the views of pairs that another thread has stored, without copying. */
export function openPairs(buffer: SharedArrayBuffer): Pairs {
  const array = (index: number) => readArray(buffer, index) as Uint32Array
  const layout = LAYOUTS[array(0)[0]]
  return layout === 'table'
    ? { layout, slotOf: array(1), ordinalOf: array(2), contactsOf: array(3), buffer }
    : { layout, slots: array(1), ordinals: array(2), contacts: array(3), buffer }
}

/** One for all pairs of segments without any, which are frequent. */
const NO_PAIRS = store('lists', new Uint32Array(0), new Uint32Array(0), new Uint32Array(0))
