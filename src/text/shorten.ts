/** The beginning of a text, for a message: at most `letters` UTF-16 units, and then an ellipsis if something is left out. */
export function shorten(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters).toWellFormed()}…`
}
