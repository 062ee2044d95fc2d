/** Cleans values before they are stored, compared or hashed. Pure. */
import type { ErrorCode } from '../../errors.ts'
import { type Field, MAX_LIST_BYTES, MAX_LIST_ITEMS } from '../../fields.ts'
import { boundMarks } from '../../text/marks.ts'
import { quote } from '../../text/shorten.ts'
import type { Value } from '../record.ts'
import { registrableDomain } from './domain.ts'
import { isAddress, readEmails } from './email.ts'
import { MAX_INTEGER, type NotInteger, readInteger } from './integer.ts'
import { isEmptyLinkedin } from './linkedin.ts'
import { memo } from './memo.ts'
import { isStoredPhone, readPhones, whyNoPhone } from './phone.ts'
import { splitIndustries } from './tables/industries.ts'
import { isUuid } from './uuid.ts'
import { readWebsites } from './website.ts'

/** Why a value is refused. `warning`: the value is ignored; `problem`: the record is rejected. */
export interface Flaw {
  readonly flaw: 'warning' | 'problem'
  readonly code: ErrorCode
  readonly message: string
}

/** A value that is stored, although a part of what was sent is not in it or the value is doubtful. */
export interface Remarked {
  readonly value: string | number
  /** What the warning says, or null if there is no need for one. */
  readonly remark: string | null
  /** Other phones in the text, which go into other fields. */
  readonly further: readonly string[]
}

export interface Source {
  /**
   * `record`: JSON, strictly typed. `row`: a CSV-like row, where a bad number is only a warning. `file`: a row whose lists
   * may also use other separators. `export`: a row of our own export, in which commas always separate the items of a list.
   */
  readonly kind: 'record' | 'row' | 'file' | 'export'
  /** The record's country as sent, not cleaned. Phone numbers without `+` are read as numbers of that country. */
  readonly country: string | null
  /** Factor for numbers without a unit, a power of ten. */
  readonly scale: number
}

/**
 * In UTF-16 units. A longer text is refused before it is cleaned, even if cleaning would shorten it: cleaning 10 MB took
 * seconds.
 */
const MAX_UNITS = 100_000
const MAX_LIST_UNITS = 8 * MAX_LIST_BYTES
const WHITE_SPACE = /\p{White_Space}+/gu
/** Control characters, lone surrogates, the zero-width space and the byte-order mark. */
const REMOVED = /[\p{Cc}\p{Cs}\u200b\ufeff]/gu

/**
 * Matches text that may need cleaning. Text that does not match consists of visible ASCII and Latin letters up to ɏ with
 * single spaces, and is in NFC: a combining mark would match. The expression finds one position, because one for the whole
 * text overflows the stack. İ matches for the sake of `lowerCase`.
 */
const UNCLEAN = /[^ -~¡-įı-ɏ]|^ | {2}| $|^$/
/** Characters that `lowerCase` treats specially are among these. */
const UNUSUAL = /[^\0-įı-ɏ]/

/** Returns free text as it is stored, or null if nothing is left. Cleaning clean text does not change it. */
export function cleanText(raw: string): string | null {
  return UNCLEAN.test(raw) ? cleaned(raw) : raw
}

function cleaned(raw: string): string | null {
  for (let text = raw; ; ) {
    const next = boundMarks(text).normalize('NFC').replace(WHITE_SPACE, ' ').replace(REMOVED, '').trim()
    if (next === text) return text === '' ? null : text
    // A removed character may have separated two spaces, or a letter and its accent.
    text = next
  }
}

/** Unicode's simple mapping per code point, in NFC. Every sigma becomes σ, and İ becomes i. */
export function lowerCase(text: string): string {
  if (!UNUSUAL.test(text)) return text.toLowerCase()
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase().normalize('NFC')
}

/** Returns a UUID trimmed and in lower case, or null for anything else. */
export function cleanUuid(raw: unknown): string | null {
  if (typeof raw !== 'string') return null
  const uuid = raw.trim().toLowerCase()
  return isUuid(uuid) ? uuid : null
}

