/** What `bench guard` measures in one tree. Runs in a process of that tree (side.ts). */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { migrate } from '../../src/database/migrate.ts'
import { openPool } from '../../src/database/pool.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { createGenerator, type Sizes } from '../data/generate.ts'
import { loadRecords } from '../data/load-records.ts'
import { createRandom } from '../data/random.ts'
import { askEngine, type Bounds, drawRequests, timeRequests } from '../queries/ask.ts'
import { type CursorFinder, createCursorFinder } from '../queries/cursors.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { median } from '../shared/figures.ts'
import { openStore } from '../shared/open-store.ts'
import { quietLog } from '../shared/quiet-log.ts'
import { measureSeconds, runJob } from '../shared/run-job.ts'
import { SNAPSHOT, startServe } from '../shared/serve-process.ts'

export interface Setup {
  /** Of an empty database. */
  readonly databaseUrl: string
  /** An empty directory. */
  readonly dataDir: string
  readonly sizes: Sizes
  /** The CSV file to import, and the same with a changed field in every row. */
  readonly files: { readonly fresh: string; readonly changed: string }
}

export type Tasks = ReturnType<typeof createTasks>

/** One measurement of a class. */
const BOUNDS: Bounds = { requests: 150, ms: 80 }
/** Until the process has returned freed memory to the system. Milliseconds. */
const SETTLE_MS = 3000

export function createTasks({ databaseUrl, dataDir, sizes, files }: Setup) {
  const database = openPool(databaseUrl)
  const generator = createGenerator(sizes)
  const classes = queryClasses(generator)
  const removeSnapshot = () => rm(join(dataDir, SNAPSHOT), { recursive: true, force: true })
  let opened: { readonly engine: SearchEngine; readonly findCursor: CursorFinder } | undefined

  return {
    /** Fills the database and the store of files. */
    async load(): Promise<void> {
      await migrate(database)
      await loadRecords(database, generator)
      await database.query('CHECKPOINT')
      const store = await openStore(dataDir)
      for (const [key, file] of Object.entries(files)) await store.put(keyOf(key), createReadStream(file))
    },

    /** Starts a server without and then with a snapshot. Returns the seconds until it was ready, and the megabytes that it needed. */
    async start(): Promise<{ fromDatabase: number; fromSnapshot: number; megabytes: number }> {
      await removeSnapshot()
      const first = await startServe({ databaseUrl, dataDir })
      await first.stop()
      const second = await startServe({ databaseUrl, dataDir })
      await delay(SETTLE_MS)
      const megabytes = second.memory().resident
      await second.stop()
      return { fromDatabase: first.readySeconds, fromSnapshot: second.readySeconds, megabytes }
    },

    /** Has to precede `search`. It uses the snapshot if there is one. */
    async openEngine(): Promise<void> {
      const engine = openEmbeddedEngine({ databaseUrl, directory: join(dataDir, SNAPSHOT), log: quietLog })
      await engine.ready()
      opened = { engine, findCursor: createCursorFinder(engine, generator) }
    },

    /** The median of a class of queries, in milliseconds. Each `seed` draws other requests. */
    async search(name: string, seed: number): Promise<number> {
      const { engine, findCursor } = opened!
      const queryClass = classes.find(each => each.name === name)!
      const requests = await drawRequests(queryClass, createRandom(seed), findCursor, BOUNDS.requests)
      return median(await timeRequests(BOUNDS, requests, request => askEngine(engine, request)))
    },

    /** Imports a file into an empty database, then the same file again, then the changed one. Returns the seconds of each. */
    async importFiles(): Promise<{ fresh: number; again: number; changed: number }> {
      await database.query('TRUNCATE companies, contacts; CHECKPOINT')
      await removeSnapshot()
      const serve = await startServe({ databaseUrl, dataDir })
      const seconds = (key: keyof Setup['files']) =>
        measureSeconds(() => runJob(database, 'insert_csv_file', { s3_key: keyOf(key) }))
      const measured = {
        fresh: await seconds('fresh'),
        again: await seconds('fresh'),
        changed: await seconds('changed'),
      }
      await serve.stop()
      return measured
    },
  }
}

const keyOf = (file: string) => `uploads/${file}.csv`
