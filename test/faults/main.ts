/**
 * `npm run test:faults -- [--kills N] [--freezes N] [--rows N] [--seed S]`: kills and freezes workers, PostgreSQL and whole
 * installations during imports and exports. Exits with 1 if an end state differs or a takeover was late.
 *
 * `npm run test:faults -- --cluster [--rounds N] [--seed S] [--from N] [--only REGEX]`: causes faults on a cluster of several nodes with S3 and
 * OpenSearch. Exits with 1 if something is lost or wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeFigures, runClusterFaults } from './cluster/run-rounds.ts'
import { runFaults } from './run-faults.ts'
import { takeovers } from './takeovers.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    freezes: { type: 'string', default: '1' },
    rows: { type: 'string', default: '12000' },
    cluster: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
})
const { kills, freezes, rows, rounds, from, seed } = {
  kills: readNumber(values.kills),
  freezes: readNumber(values.freezes),
  rows: readNumber(values.rows),
  rounds: readNumber(values.rounds),
  from: readNumber(values.from),
  seed: readNumber(values.seed),
}
const log = (line: string) => console.log(line)
const began = performance.now()
log(`seed ${seed}`)
const directory = await mkdtemp(join(tmpdir(), 'faults-'))
try {
  if (values.cluster)
    log(describeFigures(await runClusterFaults({ seed, from, rounds, only: new RegExp(values.only), directory, log })))
  else await runSingle()
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}

function readNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`usage: npm run test:faults -- [--kills N] [--freezes N] [--rows N] [--seed S]
       npm run test:faults -- --cluster [--rounds N] [--seed S] [--from N] [--only REGEX]`)
  process.exit(2)
}

async function runSingle(): Promise<void> {
  const figures = await runFaults({ seed, kills, freezes, rows, directory, log })
  const { worker, database, tree, freeze } = figures.faults
  console.log(
    `${figures.rounds} rounds in ${Math.round((performance.now() - began) / 1000)} s: killed ${worker} workers, ${database} databases, ${tree} whole trees; froze ${freeze} workers`,
  )
  const { text, late } = takeovers(figures)
  console.log(text)
  if (late) process.exitCode = 1
}
