import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rounds } from '../helpers/rounds.ts'
import { runFaults } from './run-faults.ts'
import { takeovers } from './takeovers.ts'

const KILLS = rounds(1, 20)
const ROWS = rounds(4000, 8000)
const seed = Date.now() % 1_000_000_000

test(`imports and exports whose processes are killed end as if nothing had happened (--seed ${seed})`, async context => {
  const directory = await mkdtemp(join(tmpdir(), 'faults-'))
  context.after(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  const log = (line: string) => context.diagnostic(line)
  const figures = await runFaults({ seed, kills: KILLS, freezes: 0, rows: ROWS, directory, log })
  const { text } = takeovers(figures)
  context.diagnostic(`${JSON.stringify(figures.faults)}; ${text}`)
  assert.equal(figures.faults.worker + figures.faults.database + figures.faults.tree, KILLS)
})
