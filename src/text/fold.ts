/** Folding: the form in which all texts are compared, searched and sorted. */
import { boundMarks } from './marks.ts'

/** A letter of a script whose marks carry no identity for people who search (が is another letter than か, é is an e). */
const MARKS = /([\p{L}&&[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}]])\p{M}+/gv

/** What is left after case mapping that is not yet folded. Cherokee folds to its capitals, as the only script. */
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
 * NFKC; full case folding (Unicode 3.13, C + F of CaseFolding.txt); combining marks off Latin, Greek, Cyrillic, Arabic
 * and Hebrew letters; ø đ ł ı æ œ þ ð ß to plain letters. Idempotent.
 *
 * JavaScript has no case folding. Upper case, then lower case is the same for every code point but Cherokee, ẞ, ς and ı
 * (compared with CaseFolding.txt one by one); ı becomes i by it, which is wanted here.
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
