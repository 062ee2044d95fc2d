/** Shrinks a history and a question whose answers differ to a history of a few records. */
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
  /** The difference after shrinking. */
  readonly message: string
}

/** Returns null if the question alone gets the right answer after a new replay. Then only the whole round reproduces it. */
export async function shrink(history: readonly Step[], failure: Failure): Promise<Shrunk | null> {
  const fails = async (candidate: readonly Step[]) => (await complaint(candidate, failure.question)) !== null
  if (!(await fails(history))) return null
  const deadline = performance.now() + HISTORY_WITHIN
  const holds = async (candidate: readonly Step[]) => performance.now() < deadline && (await fails(candidate))
  let small = await without(history, holds)
  for (const [place, step] of small.entries()) {
    if (step.type !== 'change') continue
    const put = (changes: readonly Change[]): readonly Step[] => small.with(place, { type: 'change', changes })
    small = put(await without(step.changes, changes => holds(put(changes))))
  }
  let { question } = failure
  if (question !== null) {
    const { moments } = await checkedReplay(small)
    question = failure.shrink(moments, QUESTION_WITHIN) ?? question
  }
  return { history: small, question, message: (await complaint(small, question)) ?? failure.message }
}

/** The message of the first wrong answer after a history, or null if all are right. */
async function complaint(history: readonly Step[], question: Question | null): Promise<string | null> {
  const nothing: Asked = { queries: 0, kinds: {} }
  try {
    const { moments } = await checkedReplay(history)
    if (question !== null) for (const moment of moments) ask(moment, question, nothing)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Removes shorter and shorter parts of the list, as long as `holds` is true for the rest. */
async function without<T>(
  list: readonly T[],
  holds: (shorter: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = list
  for (let length = Math.ceil(list.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let from = 0; from < left.length; ) {
      const shorter = left.toSpliced(from, length)
      if (await holds(shorter)) left = shorter
      else from += length
    }
  }
  return left
}

/** A history as text, without missing values. */
export function historyText(history: readonly Step[]): string {
  return history.map(step => JSON.stringify(step, (_, value) => value ?? undefined)).join('\n')
}
