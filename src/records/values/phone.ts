/** Converts phone numbers to E.164 (+, country code, number) where possible. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import { regionOf } from './countries.ts'
import { defaultCountry } from './default-country.ts'
import { memo } from './memo.ts'

/**
 * Numbers already in E.164, which skip the library: it is slow compared with everything else here. The length of the
 * country code follows the plan of ITU-T E.164. A 0 after the country code may be a trunk prefix that has to go, so such a
 * number does not match.
 */
const E164 =
  /^\+(?:1[2-9]\d{9}|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])[1-9]\d{5,12}|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\d[1-9]\d{4,11})$/
const LETTER = /\p{L}/u
const COUNTRY_CODE_IN_BRACKETS = /^\(\+(\d{1,3})\)/

const region = memo(country => regionOf(country) as CountryCode | null)

/** Whether a phone as it is stored has the form of E.164: `+` and 7 to 15 digits. */
export function isE164(phone: string): boolean {
  return FORM.test(phone)
}

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
const FORM = /^\+[1-9]\d{6,14}$/

/**
 * Returns the number in E.164 if `text` is a possible number without letters or an extension, otherwise `text` unchanged.
 * `text` is cleaned. A number without `+` is read as one of `country` (a name or an ISO code), else
 * of DEFAULT_COUNTRY.
 */
export function cleanPhone(text: string, country: string | null): string {
  if (E164.test(text) || LETTER.test(text)) return text
  const number = text.replace('＋', '+').replace(COUNTRY_CODE_IN_BRACKETS, '+$1')
  const own = (country === null ? null : region(country)) ?? (defaultCountry() as CountryCode | null)
  if (!number.startsWith('+') && own === null) return text
  // The library takes one trunk prefix off a number: what is left may begin with another one (+98 000000).
  for (let from = number; ; ) {
    const e164 = parsePhone(from, own)
    if (e164 === null) return text
    if (e164 === from || E164.test(e164)) return e164
    from = e164
  }
}

/** Null if it is not a possible number, or has an extension. */
function parsePhone(number: string, defaultCountry: CountryCode | null): string | null {
  const parsed = parsePhoneNumberFromString(number, {
    extract: false,
    ...(defaultCountry === null ? {} : { defaultCountry }),
  })
  return parsed?.isPossible() && !parsed.ext ? parsed.number : null
}
