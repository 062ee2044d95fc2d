/** Makes text from files and names safe to print: a terminal obeys control characters, and bidirectional ones reorder a line. */

/** Control characters, line separators and bidirectional controls. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Shows these characters as `\u001b`, so that a line stays one line. JSON stays the same JSON. */
export function printable(line: string): string {
  return line.replace(UNPRINTABLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
