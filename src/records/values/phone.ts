/** Converts phone numbers to E.164 (+, country code, number) where they are valid. */
import { createRequire } from 'node:module'
import type { CountryCode } from 'libphonenumber-js'
import { onFirstUse } from '../../runtime/on-first-use.ts'
import { regionOf } from './countries.ts'
import { defaultCountry } from './default-country.ts'
import { asciiNumber } from './digits.ts'
import { memo } from './memo.ts'
import { callingCode, exitCode, fitsPlan, isAssigned } from './phone-plans.ts'
import { PLAIN, splitExtension, splitNumbers, tidyPhone } from './phone-text.ts'

/**
 * Numbers already in E.164, which skip the library: it is slow compared with everything else here. The length of the
 * country code follows the plan of ITU-T E.164. A 0 after the country code may be a trunk prefix that has to go, so such a
 * number does not match.
 */
const E164 =
  /^\+(?:1[2-9]\d{9}|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])[1-9]\d{5,12}|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\d[1-9]\d{4,11})$/
const LETTER = /\p{L}/u
const COUNTRY_CODE_IN_BRACKETS = /^\(\+(\d{1,3})\)/

/**
 * Loaded for the first number that needs it. That takes a tenth of a second of CPU time, and most commands, threads and servers
 * without imports never read such a number.
 */
const library = onFirstUse(
  () => createRequire(import.meta.url)('libphonenumber-js') as typeof import('libphonenumber-js'),
)

const region = memo(country => regionOf(country) as CountryCode | null)

/** What a cell says. */
export interface Phones {
  /** The first valid number, in E.164 and possibly with ` ext. 5`. If none is valid, the text without labels. */
  readonly phone: string
  readonly isValid: boolean
  /** The other numbers of the cell, valid or not. */
  readonly further: readonly string[]
  /** Parts of the cell that are in none of them, or that are not valid. For a warning. */
  readonly unread: readonly string[]
}

/** The part in E.164 of a phone as it is stored: `+` and 7 to 15 digits, without the extension. Null if it has another form. */
export function e164Of(phone: string): string | null {
  return FORM.exec(phone)?.[1] ?? null
}

const FORM = /^(\+[1-9]\d{6,14})(?: ext\. \d{1,7})?$/

/** Why `text` cannot be a phone number, as the end of a sentence about it; null if it may be one. */
export function whyNoPhone(text: string): string | null {
  if (!NONZERO_DIGIT.test(text)) return 'is not a phone number'
  return SCIENTIFIC.test(text)
    ? 'is not a phone number but a rounded one from a spreadsheet (format the column as text there, and export it again)'
    : null
}

const NONZERO_DIGIT = /[1-9]|[^\P{Nd}0]/u
/** `4.15E+09` */
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i

/** Whether the text is stored as it is, because it is a valid number in E.164. */
export function isStoredPhone(text: string): boolean {
  return E164.test(text) && fitsPlan(text)
}

/**
 * Reads the numbers of a cleaned text. A number without `+` is read in the first of these ways that is valid: after an exit
 * code (`00`), after the calling code of `country` (a name or an ISO code), as a number of `country`. Without a known `country`,
 * DEFAULT_COUNTRY takes its place.
 */
export function readPhones(text: string, country: string | null): Phones {
  if (text.length > LONGEST) return { phone: text, isValid: false, further: [], unread: [] }
  const home = (country === null ? null : region(country)) ?? (defaultCountry() as CountryCode | null)
  const ascii = asciiNumber(text)
  const phones = readAscii(ascii, home)
  // A text that is not valid is stored with its own digits.
  return phones.isValid || ascii === text ? phones : { ...phones, phone: tidyPhone(text) }
}

function readAscii(text: string, home: CountryCode | null): Phones {
  const tidy = tidyPhone(text)
  if (PLAIN.test(tidy)) {
    const phone = readNumber(tidy, home)
    return { phone: phone ?? tidy, isValid: phone !== null, further: [], unread: [] }
  }
  const numbers = splitNumbers(tidy)
  if (numbers.length > MOST_NUMBERS) return { phone: tidy, isValid: false, further: [], unread: [] }
  const found = numbers.flatMap(pieces => readPieces(pieces, home))
  const first = found.findIndex(({ phone }) => phone !== null)
  if (first < 0) return { phone: tidy, isValid: false, further: [], unread: [] }
  const others = found.toSpliced(first, 1)
  const further = others.flatMap(
    ({ phone, text }) => phone ?? (digitsOf(text).length < FEWEST_DIGITS ? [] : tidyPhone(text)),
  )
  return {
    phone: found[first]!.phone!,
    isValid: true,
    further: [...new Set(further)].filter(phone => phone !== found[first]!.phone),
    unread: others.flatMap(({ phone, text }) => (phone === null ? text : [])),
  }
}

/** In characters, of a text with several phones. */
const LONGEST = 300

interface Found {
  readonly text: string
  /** Null if the text has no valid reading. */
  readonly phone: string | null
}

/** Of a number that is stored on its own, although it is not valid. */
const FEWEST_DIGITS = 6
/** A text with more is not a list of phones, and takes milliseconds. */
const MOST_NUMBERS = 12
/** More pieces are not a list of phones. */
const MOST_PIECES = 8

