/**
 * `bench growth`: how the time of each class of queries and the index itself grow, from 1/100 and 1/10 of the given sizes to all of
 * them. It needs no database: filling one at the largest size would take an hour.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexState } from '../../src/search/embedded/index-state.ts'
import { readSnapshot } from '../../src/search/embedded/snapshot/read-snapshot.ts'
import { writeSnapshot } from '../../src/search/embedded/snapshot/write-snapshot.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { buildIndex } from '../search/build-index.ts'
import { measureClasses } from '../search/measure-classes.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { type GrowthFigures, growthTables } from './growth-tables.ts'

const SHARES = [0.01, 0.1, 1]

export async function benchGrowth(options: BenchOptions): Promise<void> {
  const say = startProgress()
  const measured: GrowthFigures[] = []
  for (const share of SHARES) {
    const sizes = {
      contacts: Math.round(options.sizes.contacts * share),
      companies: Math.round(options.sizes.companies * share),
    }
    say(`building the index of ${sizes.contacts} contacts and ${sizes.companies} companies …`)
    const { engine, state, ...index } = await buildIndex(sizes)
    const classes = await measureClasses(options, createGenerator(sizes), engine, null, say)
    const resident = process.memoryUsage.rss() / 1e6
    say('writing and reading the snapshot …')
    measured.push({ ...index, sizes, classes, resident, ...(await measureSnapshot(state)) })
  }
  printReport(options, { measured }, growthTables(measured))
}

async function measureSnapshot(state: IndexState) {
  const directory = await mkdtemp(join(tmpdir(), 'connectra-bench-'))
  try {
    const started = performance.now()
    await writeSnapshot(directory, { state, position: { seq: 1, token: 'growth' } }, new Map())
    const written = performance.now()
    await readSnapshot(directory, new AbortController().signal)
    return { snapshotWritten: (written - started) / 1000, snapshotRead: (performance.now() - written) / 1000 }
  } finally {
    await rm(directory, { recursive: true })
  }
}
