/** Finds a phrase in a value, given the ordinals of the value's words in order. */
import type { PhraseLeaf } from '../../../vql/query.ts'
import { findTerm, prefixRange } from '../segment/find-term.ts'
import type { Terms } from '../segment/terms.ts'

/** A word of the phrase: the ordinals `from` to `to` (exclusive). A prefix may cover more than one. */
export interface Step {
  readonly from: number
  readonly to: number
}

/** The words of the phrase in a dictionary. A word that is not in it is an empty step. */
export function stepsIn(terms: Terms, { words, prefix }: PhraseLeaf): Step[] {
  return words.map((word, index) => {
    if (prefix && index === words.length - 1) {
      const [from, to] = prefixRange(terms, word)
      return { from, to }
    }
    const ordinal = findTerm(terms, word)
    return ordinal < 0 ? { from: 0, to: 0 } : { from: ordinal, to: ordinal + 1 }
  })
}

export function ordinalsOf({ from, to }: Step): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, index) => from + index)
}

/**
 * Whether the steps occur in order within the first `end` of `words`, with at most `slop` other words in between in total.
 * For each occurrence of the first step, the next steps are matched as early as possible: a later match cannot end sooner.
 */
export function findPhrase(words: Uint32Array, end: number, steps: readonly Step[], slop: number): boolean {
  const length = steps.length
  const [first] = steps
  for (let start = 0; start + length <= end; start++) {
    if (words[start] < first.from || words[start] >= first.to) continue
    let index = 1
    const last = Math.min(end, start + length + slop)
    for (let place = start + 1; place < last && index < length; place++) {
      const word = words[place]
      if (word >= steps[index].from && word < steps[index].to) index++
    }
    if (index === length) return true
  }
  return false
}
