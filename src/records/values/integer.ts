/** Reads integers as people write them: `1,200`, `$5.2M`, `3k`, `18.3 MM`. */

/** Why a text is not an integer that can be stored. */
export type NotInteger = 'not a number' | 'ambiguous' | 'negative' | 'too large'

export const MAX_INTEGER = 2 ** 53

const EXPONENTS: Readonly<Record<string, number>> = {
  k: 3,
  thousand: 3,
  m: 6,
  mm: 6,
  mn: 6,
  mio: 6,
  million: 6,
  millions: 6,
  b: 9,
  bn: 9,
  billion: 9,
  billions: 9,
  t: 12,
  tn: 12,
  trillion: 12,
}

const CURRENCY =
  '(?:(?:us|ca|au|nz|hk|s|r|c|a)?[$€£¥₹₩₺₽₪฿]|usd|eur|gbp|jpy|cny|inr|cad|aud|nzd|chf|sek|nok|dkk|brl|sgd|hkd|krw|pln|zar|mxn)'
const SUFFIX = Object.keys(EXPONENTS)
  .sort((a, b) => b.length - a.length)
  .join('|')
const NUMBER = new RegExp(
  `^(?:${CURRENCY} ?)?([-+−])?(?:${CURRENCY} ?)?((?:[1-9]\\d{0,2}(?:,\\d{3})+|\\d+)?)(?:\\.(\\d*))?(?:e([-+]?\\d{1,3}))? ?(${SUFFIX})?(?: ?${CURRENCY})?$`,
  'i',
)
const PLAIN = /^\d{1,15}$/

/**
 * Reads `raw`, a number or cleaned text, as a rounded integer. A comma groups thousands and a point is decimal; `1.200` is
 * ambiguous. `scale`, a power of ten, multiplies a number without a unit.
 */
export function readInteger(raw: string | number, scale = 1): number | NotInteger {
  // A JSON number above 2^53 may arrive as 2^53, and one above 10^308 as infinity.
  if (typeof raw === 'number') return raw >= MAX_INTEGER ? 'too large' : bounded(raw * scale)
  if (scale === 1 && PLAIN.test(raw)) return Number(raw)
  const match = NUMBER.exec(raw)
  if (!match) return 'not a number'
  const [, sign, whole, fraction = '', exponent, suffix] = match
  if (whole === '' && fraction === '') return 'not a number'
  const unit = suffix ? EXPONENTS[suffix.toLowerCase()]! : 0
  if (!suffix && !exponent && fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole!)) return 'ambiguous'
  const digits = `${whole!.replaceAll(',', '')}.${fraction}`
  // The exponent becomes part of the literal, so that 1.0005k is exactly 1000.5 and is rounded only once.
  const power = Number(exponent ?? 0) + unit + (suffix ? 0 : Math.log10(scale))
  const value = Number(`${digits}e${power}`)
  // 2^53 + 1 rounds to 2^53 as a double, so 2^53 is accepted only if the digits say exactly that.
  if (value === MAX_INTEGER && digits !== `${MAX_INTEGER}.`) return 'too large'
  return bounded(sign === '-' || sign === '−' ? -value : value)
}

function bounded(value: number): number | NotInteger {
  if (value < 0) return 'negative'
  const rounded = Math.round(value)
  if (rounded > MAX_INTEGER) return 'too large'
  return rounded === 0 ? 0 : rounded
}
