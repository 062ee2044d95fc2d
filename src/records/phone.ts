/** Phone numbers in E.164 (+, country code, number), where that can be known. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import { regionOf } from './countries.ts'
import { memo } from './memo.ts'

/**
 * Written in E.164 already, with no doubt about a trunk prefix (+44 0…) behind the country code: the library, at
 * 14 µs a number, has nothing to add.
 */
const E164 = /^\+(?:1[2-9]\d{9}|[2-689][1-9]{3}\d{4,11})$/
const LETTER = /\p{L}/u
const COUNTRY_CODE_IN_BRACKETS = /^\(\+(\d{1,3})\)/

const region = memo(country => regionOf(country) as CountryCode | null)

/**
 * The number in E.164 when `text` is a possible one, else `text` as it is; so, too, when it has an extension or
 * letters. `text` is cleaned text; a number without `+` is read by `country` (a name or an ISO code).
 */
export function cleanPhone(text: string, country: string | null): string {
  if (E164.test(text) || LETTER.test(text)) return text
  const number = text.replace('＋', '+').replace(COUNTRY_CODE_IN_BRACKETS, '+$1')
  const defaultCountry = country === null ? null : region(country)
  if (!number.startsWith('+') && defaultCountry === null) return text
  const parsed = parsePhoneNumberFromString(number, {
    extract: false,
    ...(defaultCountry === null ? {} : { defaultCountry }),
  })
  return parsed?.isPossible() && !parsed.ext ? parsed.number : text
}
