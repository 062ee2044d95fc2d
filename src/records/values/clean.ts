/** Cleaning: what a value sent by anyone becomes before it is stored, compared or hashed. Pure. */
import type { ErrorCode } from '../../errors.ts'
import { type Field, MAX_LIST_BYTES, MAX_LIST_ITEMS } from '../../fields.ts'
import { boundMarks } from '../../text/marks.ts'
import type { Value } from '../record.ts'
import { registrableDomain } from './domain.ts'
import { MAX_INTEGER, type NoInteger, readInteger } from './integer.ts'
import { memo } from './memo.ts'
import { cleanPhone } from './phone.ts'
import { isUuid } from './uuid.ts'

/** Why a value is not taken. `warning`: it counts as not sent; else the record is rejected. */
export interface Flaw {
  readonly flaw: 'warning' | 'problem'
  readonly code: ErrorCode
  readonly message: string
}

export interface Source {
  /** `record`: JSON, typed strictly. `row`: CSV-like, a bad number is a warning. `file`: a row that may use other separators. */
  readonly kind: 'record' | 'row' | 'file'
  /** The country in the record as sent, uncleaned: phone numbers without `+` are read by it. */
  readonly country: string | null
  /** What one unit of a number is worth, for columns that say so: a power of ten. */
  readonly scale: number
}

/** UTF-16 units of a text, or of the text of a list, that are looked at: cleaning 10 MB of what goes anyway took seconds. */
const MOST_UNITS = 100_000
const MOST_LIST_UNITS = 4_000_000
const WHITE_SPACE = /\p{White_Space}+/gu
/** Control characters, lone surrogates, the zero-width space, the byte-order mark. */
const REMOVED = /[\p{Cc}\p{Cs}\u200b\ufeff]/gu

/**
 * Anything but visible characters with one space between, of ASCII and the Latin letters up to ɏ, which are in NFC unless a mark follows.
 * Looks for one place, as an expression for the whole overflows the stack. (İ is here for `lowerCase`.)
 */
const UNCLEAN = /[^ -~¡-įı-ɏ]|^ | {2}| $|^$/
/** What has a lower case of its own here. */
const UNUSUAL = /[^\0-įı-ɏ]/

/** Free text as it is stored; null when nothing is left. Cleaning what is clean changes nothing. */
export function cleanText(raw: string): string | null {
  return UNCLEAN.test(raw) ? cleaned(raw) : raw
}

function cleaned(raw: string): string | null {
  for (let text = raw; ; ) {
    const next = boundMarks(text).normalize('NFC').replace(WHITE_SPACE, ' ').replace(REMOVED, '').trim()
    if (next === text) return text === '' ? null : text
    // What was removed may have kept apart two spaces, or a letter and its accent.
    text = next
  }
}

/** Unicode's simple mapping per code point: a final sigma becomes σ like any other, and İ becomes i. In NFC again. */
export function lowerCase(text: string): string {
  if (!UNUSUAL.test(text)) return text.toLowerCase()
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase().normalize('NFC')
}

/** A UUID in lower case, without white space around it; null for anything else. */
export function cleanUuid(raw: unknown): string | null {
  if (typeof raw !== 'string') return null
  const uuid = raw.trim().toLowerCase()
  return isUuid(uuid) ? uuid : null
}

/** One `@` between a local part and a domain that has a letter or digit. */
const EMAIL = /^[^\s@]+@(?=[^@]*[\p{L}\p{N}])[^\s@]+$/u

export function isFlaw(cleaned: Value | null | Flaw): cleaned is Flaw {
  return typeof cleaned === 'object' && cleaned !== null && 'flaw' in cleaned
}

/**
 * The value of `field` that `raw` says, as it is stored; null when it says none (null, an empty string, an empty list);
 * a flaw when it cannot be taken.
 */
