/** What each stage of an import takes of a processor when it runs alone, in microseconds a row. */
import { createReadStream } from 'node:fs'
import { decode } from '../../src/csv/encoding.ts'
import { openCsv } from '../../src/csv/read.ts'
import { type Database, transaction } from '../../src/database/pool.ts'
import { type BatchOfFile, importBatches } from '../../src/jobs/import/import-batches.ts'
import { copyStaged } from '../../src/records/write/stage.ts'
import { commitBatch, mergeBatch } from '../../src/records/write/upsert.ts'

export interface Stage {
  readonly name: string
  readonly microseconds: number
}

const read = (file: string) => createReadStream(file, { highWaterMark: 256 * 1024 })

/** `database`: without the records of the file; with them afterwards. The stages come in the order of the pipeline. */
export async function measureStages(file: string, rows: number, database: Database): Promise<Stage[]> {
  const upTo: number[] = []
  const measure = async (work: () => Promise<void>) => {
    const started = performance.now()
    await work()
    upTo.push(((performance.now() - started) * 1000) / rows)
  }
  await measure(async () => {
    for await (const _ of read(file));
  })
  await measure(async () => {
    for await (const _ of decode(read(file)));
  })
  await measure(async () => {
    const { records } = await openCsv(decode(read(file)))
    for await (const _ of records);
  })
  const batches: BatchOfFile[] = []
  await measure(async () => {
    for await (const batch of importBatches(read(file), { options: {}, from: null })) batches.push(batch)
  })
  const names = ['read', 'decode', 'parse', 'clean, identify, write as COPY takes it']
  const stages = upTo.map((sum, place) => ({ name: names[place]!, microseconds: sum - (upTo[place - 1] ?? 0) }))
  const inDatabase: number[] = []
  const measureEach = async (work: (batch: BatchOfFile) => Promise<unknown>) => {
    const started = performance.now()
    for (const batch of batches) await work(batch)
    inDatabase.push(((performance.now() - started) * 1000) / rows)
  }
  await measureEach(({ records }) =>
    transaction(database, async connection => {
      await copyStaged(connection, 'company', records.companies)
      await copyStaged(connection, 'contact', records.contacts)
    }),
  )
  await measureEach(({ records }) =>
    transaction(database, async connection => await commitBatch(connection, await mergeBatch(connection, records))),
  )
  const [copy, all] = inDatabase as [number, number]
  return [
    ...stages,
    { name: 'COPY to a temporary table', microseconds: copy },
    { name: 'merge and commit', microseconds: all - copy },
  ]
}
