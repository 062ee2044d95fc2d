/** The name that somebody who wrote an unknown one may have meant. */
import { withinEdits } from './distance.ts'
import { fold } from './fold.ts'

/** No known name is nearly as long; what is longer need not be compared in full. */
const COMPARED_LETTERS = 64

/** The one of `names` with the fewest typing errors from `name`, the first of several; undefined when there are none. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = comparable(name)
  const known = [...names]
  for (let edits = 0; edits <= COMPARED_LETTERS; edits++) {
    const found = known.find(candidate => withinEdits(wanted, comparable(candidate), edits))
    if (found !== undefined) return found
  }
  return undefined
}

/** Writing `firstName` or `First Name` for `first_name` is no typing error. */
function comparable(name: string): string {
  return fold(name.slice(0, COMPARED_LETTERS)).replace(/[^\p{L}\p{N}]/gu, '')
}
