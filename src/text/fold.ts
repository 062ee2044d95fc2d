/** Folding: the normalized form in which texts are compared, searched and sorted. */
import { boundMarks } from './marks.ts'

/** Letters with marks, in scripts in which people ignore the marks when they search (é is an e, but が is not か). */
const MARKS = /([\p{L}&&[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}]])\p{M}+/gv

/**
 * Invisible format characters, among them ZWNJ and ZWJ, and tatweel, which only stretches a word. Compatibility forms of Arabic
 * marks contain a tatweel (ﹷ, ﳲ).
 */
const IGNORED =
  /[\u00ad\u061c\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufcf2-\ufcf4\ufe71\ufe77\ufe79\ufe7b\ufe7d\ufe7f\ufeff]/g
const ARABIC_FORMS = '\ufb00'

/** ™ ℠ and the other raised marks, ¹ ² ³ and the other superscript digits. NFKC would make letters and digits of them. */
const RAISED = /[\u2122\u2120\u{1f16a}-\u{1f16c}\u00b9\u00b2\u00b3\u2070\u2074-\u2079]/gu
/** A spacing accent (¨ ˜ ¸) after NFKD: a space with the accent as a combining mark. */
const SPACING_ACCENT = / [\p{M}&&\p{sc=Inherited}]+/gv
/** The acute accent, which people type as an apostrophe, and the double prime. NFKD would take them apart. */
const SIGNS = /[\u00b4\u1ffd\u2033]/g

/**
 * Letters that case mapping and NFKD do not fold completely, and variants of apostrophes, quotes, hyphens and dashes. Cherokee
 * is the only script that folds to capitals.
 */
const SPECIAL =
  /[øđłæœþðßςħəǝɛŧŋɨʉɓƀɗɖƌƒɠǥƙƚɫɬɭɲɳƞɵɔƥɍɽʂȿƭʈƫʋⱱƶȥʐƴɏȼɇɉʝɦɱꞩꝁꞣꞥꞡ\p{sc=Cherokee}\p{Pd}\u2212\u02d7\u2043`\u2018-\u201b\u2039\u203a\u02b9-\u02bf\u02ca\u02cb\u2032\u2035\u05f3\ua78b\ua78c\u055a\u201c-\u201f\u00ab\u00bb\u301d-\u301f\u02ba\u02ee\u05f4]/gu

const PLAIN: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ æ: 'ae', œ: 'oe', þ: 'th', ß: 'ss', ς: 'σ' }),
  ...plain('a', 'ə'),
  ...plain('b', 'ɓƀ'),
  ...plain('c', 'ȼ'),
  ...plain('d', 'đðɗɖƌ'),
  ...plain('e', 'ǝɛɇ'),
  ...plain('f', 'ƒ'),
  ...plain('g', 'ɠǥꞡ'),
  ...plain('h', 'ħɦ'),
  ...plain('i', 'ɨ'),
  ...plain('j', 'ɉʝ'),
  ...plain('k', 'ƙꝁꞣ'),
  ...plain('l', 'łƚɫɬɭ'),
  ...plain('m', 'ɱ'),
  ...plain('n', 'ŋɲɳƞꞥ'),
  ...plain('o', 'øɵɔ'),
  ...plain('p', 'ƥ'),
  ...plain('r', 'ɍɽ'),
  ...plain('s', 'ʂȿꞩ'),
  ...plain('t', 'ŧƭʈƫ'),
  ...plain('u', 'ʉ'),
  ...plain('v', 'ʋⱱ'),
  ...plain('y', 'ƴɏ'),
  ...plain('z', 'ƶȥʐ'),
  ...plain("'", '`‘’‚‛‹›ʹʻʼʽʾʿˊˋ′‵׳Ꞌꞌ՚\u00b4\u1ffd'),
  ...plain('"', '“”„‟«»〝〞〟ʺˮ״″'),
  ...plain('-', '−˗⁃'),
])

function plain(letter: string, variants: string): [string, string][] {
  return [...variants].map(variant => [variant, letter])
}

const DASH = /\p{Pd}/u

/**
 * Applies NFKC and full case folding (Unicode 3.13, C + F of CaseFolding.txt), removes combining marks from Latin, Greek,
 * Cyrillic, Arabic and Hebrew letters, and replaces letters such as ø đ ł ı æ œ þ ð ß ħ ə with plain letters, and apostrophes,
 * quotes and dashes with the ASCII ones. Spacing accents, ™ ℠ and superscript digits become a space; tatweel, ZWNJ and ZWJ go.
 * Idempotent. Empty only if `value` is empty.
 *
 * JavaScript has no case folding. Converting to upper case and then to lower case gives the same result for every code point
 * except Cherokee, ẞ, ς and ı (checked against all of CaseFolding.txt). It turns ı into i, which is what we want.
 */
export function fold(value: string): string {
  if (isAscii(value)) {
    const lower = value.toLowerCase()
    return lower.includes('`') ? lower.replaceAll('`', "'") : lower
  }
  const visible = boundMarks(value.replace(IGNORED, withoutTatweel))
  const decomposed = spaceOut(visible, RAISED).replace(SIGNS, foldSpecial).normalize('NFKD')
  const folded = spaceOut(decomposed, SPACING_ACCENT)
    .toUpperCase()
    .toLowerCase()
    .replace(MARKS, '$1')
    .replace(SPECIAL, foldSpecial)
    .normalize('NFC')
  // A stored value is never empty: an empty text stands for a missing one in the order and in cursors.
  return folded === '' ? ' ' : folded
}

function withoutTatweel(character: string): string {
  return character < ARABIC_FORMS || character === '\ufeff' ? '' : character.normalize('NFKD').replace('\u0640', '')
}

/** Replaces matches of `pattern` with spaces. Single ones: `Acme ™` and `Acme™` equal `Acme`. */
function spaceOut(text: string, pattern: RegExp): string {
  const spaced = text.replace(pattern, ' ')
  return spaced === text ? text : spaced.replace(/ {2,}/g, ' ').trim()
}

function foldSpecial(character: string): string {
  return PLAIN.get(character) ?? (DASH.test(character) ? '-' : character.toUpperCase())
}

export function isAscii(value: string): boolean {
  for (let place = 0; place < value.length; place++) if (value.charCodeAt(place) > 0x7f) return false
  return true
}
