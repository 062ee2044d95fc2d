/** Is a phrase in a value? Decided along the value's words, which stand in a row as small numbers. */
import type { Words } from './segment.ts'

/** A word of the phrase: the ordinals `from` to `to` (exclusive); more than one for a prefix. */
export interface Step {
  readonly from: number
  readonly to: number
}

/**
 * Do the steps come in order within `value`, at most `slop` other words in between in total? From every place of the first
 * step the next ones are taken as early as possible: nothing later can end sooner.
 */
export function findPhrase(words: Words, value: number, steps: readonly Step[], slop: number): boolean {
  const { sequences, sequenceOffsets } = words
  const end = sequenceOffsets[value + 1]
  const length = steps.length
  const [first] = steps
  for (let start = sequenceOffsets[value]; start + length <= end; start++) {
    if (sequences[start] < first.from || sequences[start] >= first.to) continue
    let index = 1
    const last = Math.min(end, start + length + slop)
    for (let place = start + 1; place < last && index < length; place++) {
      const word = sequences[place]
      if (word >= steps[index].from && word < steps[index].to) index++
    }
    if (index === length) return true
  }
  return false
}