export type Cleaned = Value | null | Flaw | Remarked

export function isFlaw(cleaned: Cleaned): cleaned is Flaw {
  return typeof cleaned === 'object' && cleaned !== null && 'flaw' in cleaned
}

export function isRemarked(cleaned: Cleaned): cleaned is Remarked {
  return typeof cleaned === 'object' && cleaned !== null && 'remark' in cleaned
}

/**
 * Returns the value of `field` as it is stored, null if `raw` is empty (null, an empty string or list), or a flaw if it
 * cannot be used.
 */
export function cleanValue(field: Field, raw: unknown, source: Source): Cleaned {
  if (raw === null || raw === undefined || raw === '') return null
  if (field.kind === 'list') return cleanList(field, raw, source)
  if (typeof raw === 'number' && (source.kind !== 'record' || field.kind === 'integer'))
    return cleanOne(field, field.kind === 'integer' ? raw : String(raw), source)
  if (typeof raw !== 'string') return wrongType(field, raw, source)
  if (raw.length > MAX_UNITS) return tooLong(field)
  if (source.kind === 'file' && raw.includes(SEVERAL) && !HOLDS_SEVERAL.has(field.format))
    return cleanFirst(field, raw, source)
  return cleanString(field, raw, source)
}

function cleanString(field: Field, raw: string, source: Source): Cleaned {
  // Clean text needs no special lower case either.
  if (!UNCLEAN.test(raw)) return cleanOne(field, raw, source, field.lowercase ? raw.toLowerCase() : raw)
  const text = cleaned(raw)
  return text === null ? null : cleanOne(field, text, source)
}

/** The first of several values in a cell that can be used. The others are reported. */
function cleanFirst(field: Field, raw: string, source: Source): Cleaned {
  const parts = [...new Set(raw.split(SEVERAL).flatMap(part => cleanText(part) ?? []))]
  let firstFlaw: Cleaned = null
  for (const [at, part] of parts.entries()) {
    const value = cleanString(field, part, source)
    if (typeof value !== 'object')
      return parts.length === 1 ? value : remarked(value, notUsed(field, raw, parts.toSpliced(at, 1)))
    firstFlaw ??= value
  }
  return firstFlaw
}

/** Cleans a value of a query, or one item of a list, as it would be stored. Null if it could not be stored. */
export function cleanKeyword(field: Field, raw: string | number): string | null {
  if (typeof raw === 'number' && field.kind !== 'integer') return cleanKeyword(field, String(raw))
  if (typeof raw === 'string' && raw.length > MAX_UNITS) return null
  const text = typeof raw === 'number' ? raw : cleanText(raw)
  if (text === null) return null
  // Reading a format may take quadratic time, and no stored value is longer.
  const limited = field.format === null ? { ...field, maxBytes: Number.POSITIVE_INFINITY } : field
  const cleaned = cleanOne(limited, text, QUERY)
  const value = isRemarked(cleaned) ? cleaned.value : cleaned
  return value === null || typeof value === 'object' ? null : String(value)
}

const QUERY: Source = { kind: 'record', country: null, scale: 1 }

/** `cased`: the text already in the case of the field, if known. */
function cleanOne(field: Field, text: string | number, source: Source, cased?: string): Cleaned {
  if (field.kind === 'integer') return cleanInteger(field, text, source)
  if (typeof text === 'number') return cleanOne(field, String(text), source)
  if (field.kind === 'uuid')
    return (
      cleanUuid(text) ??
      problem('ERR_INVALID_UUID', `${field.name} ${quote(text)} is not a UUID (8-4-4-4-12 hex digits)`)
    )
  if (field.format !== null && isTooLong(text, field.maxBytes)) return tooLong(field)
  const value = cleanFormat(field, cased ?? (field.lowercase ? lowerCase(text) : text), source)
  return typeof value === 'string' && isTooLong(value, field.maxBytes) ? tooLong(field) : value
}

