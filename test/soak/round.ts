/** A round: everything that one seed decides, from the records to the questions. */
import fc from 'fast-check'
import { createRandom, mixSeed } from '../../bench/data/random.ts'
import { SERVICES } from '../../src/fields.ts'
import { type Moment, type Replayed, replay, type Step } from './history.ts'
import { type Asked, ask, Difference, type Question } from './questions.ts'
import { vocabularyOf } from './record-vocabulary.ts'
import { type Size, sizeOf, someHistory } from './some-history.ts'
import { someQuestion } from './some-question.ts'

export interface Round {
  readonly seed: number
  readonly size: Size
  readonly history: readonly Step[]
  readonly replayed: Replayed
  /** Asks some more questions; null when there are none left. Of a difference: what is needed to repeat and shrink it. */
  next(asked: Asked): Outcome | null
}

export type Outcome = 'right' | Failure

export interface Failure {
  readonly message: string
  readonly question: Question | null
  /** Finds a smaller question that still differs at one of the moments. */
  shrink(moments: readonly Moment[], milliseconds: number): Question | null
}

/** Questions of one call of `next`, and how often it can be called for each moment. */
const PORTION = { small: 4, medium: 6, large: 2 } as const
const CALLS = { small: 3, medium: 6, large: 12 } as const

/** Throws when the history itself does: a `Difference` when records were lost on the way. */
export async function openRound(seed: number, history: readonly Step[], size: Size): Promise<Round> {
  const replayed = await checkedReplay(history)
  const { moments } = replayed
  // The end of the history is asked the most.
  const calls = moments.flatMap((moment, index) =>
    SERVICES.flatMap(service =>
      Array.from({ length: index === moments.length - 1 ? CALLS[size] : 1 }, (_, call) => ({
        moment,
        service,
        call,
        index,
      })),
    ),
  )
  return {
    seed,
    size,
    history,
    replayed,
    next(asked) {
      const step = calls.shift()
      if (step === undefined) return null
      const seedOfCall = mixSeed(seed, 128 * step.index + 2 * step.call + SERVICES.indexOf(step.service))
      const vocabulary = vocabularyOf(step.moment, step.service, createRandom(seedOfCall))
      const questions = someQuestion(step.service, vocabulary)
      const about = (list: readonly Moment[], count: Asked) =>
        fc.property(questions, question => {
          for (const moment of list) ask(moment, question, count)
        })
      const parameters = { seed: seedOfCall, numRuns: PORTION[size] }
      const details = fc.check(about([step.moment], asked), { ...parameters, endOnFailure: true })
      if (!details.failed) return 'right'
      const { counterexample, counterexamplePath, errorInstance } = details
      return {
        message: messageOf(errorInstance),
        question: counterexample?.[0] ?? null,
        shrink(list, milliseconds) {
          const path = counterexamplePath ?? ''
          const shrunk = fc.check(about(list, { queries: 0, kinds: {} }), {
            ...parameters,
            path,
            interruptAfterTimeLimit: milliseconds,
          })
          return shrunk.counterexample?.[0] ?? null
        },
      }
    },
  }
}

export function historyOf(seed: number, size?: Size): { readonly size: Size; readonly history: readonly Step[] } {
  const random = createRandom(mixSeed(107, seed))
  const drawn = sizeOf(random)
  return { size: size ?? drawn, history: someHistory(random, size ?? drawn) }
}

/** Replays, and sees to it that no record was lost or is there twice. */
export async function checkedReplay(history: readonly Step[]): Promise<Replayed> {
  const replayed = await replay(history)
  for (const { state, records } of replayed.moments) {
    for (const service of SERVICES) {
      const live = state[service].reduce((sum, entry) => sum + entry.live, 0)
      const expected = records[service].length
      if (live !== expected) throw new Difference(`${live} records of ${service} are alive instead of ${expected}`)
    }
  }
  return replayed
}

export function messageOf(error: unknown): string {
  if (error instanceof Difference) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
