/** Folding: the normalized form in which texts are compared, searched and sorted. */
import { boundMarks } from './marks.ts'

/** Letters with marks, in scripts in which people ignore the marks when they search (é is an e, but が is not か). */
const MARKS = /([\p{L}&&[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}]])\p{M}+/gv

/** Letters that case mapping does not fold completely. Cherokee is the only script that folds to capitals. */
const SPECIAL = /[øđłæœþðßς\p{sc=Cherokee}]/gu
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ł: 'l',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ð: 'd',
  ß: 'ss',
  ς: 'σ',
}

/**
 * Applies NFKC and full case folding (Unicode 3.13, C + F of CaseFolding.txt), removes combining marks from Latin, Greek,
 * Cyrillic, Arabic and Hebrew letters, and replaces ø đ ł ı æ œ þ ð ß with plain letters. Idempotent.
 *
 * JavaScript has no case folding. Converting to upper case and then to lower case gives the same result for every code point
 * except Cherokee, ẞ, ς and ı (checked against all of CaseFolding.txt). It turns ı into i, which is what we want.
 */
export function fold(value: string): string {
  if (isAscii(value)) return value.toLowerCase()
  return boundMarks(value)
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .replace(MARKS, '$1')
    .replace(SPECIAL, character => PLAIN[character] ?? character.toUpperCase())
    .normalize('NFC')
}

export function isAscii(value: string): boolean {
  for (let place = 0; place < value.length; place++) if (value.charCodeAt(place) > 0x7f) return false
  return true
}
