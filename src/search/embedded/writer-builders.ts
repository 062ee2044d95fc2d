/**
 * Builds a whole index from a moment of the database: a few threads, each of which takes the next part of a table when it
 * has done one. Two of them keep two cores busy, one with its rows while PostgreSQL reads the other's.
 */
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SERVICES, type Service } from '../../fields.ts'
import type { Moment } from '../engine.ts'
import type { Entry, IndexState } from './index-state.ts'
import { type BuildPart, type BuildThreadData, type FromBuilder, THREAD_LIMITS } from './writer-messages.ts'

const MOST_THREADS = 4
/** Pages of 8 kB below which a table is one part, and that a part has at most. */
const SMALL_TABLE = 4_000
const LARGEST_PART = 60_000

/** Resolves with the index when all is built. After a failure, or when `signal` aborts, no thread is left and it rejects. */
export async function buildFromMoment(databaseUrl: string, moment: Moment, signal: AbortSignal): Promise<IndexState> {
  const threads = Math.min(MOST_THREADS, Math.max(1, availableParallelism()))
  const parts = SERVICES.flatMap(service => cut(service, moment.pages[service], threads))
  const entries: Record<Service, Entry[]> = { company: [], contact: [] }
  const take = (message: FromBuilder & { type: 'segment' }) => {
    const { segment } = message
    entries[segment.service].push({ segment, dead: null, live: segment.size })
  }
  const data: BuildThreadData = { databaseUrl, snapshotId: moment.snapshotId }
  const running = parts.slice(0, threads).map(() => runThread(data, parts, take))
  const stop = () => {
    for (const { thread } of running) void thread.terminate()
  }
  signal.addEventListener('abort', stop)
  try {
    await Promise.all(running.map(({ done }) => done))
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
  signal.throwIfAborted()
  return entries
}

/** Equal parts, at least one for each thread unless the table is small; the last one has no end: the table may have grown. */
function cut(service: Service, pages: number, threads: number): BuildPart[] {
  const count = pages < SMALL_TABLE ? 1 : threads * Math.ceil(pages / threads / LARGEST_PART)
  const at = (part: number) => Math.floor((pages * part) / count)
  return Array.from({ length: count }, (_, part) => ({
    service,
    pages: { from: at(part), to: part + 1 < count ? at(part + 1) : null },
  }))
}

function runThread(
  workerData: BuildThreadData,
  parts: BuildPart[],
  take: (message: FromBuilder & { type: 'segment' }) => void,
): { readonly thread: Worker; readonly done: Promise<void> } {
  const thread = new Worker(new URL(`./writer-build${extname(import.meta.url)}`, import.meta.url), {
    workerData,
    name: 'connectra-build',
    resourceLimits: THREAD_LIMITS,
  })
  const done = new Promise<void>((resolve, reject) => {
    let finished = false
    thread.on('message', (message: FromBuilder) => {
      if (message.type === 'segment') return take(message)
      const part = parts.pop() ?? null
      finished = part === null
      thread.postMessage(part)
    })
    thread.once('error', reject)
    thread.once('exit', () => (finished ? resolve() : reject(new Error('a thread that builds the search index ended'))))
  })
  return { thread, done }
}
