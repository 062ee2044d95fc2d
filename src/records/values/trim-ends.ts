/**
 * Removes characters of `before` from the beginning of a text and of `after` from its end. An expression for the end would take
 * quadratic time.
 */
export function trimEnds(text: string, before: string, after: string): string {
  let start = 0
  let end = text.length
  while (start < end && before.includes(text[start]!)) start++
  while (end > start && after.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}
