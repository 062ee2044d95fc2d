/** The soak test rounds that are part of every test run. The thorough run uses seeds that reach everything. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rounds } from '../helpers/rounds.ts'
import type { Asked } from './questions.ts'
import { historyOf, openRound } from './round.ts'
import type { Size } from './some-history.ts'

const SEEDS: Readonly<Record<Size, readonly number[]>> = {
  small: Array.from({ length: rounds(4, 90) }, (_, index) => index + 1),
  medium: [1, 2, 3].slice(0, rounds(0, 3)),
  large: [1].slice(0, rounds(0, 1)),
}

describe('the embedded index after any history', () => {
  const asked: Asked = { queries: 0, kinds: {} }

  for (const size of ['small', 'medium', 'large'] as const) {
    if (SEEDS[size].length === 0) continue
    it(`gives the same answers as the reference: ${size} rounds`, async () => {
      for (const seed of SEEDS[size]) {
        const round = await openRound(seed, historyOf(seed, size).history, size)
        for (let outcome = round.next(asked); outcome !== null; outcome = round.next(asked)) {
          assert.equal(outcome === 'right' ? outcome : outcome.message, 'right', `seed ${seed}`)
        }
      }
    })
  }
})
