/** Splits texts into words for searching. */
import { fold, isAscii } from './fold.ts'

const ASCII_WORD = /[a-z0-9]+[+#]*/gi

/**
 * A word is a single Han or Hiragana character with its marks, or a run of letters, marks and digits, optionally followed by
 * `+` and `#`.
 */
const WORD =
  /[[\p{sc=Han}\p{sc=Hiragana}]&&[\p{L}\p{N}]]\p{M}*|[[\p{L}\p{M}\p{N}]--[[\p{sc=Han}\p{sc=Hiragana}]&&[\p{L}\p{N}]]]+[+#]*/gv

/** The folded words of a value, in order, with duplicates. Runs of Katakana and Hangul are one word, as in UAX #29. */
export function words(value: string): string[] {
  return wordsOfFolded(fold(value))
}

/** The words of a value that is already folded. */
export function wordsOfFolded(folded: string): string[] {
  return folded.match(isAscii(folded) ? ASCII_WORD : WORD) ?? []
}
