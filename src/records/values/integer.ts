/**
 * Reads integers as people write them: `1,200`, `$5.2M`, `1 200 000`, `1'234'567`, `12.345.678,00 €`, `€5,2 Mio`. A text with
 * two possible readings is refused: a missing number is better than a wrong one.
 */
import { asciiDigits } from './digits.ts'
import {
  APPROXIMATIONS,
  COMMA_CURRENCIES,
  COUNTED,
  CURRENCIES,
  NUMBER_UNITS,
  type Unit,
} from './tables/number-words.ts'

/** Why a text is not an integer that can be stored. */
export type NotInteger = 'not a number' | 'ambiguous' | 'negative' | 'too large'

export const MAX_INTEGER = 2 ** 53

const PLAIN = /^\d{1,15}$/
/** In characters. */
const LONGEST = 500

const CURRENCY = alternatives(CURRENCIES)
const NUMBER = new RegExp(
  [
    `^(?:[~≈∼≃～] ?|(?:${alternatives(APPROXIMATIONS)})(?:\\. ?| ))?`,
    `(?:(?<before>${CURRENCY})\\.? ?)?(?:(?<sign>[-+−]) ?)?(?:(?<after>${CURRENCY})\\.? ?)?`,
    // The digits, with everything that may group them.
    "(?<digits>(?:\\d|\\.\\d)[\\d.,' ]*)",
    '(?:e(?<exponent>[-+]?\\d{1,3}))?',
    // `1.200,-` has no cents.
    '(?<round>(?<=[.,])[-–—]{1,2})?',
    ` ?(?:(?<unit>${alternatives([...NUMBER_UNITS.keys()])})\\.?)?`,
    `(?: ?(?<end>${CURRENCY})\\.?)?`,
    `(?: (?:${alternatives(COUNTED)}))?$`,
  ].join(''),
  'i',
)

function alternatives(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map(word => word.replaceAll('$', '\\$'))
    .join('|')
}

/**
 * Reads `raw`, a number or cleaned text, as a rounded integer. A comma groups thousands and a point is decimal, unless the
 * text can only be read in another way; `1.200` and `5,2` are ambiguous. `scale`, a power of ten, multiplies a number without
 * a unit.
 */
export function readInteger(raw: string | number, scale = 1): number | NotInteger {
  // A JSON number above 2^53 may arrive as 2^53, and one above 10^308 as infinity.
  if (typeof raw === 'number') return raw >= MAX_INTEGER ? 'too large' : bounded(raw * scale)
  if (scale === 1 && PLAIN.test(raw)) return Number(raw)
  if (raw.length > LONGEST) return 'not a number'
  const match = NUMBER.exec(plainCharacters(raw))
  if (!match) return 'not a number'
  const { before, sign, after, digits, exponent, round, unit: word, end } = match.groups as Parts
  const currency = (before ?? after ?? end)?.toLowerCase()
  const unit = word === undefined ? null : NUMBER_UNITS.get(word.toLowerCase())!
  const isCommaCurrency = currency !== undefined && COMMA_CURRENCIES.has(currency)
  // `500 T€` is thousands in German, and may be trillions in English.
  if (word?.toLowerCase() === 't' && isCommaCurrency) return 'ambiguous'
  const notation: Notation = { unit, isCommaCurrency, hasExponent: exponent !== undefined }
  const plain = round === undefined ? readDigits(digits!.trim(), notation) : readWhole(digits!.slice(0, -1))
  if (plain === 'ambiguous' || plain === 'not a number') return plain
  // The exponent becomes part of the literal, so that 1.0005k is exactly 1000.5 and is rounded only once.
  const power = Number(exponent ?? 0) + (unit === null ? Math.log10(scale) : unit.power)
  const value = Number(`${plain}e${power}`)
  // 2^53 + 1 rounds to 2^53 as a double, so 2^53 is accepted only if the digits say exactly that.
  if (value === MAX_INTEGER && plain !== `${MAX_INTEGER}`) return 'too large'
  return bounded(sign === '-' || sign === '−' ? -value : value)
}

