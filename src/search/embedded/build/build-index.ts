/**
 * Builds the whole index from one snapshot of the database. Small tables are read in the calling thread. Of others, several
 * processes each read some parts. Two of them keep two cores busy: one processes its rows while PostgreSQL reads those of the
 * other.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { SERVICES, type Service } from '../../../fields.ts'
import { scriptBeside } from '../../../runtime/script-beside.ts'
import type { Moment } from '../../engine.ts'
import type { Entry, IndexState } from '../index-state.ts'
import type { SegmentData } from '../segment/segment.ts'
import { type BuildOrder, buildParts } from './build-parts.ts'
import { readSegments } from './segment-stream.ts'

const MAX_PROCESSES = 4
/**
 * With fewer pages of 8 kB in all tables, no process is started. That takes as long as reading this many pages, and such a build
 * takes little memory.
 */
const SMALL_DATABASE = 1_000
/** A table with fewer pages is not divided. */
const SMALL_TABLE = 4_000
/** The approximate largest number of pages of a part. A process holds the segments of a part until it has read all of it. */
const LARGEST_PART = 60_000

/** The number of characters of a failed process's error output that go into the log. */
const OUTPUT_LOGGED = 2000

type Builder = ChildProcessByStdio<Writable, Readable, Readable>

/** Resolves with the finished index. Rejects if reading fails or `signal` aborts; all processes are then killed. */
export async function buildIndex(
  { databaseUrl, ownDatabase }: Pick<BuildOrder, 'databaseUrl' | 'ownDatabase'>,
  moment: Moment,
  signal: AbortSignal,
): Promise<IndexState> {
  const { snapshotId, pages } = moment
  const most = Math.min(MAX_PROCESSES, Math.max(1, availableParallelism()))
  const parts = SERVICES.flatMap(service => cut(service, pages[service], most))
  const entries: Record<Service, Entry[]> = { company: [], contact: [] }
  const take = (segment: SegmentData) => {
    entries[segment.service].push({ segment, dead: null, live: segment.size })
  }
  const order = { databaseUrl, ownDatabase, snapshotId, parts }
  if (pages.company + pages.contact < SMALL_DATABASE) await buildParts(order, take, signal)
  // Small tables are not worth several processes.
  else await buildInProcesses(order, parts.length > SERVICES.length ? most : 1, take, signal)
  return entries
}

async function buildInProcesses(
  order: BuildOrder,
  processes: number,
  take: (segment: SegmentData) => void,
  signal: AbortSignal,
): Promise<void> {
  const running: Builder[] = []
  const stop = () => {
    for (const builder of running) builder.kill('SIGKILL')
  }
  signal.addEventListener('abort', stop)
  try {
    // Inside the try block, because starting a process may fail after another one has been started.
    for (let number = 0; number < processes; number++) {
      const parts = order.parts.filter((_, place) => place % processes === number)
      running.push(startBuilder({ ...order, parts }))
    }
    if (signal.aborted) stop()
    await Promise.all(running.map(builder => receive(builder, take)))
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/**
 * Divides a table into equal parts, at least one per process unless the table is small. The last part has no end, because the
 * table may have grown.
 */
function cut(service: Service, pages: number, processes: number): BuildOrder['parts'] {
  const count = pages < SMALL_TABLE ? 1 : processes * Math.ceil(pages / processes / LARGEST_PART)
  const at = (part: number) => Math.floor((pages * part) / count)
  return Array.from({ length: count }, (_, part) => ({
    service,
    pages: { from: at(part), to: part + 1 < count ? at(part + 1) : null },
  }))
}

/**
 * The order is one line of JSON on its standard input, because arguments are visible to other users and the URL may contain a
 * password. The input stays open. If this process ends, the builder sees the end of its input and ends too.
 */
function startBuilder(order: BuildOrder): Builder {
  const script = fileURLToPath(scriptBeside(import.meta.url, 'build-process'))
  const builder = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] })
  // The process may end before it has read its order. That error is ignored here; its exit is handled in `receive`.
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
  let output = ''
  builder.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-OUTPUT_LOGGED)
  })
  let streamError = ''
  try {
    for await (const segment of readSegments(builder.stdout)) take(segment)
  } catch (error) {
    // This error only says that the stream ended early. The exit code and error output are added to it below.
    streamError = `, ${(error as Error).message}`
    builder.kill('SIGKILL')
  }
  const end = await ended
  if (end === '0' && streamError === '') return
  throw new Error(`a search index build process ended with ${end}${streamError}: ${output.trim()}`)
}