export function cleanValue(field: Field, raw: unknown, source: Source): Value | null | Flaw {
  if (raw === null || raw === undefined || raw === '') return null
  if (field.kind === 'list') return cleanList(field, raw, source)
  if (typeof raw === 'number' && (source.kind !== 'record' || field.kind === 'integer'))
    return cleanOne(field, field.kind === 'integer' ? raw : String(raw), source)
  if (typeof raw !== 'string') return wrongType(field, raw, source)
  if (raw.length > MOST_UNITS) return tooLong(field)
  const one = source.kind === 'file' ? firstOfSeveral(raw) : raw
  // What is clean has no unusual lower case either.
  if (!UNCLEAN.test(one)) return cleanOne(field, one, source, field.lowercase ? one.toLowerCase() : one)
  const text = cleaned(one)
  return text === null ? null : cleanOne(field, text, source)
}

/** How a value of that field would be stored, or one item of a list; null when it could not be. For queries. */
export function cleanKeyword(field: Field, raw: string | number): string | null {
  if (typeof raw === 'number' && field.kind !== 'integer') return cleanKeyword(field, String(raw))
  if (typeof raw === 'string' && raw.length > MOST_UNITS) return null
  const text = typeof raw === 'number' ? raw : cleanText(raw)
  if (text === null) return null
  const value = cleanOne({ ...field, maxBytes: Number.POSITIVE_INFINITY }, text, QUERY)
  return value === null || typeof value === 'object' ? null : String(value)
}

const QUERY: Source = { kind: 'record', country: null, scale: 1 }

/** `cased`: the text in the case of the field, where that is known. */
function cleanOne(field: Field, text: string | number, source: Source, cased?: string): Value | null | Flaw {
  if (field.kind === 'integer') return cleanInteger(field, text, source)
  if (typeof text === 'number') return cleanOne(field, String(text), source)
  if (field.kind === 'uuid')
    return (
      cleanUuid(text) ?? problem('ERR_INVALID_UUID', `${field.name} ${shown(text)} is no UUID (8-4-4-4-12 hex digits)`)
    )
  const value = cleanFormat(field, cased ?? (field.lowercase ? lowerCase(text) : text), source)
  return typeof value === 'string' && isTooLong(value, field.maxBytes) ? tooLong(field) : value
}

function cleanFormat(field: Field, text: string, source: Source): string | Flaw {
  switch (field.format) {
    case 'email':
      if (EMAIL.test(text)) return text
      return notSent(field, text, 'is no e-mail address (local part, @, domain)')
    case 'phone':
      return cleanPhone(text, source.country)
    case 'domain':
      return registrableDomain(text) ?? notSent(field, text, 'is no domain')
    case null:
      return text
  }
}

const NO_INTEGER: Readonly<Record<NoInteger, string>> = {
  'not a number': 'is no single number',
  ambiguous: 'may be a fraction or thousands: write it without the point',
  negative: 'is negative',
  'too large': `is above ${MAX_INTEGER}`,
}

function cleanInteger(field: Field, raw: string | number, source: Source): number | Flaw {
  const read = readInteger(raw, source.scale)
  if (typeof read === 'number') return read
  const rejects = source.kind === 'record' && (read === 'negative' || read === 'too large')
  if (!rejects) return notSent(field, String(raw), NO_INTEGER[read])
  return problem('ERR_INVALID_VALUE', `${field.name} ${shown(String(raw))} ${NO_INTEGER[read]}`)
}

function cleanList(field: Field, raw: unknown, source: Source): Value | null | Flaw {
  if (typeof raw === 'string' && raw.length > MOST_LIST_UNITS) return tooLong(field)
  if (typeof raw === 'string') return source.kind === 'file' ? listOfCell(field, raw) : listOfText(field, raw)
  if (Array.isArray(raw)) return listOfItems(field, raw, source.kind !== 'record')
  if (typeof raw === 'number' && source.kind !== 'record') return listOfItems(field, [String(raw)], true)
  return wrongType(field, raw, source)
}

const listOfText = perField((field, text) => listOfItems(field, jsonItems(text) ?? text.split(','), true))
const listOfCell = perField((field, text) => listOfItems(field, jsonItems(text) ?? cellItems(text), true))

