/** Words: what a text is cut into for searching. */
import { fold, isAscii } from './fold.ts'

const ASCII_WORD = /[a-z0-9]+[+#]*/gi

/** A Han or Hiragana character (with its marks) is a word; else a run of letters, marks and digits, with `+` and `#` after it. */
const WORD =
  /[[\p{sc=Han}\p{sc=Hiragana}]&&[\p{L}\p{N}]]\p{M}*|[[\p{L}\p{M}\p{N}]--[[\p{sc=Han}\p{sc=Hiragana}]&&[\p{L}\p{N}]]]+[+#]*/gv

/** The folded words of a value, in order, repeats kept. Katakana and Hangul run together, as in UAX #29. */
export function words(value: string): string[] {
  return wordsOfFolded(fold(value))
}

/** The words of a value that is folded already. */
export function wordsOfFolded(folded: string): string[] {
  return folded.match(isAscii(folded) ? ASCII_WORD : WORD) ?? []
}