function cleanFormat(field: Field, text: string, source: Source): string | Flaw | Remarked {
  switch (field.format) {
    case 'email':
      return isAddress(text) ? text : cleanEmail(field, text)
    case 'phone':
      return isStoredPhone(text) ? text : cleanPhone(field, text, source)
    case 'domain':
      return cleanDomain(field, text)
    case 'website':
      return cleanWebsite(field, text)
    case 'linkedin':
      return isEmptyLinkedin(text) ? ignored(field, text, 'is not the address of a profile or company') : text
    case null:
      return text
  }
}

function cleanEmail(field: Field, text: string): string | Flaw | Remarked {
  const read = readEmails(text)
  if (read === null) return ignored(field, text, 'is not an e-mail address (local part, @, domain with a dot)')
  return read.unread.length === 0 ? read.email : remarked(read.email, notUsed(field, text, read.unread))
}

function cleanPhone(field: Field, text: string, source: Source): string | Flaw | Remarked {
  const why = whyNoPhone(text)
  if (why !== null) return ignored(field, text, why)
  const { phone, isValid, further, unread } = readPhones(text, source.country)
  if (!isValid) {
    const advice = source.country === null ? 'add + and the country code, or a country' : 'add + and the country code'
    return remarked(phone, `${field.name} ${quote(text)} is not a valid phone number; it is stored as text (${advice})`)
  }
  if (further.length === 0 && unread.length === 0) return phone
  const remark = unread.length === 0 ? null : notUsed(field, text, unread, 'is not a valid phone number')
  return { value: phone, remark, further }
}

function cleanDomain(field: Field, text: string): string | Flaw | Remarked {
  const read = readWebsites(text)
  const domain = registrableDomain(read?.website ?? text)
  if (domain === null) return ignored(field, text, 'is not a domain')
  const unread = read === null ? [] : read.unread.filter(other => registrableDomain(other) !== domain)
  return unread.length === 0 ? domain : remarked(domain, notUsed(field, text, unread))
}

function cleanWebsite(field: Field, text: string): string | Remarked {
  const read = readWebsites(text)
  if (read === null) return text
  return read.unread.length === 0 ? read.website : remarked(read.website, notUsed(field, text, read.unread))
}

function remarked(value: string | number, remark: string): Remarked {
  return { value, remark, further: [] }
}

function notUsed(field: Field, text: string, unread: readonly string[], why = 'is not used'): string {
  return `${field.name} ${quote(text)} has more than one value: ${quote(unread.join(', '))} ${why}`
}

const NOT_INTEGER: Readonly<Record<NotInteger, string>> = {
  'not a number': 'is not a single number',
  ambiguous: 'may be a fraction or thousands (write only digits)',
  negative: 'is negative',
  'too large': `is greater than ${MAX_INTEGER}`,
}

function cleanInteger(field: Field, raw: string | number, source: Source): number | Flaw {
  const read = readInteger(raw, source.scale)
  if (typeof read === 'number') return read
  const rejects = source.kind === 'record' && (read === 'negative' || read === 'too large')
  if (!rejects) return ignored(field, String(raw), NOT_INTEGER[read])
  return problem('ERR_INVALID_VALUE', `${field.name} ${quote(String(raw))} ${NOT_INTEGER[read]}`)
}

function cleanList(field: Field, raw: unknown, source: Source): Value | null | Flaw {
  if (typeof raw === 'string' && raw.length > MAX_LIST_UNITS) return listTooLong(field)
  if (typeof raw === 'string') return LIST_OF[source.kind](field, raw)
  if (Array.isArray(raw)) return listOfItems(field, raw, source.kind !== 'record')
  if (typeof raw === 'number' && source.kind !== 'record') return listOfItems(field, [String(raw)], true)
  return wrongType(field, raw, source)
}

