/** Which shortcut a key stands for: alone, or together with the key before it. */

/** Milliseconds between two keys that belong together, and after text. */
const TOGETHER_WITHIN = 1000

/**
 * Returns a function that is called with each key that is pressed outside of fields, and the names of all shortcuts. It returns the
 * name of one, or null. A letter that belongs to none is text, as of someone who believes to be in a field; the characters that
 * follow it within a second are text, too.
 */
export function trackKeys(): (key: string, at: number, names: ReadonlySet<string>) => string | null {
  let before = { key: '', at: Number.NEGATIVE_INFINITY }
  let textAt = Number.NEGATIVE_INFINITY
  return (key, at, names) => {
    if (key === 'Shift') return null
    const isText = isCharacter(key) && at - textAt < TOGETHER_WITHIN
    const pair = at - before.at < TOGETHER_WITHIN ? `${before.key} ${key}` : ''
    const name = isText ? null : ([pair, key].find(one => names.has(one)) ?? null)
    const isFirst = [...names].some(one => one.startsWith(`${key} `))
    if (!isCharacter(key)) textAt = Number.NEGATIVE_INFINITY
    else if (isText || (name === null && !isFirst && isLetter(key))) textAt = at
    before = { key: isText ? '' : key, at }
    return name
  }
}

/** Others have names: `Enter`, `F2`. */
export function isCharacter(key: string): boolean {
  return Array.from(key).length === 1
}

function isLetter(key: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(key)
}
