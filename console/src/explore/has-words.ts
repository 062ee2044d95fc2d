/** Whether each word of a search is in a text, in any case. */
export function hasWords(text: string, search: string): boolean {
  const searched = text.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => searched.includes(word))
}
