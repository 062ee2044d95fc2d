/** Suggestions for unknown names. */
import { withinEdits } from './distance.ts'
import { fold } from './fold.ts'

/** No known name is nearly this long, so longer input is cut off. */
const COMPARED_LETTERS = 64

/**
 * The one of `names` that is closest to `name`: one with few typing errors (up to a third of the letters), otherwise one that
 * contains it (`mobile_phone` contains `phone`), otherwise the one with the fewest errors. The first of several wins.
 * Undefined if there are no names.
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = comparable(name)
  const known = [...names].map(candidate => ({ candidate, letters: comparable(candidate) }))
  const few = Math.max(1, Math.floor(wanted.length / 3))
  const found =
    closest(wanted, known, 0, few) ??
    (wanted === '' ? undefined : known.find(({ letters }) => letters.includes(wanted))) ??
    closest(wanted, known, few + 1, COMPARED_LETTERS)
  return found?.candidate
}

interface Known {
  readonly candidate: string
  readonly letters: string
}

function closest(wanted: string, known: readonly Known[], from: number, to: number): Known | undefined {
  for (let edits = from; edits <= to; edits++) {
    const found = known.find(({ letters }) => withinEdits(wanted, letters, edits))
    if (found !== undefined) return found
  }
  return undefined
}

/** `firstName` and `First Name` do not differ from `first_name`. */
function comparable(name: string): string {
  return fold(name.slice(0, COMPARED_LETTERS)).replace(/[^\p{L}\p{N}]/gu, '')
}
