/** Phone numbers in E.164 (+, country code, number), where that can be known. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import { regionOf } from './countries.ts'
import { memo } from './memo.ts'

/**
 * Written in E.164 already: the library, slow beside all else here, has nothing to add. A 0 behind the country code
 * (of one, two or three digits, by the plan of ITU-T E.164) may be a trunk prefix that does not belong there: such a number
 * is no such case.
 */
const E164 =
  /^\+(?:1[2-9]\d{9}|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])[1-9]\d{5,12}|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\d[1-9]\d{4,11})$/
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
