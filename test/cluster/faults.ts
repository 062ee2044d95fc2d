/** A short form of `npm run test:faults -- --cluster`. Run it with `npm run test:cluster`, or alone with `node test/cluster/faults.ts`. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runClusterFaults } from '../faults/cluster/run-rounds.ts'

const ROUNDS = 6
/** Milliseconds in which rounds begin. */
const LONGEST = 35_000
/** OpenSearch takes 20 s to start again. */
const SHORT_FAULTS = /^(?!OpenSearch is killed)/

/** Registers the test. */
export async function describeFaults(): Promise<void> {
  const seed = Date.now() % 1_000_000_000
  test(`a cluster under load loses nothing when its parts are killed or suspended (--seed ${seed})`, async t => {
    const directory = await mkdtemp(join(tmpdir(), 'faults-'))
    t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
    const limits = { from: 0, rounds: ROUNDS, longest: LONGEST, only: SHORT_FAULTS }
    const { faults } = await runClusterFaults({ seed, ...limits, directory, log: line => t.diagnostic(line) })
    assert.ok(faults.size > 0)
  })
}

if (import.meta.main) await describeFaults()
