/**
 * Rates how well a single-byte encoding explains a text: the logarithm of a probability. Every byte above 127 counts, with
 * the characters next to it. No letter is a symbol in the middle of a word, upper case after lower case, or alone between
 * letters of another script, and some letters are frequent.
 */
import { decoderOf } from './encodings.ts'
import {
  ARABIC,
  BALTIC,
  CENTRAL_EUROPEAN,
  CYRILLIC,
  GREEK,
  HEBREW,
  type Letters,
  THAI,
  TURKISH,
  WESTERN,
} from './letters.ts'

/** The prior is the logarithm of how much rarer such files are. */
const CANDIDATES: readonly (readonly [encoding: string, languages: readonly Letters[], prior: number])[] = [
  ['windows-1252', WESTERN, 0],
  ['windows-1250', CENTRAL_EUROPEAN, -2],
  ['iso-8859-2', CENTRAL_EUROPEAN, -2.5],
  ['windows-1254', TURKISH, -2],
  ['windows-1257', BALTIC, -3.5],
  ['macintosh', WESTERN, -3],
  ['ibm437', WESTERN, -3],
  ['ibm850', WESTERN, -3.5],
  ['ibm852', CENTRAL_EUROPEAN, -4],
  ['windows-1251', CYRILLIC, -2],
  ['koi8-u', CYRILLIC, -4],
  ['iso-8859-5', CYRILLIC, -5],
  ['ibm866', CYRILLIC, -4],
  ['x-mac-cyrillic', CYRILLIC, -5],
  ['windows-1253', GREEK, -3],
  ['iso-8859-7', GREEK, -3.5],
  ['windows-1255', HEBREW, -3],
  ['windows-1256', ARABIC, -3],
  ['windows-874', THAI, -4],
]

const OTHER = 0
const LOWER = 1
const UPPER = 2
const CASELESS = 3
/** No character, or a control character. */
const NONE = 4

interface Table {
  readonly encoding: string
  readonly isLatin: boolean
  readonly prior: number
  readonly characters: readonly string[]
  readonly kinds: readonly number[]
  readonly vowels: readonly boolean[]
  /** By language and byte: the logarithm of the share of a letter. */
  readonly languages: readonly (readonly number[])[]
}

const VOWEL = /^[aeiouyæœøı]/i
const UPPER_SHARE = 0.15
const UNKNOWN_LETTER = -11

function buildTable([encoding, languages, prior]: (typeof CANDIDATES)[number]): Table {
  const characters = [...decoderOf(encoding)(Uint8Array.from({ length: 256 }, (_, byte) => byte))]
  return {
    encoding,
    isLatin: languages[0]!.script === 'latin',
    prior,
    characters,
    kinds: characters.map(kindOf),
    vowels: characters.map(one => VOWEL.test(one.normalize('NFD'))),
    languages: languages.map(({ shares }) =>
      characters.map(one => {
        const share = shares.get(one) ?? (shares.get(one.toLowerCase()) ?? 0) * UPPER_SHARE
        return share === 0 ? UNKNOWN_LETTER : Math.log(share)
      }),
    ),
  }
}

function kindOf(character: string): number {
  if (character === '\ufffd' || /\p{Cc}/u.test(character)) return NONE
  if (/\p{Lu}/u.test(character)) return UPPER
  if (/[ªº]/.test(character)) return OTHER
  if (/\p{Ll}/u.test(character)) return LOWER
  return /[\p{L}\p{M}]/u.test(character) ? CASELESS : OTHER
}

function isLetter(kind: number): boolean {
  return kind === LOWER || kind === UPPER || kind === CASELESS
}

/**
 * The logarithm of the probability of the byte at `at`, which is above 127. That of its letter, which depends on the
 * language, is not included.
 */
function rateByte({ isLatin, characters, kinds, vowels }: Table, bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  const left = at === 0 ? 0 : bytes[at - 1]!
  const right = at + 1 === bytes.length ? 0 : bytes[at + 1]!
  const kind = kinds[byte]!
  if (kind === NONE) return -12
  const [leftKind, rightKind] = [kinds[left]!, kinds[right]!]
  const [afterLetter, beforeLetter] = [isLetter(leftKind), isLetter(rightKind)]
  if (kind === OTHER) return rateSymbol(characters[byte]!, afterLetter, beforeLetter)
  let rate = 0
  if (kind === UPPER && leftKind === LOWER) rate -= 4
  if (kind === LOWER && rightKind === UPPER) rate -= 3
  // Most names begin with a capital.
  if (kind === LOWER && !afterLetter) rate -= 1
  if (!isLatin) return rate - 4 * (Number(afterLetter && left < 128) + Number(beforeLetter && right < 128))
  if (afterLetter && left > 127) rate -= 1
  if (beforeLetter && right > 127) rate -= 1
  const vowelBefore = afterLetter && vowels[left]!
  const vowelAfter = beforeLetter && vowels[right]!
  if (vowels[byte]) return rate - 0.8 * (Number(vowelBefore) + Number(vowelAfter))
  return afterLetter && beforeLetter && !vowelBefore && !vowelAfter ? rate - 1.5 : rate
}

function rateSymbol(symbol: string, afterLetter: boolean, beforeLetter: boolean): number {
  if (afterLetter && beforeLetter) return symbol === '’' ? -2.5 : /[·–—\xad\xa0]/.test(symbol) ? -6 : -9
  if (afterLetter) return /[”“»’…–—\xa0®™©ªº]/.test(symbol) ? -4.5 : -8
  if (beforeLetter) return /[“„«‘…–—\xa0¿¡]/.test(symbol) ? -4.5 : -9
  return /[–—\xa0°•·€£§“”„«»‘’…]/.test(symbol) ? -4 : -7
}

/** More bytes do not change the result. */
const ENOUGH = 20_000

export interface Rating {
  readonly encoding: string
  readonly rate: number
  /** By byte above 127, without the prior. */
  readonly average: number
  /** The characters of the bytes that occur. Encodings with the same ones give the same text. */
  readonly used: string
}

/** The ratings of all encodings, best first. `bytes` has at least one byte above 127. */
export function rateSingleByte(bytes: Uint8Array): Rating[] {
  tables ??= CANDIDATES.map(buildTable)
  const high: number[] = []
  for (let at = 0; at < bytes.length && high.length < ENOUGH; at++) if (bytes[at]! > 127) high.push(at)
  const occurring = [...new Set(high.map(at => bytes[at]!))].sort((a, b) => a - b)
  return tables
    .map(table => {
      const places = high.reduce((total, at) => total + rateByte(table, bytes, at), 0)
      const letters = table.languages.map(logs =>
        high.reduce((total, at) => total + (isLetter(table.kinds[bytes[at]!]!) ? logs[bytes[at]!]! : 0), 0),
      )
      const sum = places + Math.max(...letters)
      const used = occurring.map(byte => table.characters[byte]!).join('')
      return { encoding: table.encoding, rate: sum + table.prior, average: sum / high.length, used }
    })
    .sort((a, b) => b.rate - a.rate)
}

let tables: readonly Table[] | null = null
