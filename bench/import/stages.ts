/** Measures each stage of an import alone, in microseconds per row. */
import { createReadStream } from 'node:fs'
import { decode } from '../../src/csv/encoding.ts'
import { openCsv } from '../../src/csv/read.ts'
import { type Database, transaction } from '../../src/database/pool.ts'
import { type BatchOfFile, importBatches } from '../../src/jobs/import/import-batches.ts'
import { copyStaged } from '../../src/records/write/stage.ts'
import { commitBatch, mergeBatch } from '../../src/records/write/upsert.ts'
import { measureSeconds } from '../shared/run-job.ts'

export interface Stage {
  readonly name: string
  readonly microseconds: number
}

const read = (file: string) => createReadStream(file, { highWaterMark: 256 * 1024 })

/** Returns the stages in the order of the pipeline. `database` must not have the records of the file yet; it has them afterwards. */
export async function measureStages(file: string, rows: number, database: Database): Promise<Stage[]> {
  const { stages, batches } = await measureFileStages(file, rows)
  return [...stages, ...(await measureDatabaseStages(batches, rows, database))]
}

/** Each run includes one stage more than the one before. The time of a stage is the difference, which may be negative with few rows. */
async function measureFileStages(file: string, rows: number): Promise<{ stages: Stage[]; batches: BatchOfFile[] }> {
  const batches: BatchOfFile[] = []
  const runs: readonly (readonly [name: string, run: () => Promise<void>])[] = [
    ['read', () => drain(read(file))],
    ['decode', () => drain(decode(read(file)))],
    ['parse', async () => drain((await openCsv(decode(read(file)))).records)],
    [
      'clean, identify, encode for COPY',
      async () => {
        for await (const batch of importBatches(read(file), { options: {}, from: null })) batches.push(batch)
      },
    ],
  ]
  const stages: Stage[] = []
  let before = 0
  for (const [name, run] of runs) {
    const microseconds = ((await measureSeconds(run)) * 1e6) / rows
    stages.push({ name, microseconds: microseconds - before })
    before = microseconds
  }
  return { stages, batches }
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/** Merging includes the COPY to temporary tables, so COPY is measured first, without committing any records. */
async function measureDatabaseStages(
  batches: readonly BatchOfFile[],
  rows: number,
  database: Database,
): Promise<Stage[]> {
  const measureEach = async (work: (batch: BatchOfFile) => Promise<unknown>) => {
    const seconds = await measureSeconds(async () => {
      for (const batch of batches) await work(batch)
    })
    return (seconds * 1e6) / rows
  }
  const copy = await measureEach(({ records }) =>
    transaction(database, async connection => {
      await copyStaged(connection, 'company', records.companies.lines)
      await copyStaged(connection, 'contact', records.contacts.lines)
    }),
  )
  const all = await measureEach(({ records }) =>
    transaction(database, async connection => await commitBatch(connection, await mergeBatch(connection, records))),
  )
  return [
    { name: 'COPY to a temporary table', microseconds: copy },
    { name: 'merge and commit', microseconds: all - copy },
  ]
}
