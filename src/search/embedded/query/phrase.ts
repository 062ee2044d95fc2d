/** Is a phrase in a value? Decided along the value's words, which stand in a row as small numbers. */

/** A word of the phrase: the ordinals `from` to `to` (exclusive); more than one for a prefix. */
export interface Step {
  readonly from: number
  readonly to: number
}

/**
 * Do the steps come in order within the first `end` of `words`, at most `slop` other words in between in total? From every place of
 * the first step the next ones are taken as early as possible: nothing later can end sooner.
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
