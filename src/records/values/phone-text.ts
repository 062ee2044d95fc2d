/** Takes the numbers out of what people write into a phone cell: labels, extensions, several numbers. */
import { trimEnds } from './trim-ends.ts'

/** Matches most cells: a number and nothing else. */
export const PLAIN = /^\+?[\d ().-]*\d$/

const OPENING = ` "'\`´‘’“”=`
const CLOSING = ` "'\`´‘’“”.,;:/–—-`
const LABEL =
  /^(?:telephone|telefono|teléfono|telefone|telefon|téléphone|phone|tele|tel|tél|tlf|ph|fon|p|t|m|c|w|h|o|d|mobile|mobil|móvil|mob|cellular|cell|cel|handy|gsm|work|office|home|direct|main|hq|business|private|personal|whatsapp|callto|call|number|nr|no)(?:\s?(?:phone|number|no|nr))?(?=[\s.:/+\d(])[.:/]*\s*(?=[+\d(])/iu
const LABEL_BEHIND =
  /\s*[-–,]?\s*(?<![\p{L}\d])(?:work|office|home|mobile|mobil|cell|direct|main|hq|business|private|personal|whatsapp)\.?$/iu
/** `(work)`, but not `(0)`. */
const REMARK = /(?:\s*\([^()\d+]*\))+\s*/g
/** Written by a spreadsheet that took the number for an amount. */
const DECIMAL = /^(\+?\d{6,})[.,]0+$/
/** A fax number is not a phone number, so that it stays as it is written. */
const FAX = /fax/i

/** Removes labels and other things around a number. Tidying tidy text does not change it. */
export function tidyPhone(text: string): string {
  if (PLAIN.test(text) && !DECIMAL.test(text)) return text
  if (FAX.test(text)) return text
  for (let before = text; ; ) {
    const tidy = trimEnds(before, OPENING, CLOSING)
      .replace(REMARK, ' ')
      .trim()
      .replace(LABEL, '')
      .replace(LABEL_BEHIND, '')
      .replace(DECIMAL, '$1')
    if (tidy === '' || tidy === before) return before
    before = tidy
  }
}

const EXTENSION =
  /(?<=[\d)\s])(?:[;,]?\s*(?:extension|extn|ext|xtn|ex|x|durchwahl|dw|poste|interno|int|ramal|anexo|toestel|tst|wew|ankn|lokal|доб|вн)\s?[.:=]?\s?#?|#)\s?(\d{1,7})$/iu

/** The number, and its extension if it has one. */
export function splitExtension(text: string): { readonly number: string; readonly extension: string | null } {
  const match = EXTENSION.exec(text)
  if (match === null) return { number: text, extension: null }
  return { number: text.slice(0, match.index).trim(), extension: match[1]! }
}

/** `;ext=5` and `, ext. 5` belong to the number before them. */
const JOINED_EXTENSION = /\s*[;,]\s*(?=(?:ext|x|#|durchwahl)[^;,|/]*\d{1,7}\s*(?:$|[;,|/]))/giu
/** Between two numbers, and never within one. */
const BETWEEN =
  /\s*(?:;|\||:::|&)\s*|\s+(?:or|and|oder|und|ou|et|o|y|e|of|en|eller|och|og|lub|i|или|и)\s+|(?<!fax[.:]?)\s+(?=\+)|(?<=\d)(?=\+)/iu
const WITHIN_OR_BETWEEN = /\s*[/,]\s*/

/**
 * Splits at the characters that stand between numbers only. The parts of each result are separated by `/` or `,`, which may also
 * stand within a number (`030/901820`).
 */
export function splitNumbers(text: string): readonly (readonly string[])[] {
  return text
    .replace(JOINED_EXTENSION, ' ')
    .split(BETWEEN)
    .filter(part => part !== '')
    .map(part => part.split(WITHIN_OR_BETWEEN).filter(piece => piece !== ''))
    .filter(pieces => pieces.length > 0)
}
