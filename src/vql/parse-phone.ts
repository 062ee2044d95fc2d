/** Conditions on phones, which are compared by their digits. */
import type { Field } from '../fields.ts'
import { hasLetters, numberDigits } from '../text/phone-digits.ts'
import { NONE, or } from './conditions.ts'
import type { Condition, PhoneLeaf } from './query.ts'

/** A value to compare with: as it was sent, and as it would be stored. Both folded. */
export interface SentPhone {
  readonly sent: string
  readonly stored: string
}

/**
 * The phone is one of `phones`. A number with a country (a `+`, or DEFAULT_COUNTRY) is compared as a whole. Any other matches the
 * same national number in every country, with or without its trunk prefix 0, and a whole number after an exit code. A phone with
 * letters is compared as a text.
 */
export function equalsPhone(field: Field, phones: readonly SentPhone[]): Condition {
  const whole = new Set<string>()
  const national = new Set<string>()
  const texts = new Set<string>()
  for (const { sent, stored } of phones) {
    const digits = numberDigits(stored)
    if (hasLetters(stored)) {
      texts.add(stored)
      continue
    }
    if (stored.startsWith('+')) {
      // A record may have the number as it was sent, from before DEFAULT_COUNTRY was set.
      for (const number of [digits, numberDigits(sent)]) whole.add(number)
      continue
    }
    national.add(digits)
    for (const code of EXIT_CODES) if (digits.startsWith(code)) whole.add(digits.slice(code.length))
    if (digits.startsWith('0')) national.add(digits.slice(1))
  }
  whole.delete('')
  national.delete('')
  const isNumber = whole.size + national.size > 0
  return (
    or([
      isNumber
        ? freeze({ type: 'phone', field, whole: [...whole], national: [...national], starts: [], inside: [] })
        : null,
      texts.size > 0 ? Object.freeze({ type: 'terms', field, values: Object.freeze([...texts]) }) : null,
    ]) ?? NONE
  )
}

/** Dialled before the calling code, in most countries and in North America. */
const EXIT_CODES = ['00', '011']

/** The phone contains the digits of `folded`. Null if it has none, or letters. Zeros at the beginning may be a trunk prefix or an exit code. */
export function containsPhone(field: Field, folded: string): PhoneLeaf | null {
  const digits = numberDigits(folded)
  if (digits === '' || hasLetters(folded)) return null
  const rest = digits.replace(/^0+/, '')
  const starts = rest === digits || rest === '' ? [] : [rest]
  return freeze({ type: 'phone', field, whole: [], national: [], starts, inside: [digits] })
}

function freeze(leaf: PhoneLeaf): PhoneLeaf {
  for (const list of [leaf.whole, leaf.national, leaf.starts, leaf.inside]) Object.freeze(list)
  return Object.freeze(leaf)
}
