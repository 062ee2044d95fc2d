/** The beginning of a text, for a message: at most `letters` UTF-16 units, and then an ellipsis if something is left out. */
export function shorten(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters).toWellFormed()}…`
}

/** The text in quotation marks, shortened. */
export function quote(text: string, letters = 60): string {
  return JSON.stringify(shorten(text, letters))
}
