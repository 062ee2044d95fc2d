/** The name that somebody who wrote an unknown one may have meant. */
import { withinEdits } from './distance.ts'
import { fold } from './fold.ts'

/** No known name is nearly as long; what is longer need not be compared in full. */
const COMPARED_LETTERS = 64

/**
 * The one of `names` that is nearest to `name`: with few typing errors (a third of the letters), else one that holds
 * it (`phone` is a part of `mobile_phone`), else with the fewest errors, the first of several. Undefined when there are none.
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

/** Writing `firstName` or `First Name` for `first_name` is no typing error. */
function comparable(name: string): string {
  return fold(name.slice(0, COMPARED_LETTERS)).replace(/[^\p{L}\p{N}]/gu, '')
}