const listOfText = perField((field, text) => listOfItems(field, jsonItems(text) ?? commaItems(field, text), true))
const LIST_OF: Readonly<Record<Source['kind'], typeof listOfText>> = {
  record: listOfText,
  row: listOfText,
  file: perField((field, text) => listOfItems(field, jsonItems(text) ?? cellItems(field, text), true)),
  export: perField((field, text) => listOfItems(field, jsonItems(text) ?? text.split(','), true)),
}

const REMEMBERED_LISTS = 10_000
/** In characters. Long lists, such as keywords, rarely repeat. */
const LONGEST_REMEMBERED = 40

/** Remembers results, which are frozen: rows repeat their lists, such as industries and departments. */
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
  let [units, bytes] = [0, 0]
  for (const one of raw) {
    if (one === null) continue
    if (typeof one !== 'string' && !(numbers && typeof one === 'number'))
      return problem('ERR_INVALID_VALUE', `${field.name} must be a list of strings`)
    const text = String(one)
    units += text.length + 1
    if (text.length > MAX_UNITS) return tooLong(field)
    if (units > MAX_LIST_UNITS) return listTooLong(field)
    const item = cleanText(text)
    if (item === null) continue
    if (isTooLong(item, field.maxBytes)) return tooLong(field)
    const key = lowerCase(item)
    if (seen.has(key)) continue
    seen.add(key)
    items.push(item)
    bytes += Buffer.byteLength(item)
    if (bytes > MAX_LIST_BYTES) return listTooLong(field)
    if (items.length > MAX_LIST_ITEMS)
      return problem('ERR_VALUE_TOO_LONG', `${field.name} has more than ${MAX_LIST_ITEMS} items: shorten it`)
  }
  return items.length === 0 ? null : Object.freeze(items)
}

/** The items of a JSON array of strings or numbers; null for any other text. */
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
/** If a cell has one of them, commas belong to the items. A semicolon may end an HTML entity. */
const OTHER_SEPARATORS = /(?<!&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[\da-f]{1,6}));|\|| ::: /i

function cellItems(field: Field, text: string): string[] {
  return OTHER_SEPARATORS.test(text) ? text.split(OTHER_SEPARATORS) : commaItems(field, text)
}

function commaItems(field: Field, text: string): string[] {
  return field.name === 'industries' && text.includes(',') ? splitIndustries(text) : text.split(',')
}

/** Formats that find several values in a text themselves. */
const HOLDS_SEVERAL: ReadonlySet<Field['format']> = new Set(['email', 'phone', 'domain', 'website'])

function isTooLong(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}

function tooLong(field: Field): Flaw {
  const what = field.kind === 'list' ? `an item of ${field.name}` : field.name
  return problem('ERR_VALUE_TOO_LONG', `${what} is longer than ${field.maxBytes} bytes: shorten it`)
}

function listTooLong(field: Field): Flaw {
  return problem('ERR_VALUE_TOO_LONG', `${field.name} is longer than ${MAX_LIST_BYTES} bytes: send fewer items`)
}

function wrongType(field: Field, raw: unknown, source: Source): Flaw {
  const sent = Array.isArray(raw) ? 'an array' : typeof raw === 'object' ? 'an object' : `a ${typeof raw}`
  if (field.kind === 'integer' && source.kind !== 'record') return ignored(field, sent, NOT_INTEGER['not a number'])
  if (field.kind === 'uuid') return problem('ERR_INVALID_UUID', `${field.name} must be a UUID in a string, not ${sent}`)
  const expected = { list: 'a list of strings, or a string with commas', integer: 'a number' }[field.kind as string]
  return problem('ERR_INVALID_VALUE', `${field.name} must be ${expected ?? 'a string'}, not ${sent}`)
}

function ignored(field: Field, text: string, why: string): Flaw {
  return {
    flaw: 'warning',
    code: 'ERR_INVALID_VALUE',
    message: `${field.name} ${quote(text)} ${why}; the value is ignored`,
  }
}

function problem(code: ErrorCode, message: string): Flaw {
  return { flaw: 'problem', code, message }
}
