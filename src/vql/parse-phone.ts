/** Conditions on phones, which are compared by their digits. */
import type { Field } from '../fields.ts'
import { numberDigits } from '../text/phone-digits.ts'
import { NONE } from './conditions.ts'
import type { Condition, PhoneLeaf } from './query.ts'

/**
 * The phone is one of `values`, which are folded. A value with `+` or an exit code is a whole number. Any other matches the same
 * national number in every country, with or without its trunk prefix 0.
 */
export function equalsPhone(field: Field, values: readonly string[]): Condition {
  const whole = new Set<string>()
  const national = new Set<string>()
  for (const value of values) {
    const digits = numberDigits(value)
    if (digits === '') continue
    if (value.startsWith('+')) {
      whole.add(digits)
      continue
    }
    national.add(digits)
    for (const code of EXIT_CODES) if (digits.startsWith(code)) whole.add(digits.slice(code.length))
    if (digits.startsWith('0')) national.add(digits.slice(1))
  }
  whole.delete('')
  national.delete('')
  if (whole.size + national.size === 0) return NONE
  return freeze({ type: 'phone', field, whole: [...whole], national: [...national], starts: [], inside: [] })
}

/** Dialled before the calling code, in most countries and in North America. */
const EXIT_CODES = ['00', '011']

/** The phone contains the digits of `folded`. Null if it has none. Zeros at the beginning may be a trunk prefix or an exit code. */
export function containsPhone(field: Field, folded: string): PhoneLeaf | null {
  const digits = numberDigits(folded)
  if (digits === '') return null
  const rest = digits.replace(/^0+/, '')
  const starts = rest === digits || rest === '' ? [] : [rest]
  return freeze({ type: 'phone', field, whole: [], national: [], starts, inside: [digits] })
}

function freeze(leaf: PhoneLeaf): PhoneLeaf {
  for (const list of [leaf.whole, leaf.national, leaf.starts, leaf.inside]) Object.freeze(list)
  return Object.freeze(leaf)
}
