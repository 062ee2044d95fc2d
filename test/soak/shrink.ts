/** From a history and a question whose answers differ to a history of a few records. */
import type { Change } from '../../src/search/engine.ts'
import type { Step } from './history.ts'
import { type Asked, ask, type Question } from './questions.ts'
import { checkedReplay, type Failure } from './round.ts'

/** Milliseconds. */
const HISTORY_WITHIN = 40_000
const QUESTION_WITHIN = 20_000

export interface Shrunk {
  readonly history: readonly Step[]
  readonly question: Question | null
  /** What differs then. */
  readonly message: string
}

/** Null when the question alone, asked of a new replay, is answered rightly: then only the whole round repeats it. */
export function shrink(history: readonly Step[], failure: Failure): Shrunk | null {
  const fails = (candidate: readonly Step[], question: Question | null) => complaint(candidate, question) !== null
  if (!fails(history, failure.question)) return null
  const deadline = performance.now() + HISTORY_WITHIN
  const holds = (candidate: readonly Step[]) => performance.now() < deadline && fails(candidate, failure.question)
  let small = without(history, holds)
  small.forEach((step, place) => {
    if (step.type !== 'change') return
    const put = (changes: readonly Change[]): Step[] => small.with(place, { type: 'change', changes })
    small = put(without(step.changes, changes => holds(put(changes))))
  })
  let { question } = failure
  if (question !== null) question = failure.shrink(checkedReplay(small).moments, QUESTION_WITHIN) ?? question
  return { history: small, question, message: complaint(small, question) ?? failure.message }
}

function complaint(history: readonly Step[], question: Question | null): string | null {
  const nothing: Asked = { queries: 0, kinds: {} }
  try {
    const { moments } = checkedReplay(history)
    if (question !== null) for (const moment of moments) ask(moment, question, nothing)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Leaves out stretches, ever shorter ones, as long as what is left still `holds`. */
function without<T>(list: readonly T[], holds: (shorter: readonly T[]) => boolean): readonly T[] {
  let left = list
  for (let length = Math.ceil(list.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let from = 0; from < left.length; ) {
      const shorter = left.toSpliced(from, length)
      if (holds(shorter)) left = shorter
      else from += length
    }
  }
  return left
}

/** A history as text, without the values that are missing. */
export function historyText(history: readonly Step[]): string {
  return history.map(step => JSON.stringify(step, (_, value) => value ?? undefined)).join('\n')
}
