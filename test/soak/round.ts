/** A round: everything that follows from one seed, from the records to the questions. */
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
  /** Asks some more questions. Returns null if there are none left, or a Failure to repeat and shrink if answers differ. */
  next(asked: Asked): Outcome | null
}

export type Outcome = 'right' | Failure

export interface Failure {
  readonly message: string
  readonly question: Question | null
  /** Finds a smaller question that still differs at one of the moments. */
  shrink(moments: readonly Moment[], milliseconds: number): Question | null
}

/** The number of questions per call of `next`, and the number of calls for the last moment. */
const PORTION = { small: 4, medium: 6, large: 2 } as const
const CALLS = { small: 3, medium: 6, large: 12 } as const

/** Throws if replaying the history fails: a `Difference` if records were lost or duplicated. */
export async function openRound(seed: number, history: readonly Step[], size: Size): Promise<Round> {
  const replayed = await checkedReplay(history)
  const { moments } = replayed
  // Most questions are put to the end of the history.
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

/** Replays the history and checks that no record was lost or duplicated. */
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