/** Reads pieces separated by `/` or `,`: each as a number if it is valid, otherwise together with the next ones. */
function readPieces(pieces: readonly string[], home: CountryCode | null): readonly Found[] {
  const whole = pieces.join('/')
  if (pieces.length === 1 || pieces.length > MOST_PIECES) return [{ text: whole, phone: readPhone(whole, home) }]
  const found: Found[] = []
  for (let from = 0; from < pieces.length; ) {
    const number = longerUntilValid(pieces, from, home)
    found.push(number)
    from = number.to
  }
  const rest = found.filter(({ phone }) => phone === null)
  const isShort = rest.some(({ text }) => digitsOf(text).length < FEWEST_DIGITS)
  // `089 1234/5678` may be one number, or one and the last digits of another.
  if (isShort && isAssigned(e164Of(readPhone(whole, home) ?? '') ?? '+')) return [{ text: whole, phone: null }]
  return found
}

function longerUntilValid(pieces: readonly string[], from: number, home: CountryCode | null) {
  for (let to = from + 1; to <= pieces.length; to++) {
    const text = pieces.slice(from, to).join('/')
    const phone = readPhone(text, home)
    if (phone !== null) return { text, phone, to }
  }
  return { text: pieces.slice(from).join('/'), phone: null, to: pieces.length }
}

/** One number with an optional extension. Null if no reading is valid. */
function readPhone(text: string, home: CountryCode | null): string | null {
  const { number, extension } = splitExtension(tidyPhone(text))
  const e164 = LETTER.test(number) ? null : readNumber(number, home)
  return e164 === null || extension === null ? e164 : `${e164} ext. ${extension}`
}

/** In digits, of the numbers within Niue and Tokelau. Shorter ones are not valid anywhere. */
const SHORTEST = 4
const PLUS = /^[\s(]*[+＋][\s+]*/u
const MINUS = /^[-–—.\s]+/u

function readNumber(written: string, home: CountryCode | null): string | null {
  const digits = digitsOf(written)
  if (digits.length < SHORTEST || isFiller(digits)) return null
  if (PLUS.test(written)) {
    const number = written.replace(COUNTRY_CODE_IN_BRACKETS, '+$1').replace(PLUS, '+')
    return parse(number, null, fitsPlan) ?? (digits.startsWith('00') ? abroad(digits, 2) : null)
  }
  const exits = digits.startsWith('00') ? 2 : 0
  const number = written.replace(MINUS, '')
  return (
    (exits === 0 ? null : abroad(digits, exits)) ??
    (home === null ? null : abroad(digits, exitCode(home)?.exec(digits)?.[0].length ?? 0)) ??
    (home !== null && digits.startsWith(callingCode(home) ?? '+') ? parse(`+${digits}`, null, isAssigned) : null) ??
    (home === null ? null : parse(number, home, isAssigned)) ??
    abroadFromElsewhere(digits) ??
    (exits === 0 ? null : parse(`+${digits.slice(exits)}`, null, fitsPlan))
  )
}

/** `exit`: the number of digits of the exit code before the number. */
function abroad(digits: string, exit: number): string | null {
  return exit === 0 || digits[exit] === '0' ? null : parse(`+${digits.slice(exit)}`, null, isAssigned)
}

/**
 * The exit codes of North America and Australia, also used by people elsewhere. 011 is an area code of Delhi, Turin and São Paulo:
 * what follows there has fewer than ten digits.
 */
const EXIT_ELSEWHERE = /^(?:0011|011)(?=[1-9]\d{9})/

function abroadFromElsewhere(digits: string): string | null {
  return abroad(digits, EXIT_ELSEWHERE.exec(digits)?.[0].length ?? 0)
}

/** Numbers that forms are filled with. Some are valid in some countries. */
const FILLER = /^(?:(\d)\1{5,}|0?123456(?:7(?:8(?:90?)?)?)?|9876543210?|0987654321)$/

function isFiller(digits: string): boolean {
  return FILLER.test(digits)
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}

/**
 * Null if the number is not valid. The library takes one trunk prefix off a number: what is left may begin with another one
 * (+98 000000).
 */
function parse(number: string, home: CountryCode | null, isValid: (e164: string) => boolean): string | null {
  const plain = withoutLibrary(number, home)
  if (plain !== null && isValid(plain)) return plain
  for (let from = number; ; ) {
    const parsed = library().parsePhoneNumberFromString(from, {
      extract: false,
      ...(home === null ? {} : { defaultCountry: home }),
    })
    if (parsed === undefined || parsed.ext) return null
    const e164 = parsed.number
    if (e164 === from || E164.test(e164)) return isValid(e164) ? e164 : null
    from = e164
  }
}

/**
 * The number in E.164 if it has no trunk prefix, and the country has none that could be mistaken. Null for others. Most numbers
 * have such a form, and the library takes 20 µs for one.
 */
function withoutLibrary(number: string, home: CountryCode | null): string | null {
  if (!PLAIN.test(number)) return null
  const digits = digitsOf(number)
  const isAmerican = home !== null && digits.length === 10 && callingCode(home) === '1'
  const e164 = number.startsWith('+') ? `+${digits}` : isAmerican ? `+1${digits}` : null
  return e164 !== null && E164.test(e164) ? e164 : null
}
