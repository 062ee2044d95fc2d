/**
 * Removes characters from the end of a text in linear time. `replace(/[…]+$/, '')` is quadratic: it tries each run of these
 * characters from each of its places.
 */

/** `character`: matches one UTF-16 unit to remove. Without the flag `g`. */
export function trimEnd(text: string, character: RegExp): string {
  let end = text.length
  while (end > 0 && character.test(text[end - 1]!)) end--
  return end === text.length ? text : text.slice(0, end)
}