const REMEMBERED_LISTS = 10_000
/** Characters: long lists (keywords) hardly repeat. */
const LONGEST_REMEMBERED = 40

/** Rows repeat their lists (industries, departments), so the results are remembered, frozen. */
function perField(compute: (field: Field, text: string) => Value | null | Flaw) {
  const memos = new Map<Field, (text: string) => Value | null | Flaw>()
  return (field: Field, text: string) => {
    let remembering = memos.get(field)
    if (!remembering) {
      remembering = memo(written => compute(field, written), REMEMBERED_LISTS, LONGEST_REMEMBERED)
      memos.set(field, remembering)
    }
    return remembering(text)
  }
}

function listOfItems(field: Field, raw: readonly unknown[], numbers: boolean): readonly string[] | null | Flaw {
  const items: string[] = []
  const seen = new Set<string>()
  for (const one of raw) {
    if (one === null) continue
    if (typeof one !== 'string' && !(numbers && typeof one === 'number'))
      return problem('ERR_INVALID_VALUE', `${field.name} must be a list of strings`)
    if (typeof one === 'string' && one.length > MOST_UNITS) return tooLong(field)
    const item = cleanText(String(one))
    if (item === null) continue
    if (isTooLong(item, field.maxBytes)) return tooLong(field)
    const key = lowerCase(item)
    if (seen.has(key)) continue
    seen.add(key)
    items.push(item)
  }
  if (isTooLong(items.join(''), MAX_LIST_BYTES))
    return problem('ERR_VALUE_TOO_LONG', `${field.name} is longer than ${MAX_LIST_BYTES} bytes: send fewer items`)
  if (items.length > MAX_LIST_ITEMS)
    return problem(
      'ERR_VALUE_TOO_LONG',
      `${field.name} has ${items.length} items: at most ${MAX_LIST_ITEMS} are stored`,
    )
  return items.length === 0 ? null : Object.freeze(items)
}

/** The items of a text that is a JSON array of strings; else null. */
function jsonItems(text: string): readonly unknown[] | null {
  const trimmed = text.trim()
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return null
  try {
    const items: unknown = JSON.parse(trimmed)
    const plain = (item: unknown) => item === null || typeof item === 'string' || typeof item === 'number'
    return Array.isArray(items) && items.every(plain) ? items : null
  } catch {
    return null
  }
}

const SEVERAL = ' ::: '
const OTHER_SEPARATORS = [SEVERAL, ';', '|']

function cellItems(text: string): string[] {
  if (text.includes(',')) return text.split(',')
  return text.split(OTHER_SEPARATORS.find(separator => text.includes(separator)) ?? ',')
}

function firstOfSeveral(text: string): string {
  return text.includes(SEVERAL) ? (text.split(SEVERAL).find(part => cleanText(part) !== null) ?? '') : text
}

function isTooLong(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}

function tooLong(field: Field): Flaw {
  const what = field.kind === 'list' ? `an item of ${field.name}` : field.name
  return problem('ERR_VALUE_TOO_LONG', `${what} is longer than ${field.maxBytes} bytes: shorten it`)
}

function wrongType(field: Field, raw: unknown, source: Source): Flaw {
  const sent = Array.isArray(raw) ? 'an array' : typeof raw === 'object' ? 'an object' : `a ${typeof raw}`
  if (field.kind === 'integer' && source.kind !== 'record') return notSent(field, sent, 'is no single number')
  if (field.kind === 'uuid') return problem('ERR_INVALID_UUID', `${field.name} must be a UUID in a string, not ${sent}`)
  const expected = { list: 'a list of strings, or a string with commas', integer: 'a number' }[field.kind as string]
  return problem('ERR_INVALID_VALUE', `${field.name} must be ${expected ?? 'a string'}, not ${sent}`)
}

function notSent(field: Field, text: string, why: string): Flaw {
  return {
    flaw: 'warning',
    code: 'ERR_INVALID_VALUE',
    message: `${field.name} ${shown(text)} ${why}: it counts as not sent`,
  }
}

function problem(code: ErrorCode, message: string): Flaw {
  return { flaw: 'problem', code, message }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
