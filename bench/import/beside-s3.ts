/**
 * `bench import --beside-s3`: new rows from a file in the data directory and from the same file in the bucket at S3_BUCKET, in turn.
 * Each import runs in a server that has just started, on an empty database.
 */
import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import { openPool } from '../../src/database/pool.ts'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { median, significant } from '../shared/figures.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { measureSeconds, runJob } from '../shared/run-job.ts'
import { API_KEY, type ServeOptions, startServe } from '../shared/serve-process.ts'
import { writeImportFile } from './write-file.ts'

const ROUNDS = 3
const GOAL = 0.9

interface Side {
  readonly name: 'directory' | 'S3'
  readonly settings: Readonly<Record<string, string>>
  /** Of each round. */
  readonly perSecond: number[]
}

export async function benchBesideS3(options: BenchOptions): Promise<void> {
  const bucket = process.env.S3_BUCKET
  if (bucket === undefined) throw new Error('S3_BUCKET is not set: it is the bucket to measure')
  const rows = options.sizes.contacts
  const say = startProgress()
  await withDatabase(async ({ directory, createDatabase }) => {
    const file = join(directory, 'rows.csv')
    await writeImportFile(file, createGenerator(options.sizes), 'as generated')
    const sides: readonly Side[] = [
      { name: 'directory', settings: {}, perSecond: [] },
      { name: 'S3', settings: { S3_BUCKET: bucket }, perSecond: [] },
    ]
    for (let round = 0; round < ROUNDS; round++)
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const name = `${side.name.toLowerCase()}_${round}`
        const databaseUrl = await createDatabase(name)
        const seconds = await measureImport(file, {
          databaseUrl,
          dataDir: join(directory, name),
          settings: side.settings,
        })
        side.perSecond.push(rows / seconds)
        say(`${side.name}: ${significant(rows / seconds)} rows/s`)
      }
    const [fromDirectory, fromS3] = sides.map(({ perSecond }) => median(perSecond))
    printReport(options, { rows, rounds: ROUNDS, fromDirectory, fromS3 }, [
      {
        header: [`${rows.toLocaleString('en')} new rows`, 'rows per second', 'ratio', 'goal ≥'],
        rows: [
          ['from the data directory', significant(fromDirectory!), '1×', ''],
          ['from S3', significant(fromS3!), `${significant(fromS3! / fromDirectory!)}×`, `${GOAL}×`],
        ],
      },
    ])
  })
}

/** Seconds from the creation of the job until its rows can be searched. */
async function measureImport(file: string, options: ServeOptions & { readonly databaseUrl: string }): Promise<number> {
  const serve = await startServe(options)
  const database = openPool(options.databaseUrl)
  const s3_key = await upload(serve.url, file)
  const seconds = await measureSeconds(() => runJob(database, 'insert_csv_file', { s3_key }))
  await database.end()
  await serve.stop()
  return seconds
}

/** Uploads as clients do. Returns the key of the file. */
async function upload(url: string, file: string): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}` }
  const reply = await fetch(`${url}/common/upload-url?filename=rows.csv`, { headers })
  const { upload_url, s3_key } = (await reply.json()) as { upload_url: string; s3_key: string }
  const { ok, status } = await fetch(upload_url, { method: 'PUT', body: await openAsBlob(file) })
  if (!ok) throw new Error(`the upload failed with status ${status}`)
  return s3_key
}