type Parts = Readonly<
  Record<'before' | 'sign' | 'after' | 'digits' | 'exponent' | 'round' | 'unit' | 'end', string | undefined>
>

const NOT_PLAIN = /[^ -~]/
/** ASCII digits and separators instead of those of other scripts, and plain apostrophes. */
function plainCharacters(text: string): string {
  if (!NOT_PLAIN.test(text)) return text
  return asciiDigits(text)
    .replace(/[’‘ʼ´′]/g, "'")
    .replace(/[٬，]/g, ',')
    .replace(/[٫．]/g, '.')
}

interface Notation {
  readonly unit: Unit | null
  readonly isCommaCurrency: boolean
  readonly hasExponent: boolean
}

/** `[1-9]` first: `0,500` has no thousands. */
const COMMA_GROUPS = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/
const INDIAN_GROUPS = /^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d*)?$/
const POINT_GROUPS = /^[1-9]\d{0,2}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,})$/
const OTHER_GROUPS = /^[1-9]\d{0,2}([ '])\d{3}(?:\1\d{3})*(?:[.,]\d*)?$/
const DECIMAL_POINT = /^\d*(?:\.\d*)?$/
const DECIMAL_COMMA = /^\d+,\d+$/
const ONE_GROUP = /^[1-9]\d{0,2}[.,]\d{3}$/
/** Ranges of LinkedIn that have lost their dash: `51-200`, `201-500`. */
const LOST_DASH = /^(?:51 200|201 500)$/

/** The number as digits with a decimal point. */
function readDigits(text: string, notation: Notation): string | 'ambiguous' | 'not a number' {
  if (OTHER_GROUPS.test(text)) {
    const isAmbiguous = LOST_DASH.test(text) || /[.,]\d{3}$/.test(text)
    return isAmbiguous ? 'ambiguous' : text.replaceAll(/[ ']/g, '').replace(',', '.')
  }
  if (ONE_GROUP.test(text)) return readOneGroup(text, notation)
  if (DECIMAL_POINT.test(text)) return text
  if (COMMA_GROUPS.test(text) || INDIAN_GROUPS.test(text)) return text.replaceAll(',', '')
  if (POINT_GROUPS.test(text)) return text.replaceAll('.', '').replace(',', '.')
  if (!DECIMAL_COMMA.test(text)) return 'not a number'
  const { unit, isCommaCurrency, hasExponent } = notation
  const isDecimal = unit !== null || hasExponent || (isCommaCurrency && /,\d{2}$/.test(text))
  return isDecimal ? text.replace(',', '.') : 'ambiguous'
}

const WHOLE = /^(?:\d+|[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*)$/

/** The digits of a number that says that it has no fraction. */
function readWhole(text: string): string | 'not a number' {
  return WHOLE.test(text) ? text.replaceAll(/\D/g, '') : 'not a number'
}

/** A number such as `1,200` or `1.200`. */
function readOneGroup(text: string, { unit, isCommaCurrency, hasExponent }: Notation): string | 'ambiguous' {
  const isPoint = text.includes('.')
  // The mantissa has one digit before its fraction.
  if (hasExponent) return /^\d\D/.test(text) || isPoint ? text.replace(',', '.') : 'ambiguous'
  if (unit === null) return isPoint ? 'ambiguous' : text.replace(',', '')
  if (unit.usage === 'european' || (unit.usage === 'both' && isCommaCurrency)) return 'ambiguous'
  return isPoint ? text : text.replace(',', '')
}

function bounded(value: number): number | NotInteger {
  if (value < 0) return 'negative'
  const rounded = Math.round(value)
  if (rounded > MAX_INTEGER) return 'too large'
  return rounded === 0 ? 0 : rounded
}
