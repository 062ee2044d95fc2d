/**
 * `bench build`: how long `connectra serve` takes to become ready, from PostgreSQL and from the snapshot that a clean stop leaves, and how
 * much more memory it then uses than without records. PostgreSQL runs separately.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import type { BenchOptions } from '../options.ts'
import { significant } from '../shared/figures.ts'
import { type Memory, SETTLE_MS } from '../shared/memory.ts'
import { printReport } from '../shared/report.ts'
import { SNAPSHOT, startServe } from '../shared/serve-process.ts'

interface Start {
  readonly readySeconds: number
  /** `SETTLE_MS` after it was ready. */
  readonly memory: Memory
}

export async function benchBuild(options: BenchOptions): Promise<void> {
  const { sizes } = options
  await withDatabase(async ({ url, database, directory, createDatabase }) => {
    const idle = await measureStart(await createDatabase('bench_empty'), join(directory, 'empty'))
    await loadRecords(database, createGenerator(sizes))
    // Otherwise the loaded records would be written to disk while the start is measured.
    await database.query('CHECKPOINT')
    const dataDir = join(directory, 'loaded')
    const fromDatabase = await measureStart(url, dataDir)
    const fromSnapshot = existsSync(join(dataDir, SNAPSHOT)) ? await measureStart(url, dataDir) : null
    const over = (start: Start) => start.memory.resident - idle.memory.resident
    const records = sizes.contacts + sizes.companies
    const figures = {
      idle,
      fromDatabase,
      fromSnapshot,
      recordsPerSecond: records / fromDatabase.readySeconds,
      memoryOverIdle: over(fromDatabase),
      memoryOverIdleFromSnapshot: fromSnapshot && over(fromSnapshot),
    }
    printReport(options, figures, [
      {
        header: ['', 'goal', 'measured'],
        rows: [
          ['ready, empty, s', '', significant(idle.readySeconds)],
          ['ready, from PostgreSQL, s', '≤ 10', significant(fromDatabase.readySeconds)],
          ['ready, from a snapshot, s', '≤ 1.5', fromSnapshot ? significant(fromSnapshot.readySeconds) : '–'],
          ['resident, empty, MB', '', significant(idle.memory.resident)],
          ['resident above empty, from PostgreSQL, MB', '≤ 500', significant(over(fromDatabase))],
          ['resident above empty, from a snapshot, MB', '≤ 500', fromSnapshot ? significant(over(fromSnapshot)) : '–'],
          ['peak while building, MB', '', significant(fromDatabase.memory.peak)],
          ['records per second, from PostgreSQL', '', significant(figures.recordsPerSecond)],
        ],
      },
    ])
  })
}

async function measureStart(databaseUrl: string, dataDir: string): Promise<Start> {
  const serve = await startServe({ databaseUrl, dataDir })
  await delay(SETTLE_MS)
  const start = { readySeconds: serve.readySeconds, memory: serve.memory() }
  await serve.stop()
  return start
}
