/**
 * `npm run test:soak -- [--minutes N] [--seed S] [--rounds N]`: compares the index with the reference, round after round, until
 * the time is up, Ctrl-C is pressed, or answers differ. The exit code is 1 if they differ.
 */

import { setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Step } from './history.ts'
import type { Asked } from './questions.ts'
import { noteReached, type Tally } from './reach.ts'
import { type Failure, historyOf, messageOf, openRound } from './round.ts'
import { historyText, shrink } from './shrink.ts'

const EVERY = 10_000

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, rounds: { type: 'string' } },
})
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY)
const rounds = Number(values.rounds ?? Number.POSITIVE_INFINITY)
const first = Number(values.seed ?? Date.now() % 1_000_000_000)
if ([minutes, rounds, first].some(Number.isNaN)) {
  console.error('usage: npm run test:soak -- [--minutes N] [--seed S] [--rounds N]')
  process.exit(2)
}

const started = performance.now()
const asked: Asked = { queries: 0, kinds: {} }
const reached: Tally = {}
const steps: Tally = {}
const sizes: Tally = {}
let done = 0
let records = 0
let printed = started
let stopped = false
process.once('SIGINT', () => {
  stopped = true
})

const seconds = () => Math.round((performance.now() - started) / 1000)
const isOver = () => stopped || done >= rounds || performance.now() - started > minutes * 60_000
const listed = (tally: Tally) =>
  Object.entries(tally)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, count]) => `${what} ${count.toLocaleString('en')}`)

function add(tally: Tally, more: Readonly<Tally>): void {
  for (const [what, count] of Object.entries(more)) tally[what] = (tally[what] ?? 0) + count
}

function progress(): void {
  printed = performance.now()
  const totals = { rounds: done, queries: asked.queries, records }
  console.log(`${seconds()} s: ${[...listed(totals), ...listed(sizes)].join(', ')}; ${listed(steps).join(', ')}`)
}

function summary(): void {
  progress()
  console.log(`\nqueries by kind:\n  ${listed(asked.kinds).join('\n  ')}`)
  console.log(`\nreached (number of segments, columns or rounds):\n  ${listed(reached).join('\n  ')}`)
}

async function report(seed: number, history: readonly Step[], failure: Failure): Promise<void> {
  console.log(`\nround ${seed} after ${seconds()} s, ${done} rounds and ${asked.queries} queries: ${failure.message}`)
  console.log(`repeat it with: npm run test:soak -- --seed ${seed} --rounds 1\n\nshrinking …`)
  const shrunk = await shrink(history, failure)
  if (shrunk === null) console.log('this query alone does not reproduce it; it depends on earlier queries of the round')
  else console.log(`history:\n${historyText(shrunk.history)}\n\n${shrunk.message}`)
}

/** Runs one round. Returns null if all answers were right. */
async function failureOf(seed: number): Promise<{ history: readonly Step[]; failure: Failure } | null> {
  const { history, size } = historyOf(seed)
  try {
    const round = await openRound(seed, history, size)
    const last = round.replayed.moments.at(-1)!
    add(steps, round.replayed.steps)
    add(sizes, { [size]: 1 })
    records += last.records.company.length + last.records.contact.length
    noteReached(last, reached)
    for (let outcome = round.next(asked); outcome !== null && !stopped; outcome = round.next(asked)) {
      if (outcome !== 'right') return { history, failure: outcome }
      await turn()
      if (performance.now() - printed > EVERY) progress()
    }
    return null
  } catch (error) {
    return { history, failure: { message: messageOf(error), question: null, shrink: () => null } }
  }
}

console.log(`seed ${first}`)
while (!isOver()) {
  const seed = first + done
  const found = await failureOf(seed)
  if (found !== null) {
    await report(seed, found.history, found.failure)
    process.exit(1)
  }
  done++
}
summary()
process.exit(0)
