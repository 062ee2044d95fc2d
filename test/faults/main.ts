/**
 * `npm run test:faults -- [--kills N] [--freezes N] [--rows N] [--seed S]`: kills and freezes workers, PostgreSQL and whole
 * installations during imports and exports. Exits with 1 if an end state differs or a takeover was late.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runFaults } from './run-faults.ts'
import { takeovers } from './takeovers.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    freezes: { type: 'string', default: '1' },
    rows: { type: 'string', default: '12000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
})
const [kills, freezes, rows, seed] = [values.kills, values.freezes, values.rows, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
]
if ([kills, freezes, rows, seed].some(number => !Number.isSafeInteger(number) || number < 0)) {
  console.error('usage: npm run test:faults -- [--kills N] [--freezes N] [--rows N] [--seed S]')
  process.exit(2)
}
const began = performance.now()
console.log(`seed ${seed}`)
const directory = await mkdtemp(join(tmpdir(), 'faults-'))
try {
  const figures = await runFaults({ seed, kills, freezes, rows, directory, log: line => console.log(line) })
  const { worker, database, tree, freeze } = figures.faults
  console.log(
    `${figures.rounds} rounds in ${Math.round((performance.now() - began) / 1000)} s: killed ${worker} workers, ${database} databases, ${tree} whole trees; froze ${freeze} workers`,
  )
  const { text, late } = takeovers(figures)
  console.log(text)
  if (late) process.exitCode = 1
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
