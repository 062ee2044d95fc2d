/**
 * Builds a whole index from a moment of the database: a few processes, each of which reads some parts of the tables. Two of them
 * keep two cores busy, one with its rows while PostgreSQL reads the other's.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { SERVICES, type Service } from '../../../fields.ts'
import type { Pages } from '../../../records/read/binary-rows.ts'
import type { Moment } from '../../engine.ts'
import type { Entry, IndexState } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import { readSegments } from './segment-stream.ts'

/** What a building process reads from its standard input, as a line of JSON: arguments can be seen by others, and the URL has a password. */
export interface BuildOrder {
  readonly databaseUrl: string
  readonly snapshotId: string
  readonly parts: readonly { readonly service: Service; readonly pages: Pages }[]
}

const MOST_PROCESSES = 4
/** Pages of 8 kB below which a table is one part. */
const SMALL_TABLE = 4_000
/** Pages of a part at most, about: a process keeps the segments of a part until it has read all of it. */
const LARGEST_PART = 60_000

/** Characters of what a failing process says that go into the log. */
const SAID = 2000

type Builder = ChildProcessByStdio<Writable, Readable, Readable>

/** Resolves with the index when all is built. Rejects when a process fails or `signal` aborts; all processes are killed then. */
export async function buildIndex(databaseUrl: string, moment: Moment, signal: AbortSignal): Promise<IndexState> {
  const most = Math.min(MOST_PROCESSES, Math.max(1, availableParallelism()))
  const parts = SERVICES.flatMap(service => cut(service, moment.pages[service], most))
  // A table that is small is not worth a process of its own.
  const processes = parts.length > SERVICES.length ? most : 1
  const entries: Record<Service, Entry[]> = { company: [], contact: [] }
  const take = (segment: SegmentData) => {
    entries[segment.service].push({ segment, dead: null, live: segment.size })
  }
  const running: Builder[] = []
  const stop = () => {
    for (const builder of running) builder.kill('SIGKILL')
  }
  signal.addEventListener('abort', stop)
  try {
    // In here, as the system may refuse the second process when the first one runs.
    for (let number = 0; number < processes; number++) {
      const own = parts.filter((_, place) => place % processes === number)
      running.push(startBuilder({ databaseUrl, snapshotId: moment.snapshotId, parts: own }))
    }
    if (signal.aborted) stop()
    await Promise.all(running.map(builder => receive(builder, take)))
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
  return entries
}

/** Equal parts, at least one for each process unless the table is small; the last one has no end: the table may have grown. */
function cut(service: Service, pages: number, processes: number): BuildOrder['parts'] {
  const count = pages < SMALL_TABLE ? 1 : processes * Math.ceil(pages / processes / LARGEST_PART)
  const at = (part: number) => Math.floor((pages * part) / count)
  return Array.from({ length: count }, (_, part) => ({
    service,
    pages: { from: at(part), to: part + 1 < count ? at(part + 1) : null },
  }))
}

/** Its standard input stays open: when it ends, this process has ended, and so does the builder. */
function startBuilder(order: BuildOrder): Builder {
  const script = fileURLToPath(new URL(`./build-process${extname(import.meta.url)}`, import.meta.url))
  const builder = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] })
  // It may be gone before it has read its order; that it is gone is told by its end.
  builder.stdin.on('error', () => {})
  builder.stdin.write(`${JSON.stringify(order)}\n`)
  return builder
}

async function receive(builder: Builder, take: (segment: SegmentData) => void): Promise<void> {
  const ended = new Promise<string>((resolve, reject) => {
    builder.once('error', reject)
    builder.once('exit', (code, killedBy) => resolve(killedBy ?? String(code)))
  })
  ended.catch(() => {})
  let said = ''
  builder.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID)
  })
  let broken = ''
  try {
    for await (const segment of readSegments(builder.stdout)) take(segment)
  } catch (error) {
    // By itself it only says that the stream broke off: what the process ended with belongs to it.
    broken = `, ${(error as Error).message}`
    builder.kill('SIGKILL')
  }
  const end = await ended
  if (end === '0' && broken === '') return
  throw new Error(`a process that builds the search index ended with ${end}${broken}: ${said.trim()}`)
}
