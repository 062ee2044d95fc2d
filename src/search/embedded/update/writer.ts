/** The writer: starts the writer thread, passes on what it publishes, and replaces it when it fails. */
import { Worker } from 'node:worker_threads'
import type { Log } from '../../../runtime/log.ts'
import { scriptBeside } from '../../../runtime/script-beside.ts'
import { endOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { unpackDetails } from '../../packed-log.ts'
import type { Published } from '../index-state.ts'
import type { SnapshotPatience } from '../snapshot/schedule.ts'
import { type FromWriter, THREAD_LIMITS, type ToWriter, type WriterData } from './writer-messages.ts'

const SCRIPT = scriptBeside(import.meta.url, 'writer-thread')

/** Milliseconds. */
const RESTART_AFTER = 100
const LONGEST_PAUSE = 10_000
const END_WITHIN = 500
/** Used instead of END_WITHIN when there is a snapshot: usually only a small part of it still has to be written. */
const WRITE_WITHIN = 900
const MAX_FAILURES = 3

export interface WriterOptions {
  readonly databaseUrl: string
  readonly ownDatabase: boolean
  readonly log: Log
  /** The directory of the snapshot, or null. */
  readonly directory: string | null
  readonly patience: SnapshotPatience
  /** The last published state, from which a new thread starts. */
  readonly current: () => Published | null
  /** `complete`: the state includes everything that was committed when the thread started. */
  readonly onPublished: (published: Published, complete: boolean) => void
  /** The database does not know the position of the published state. Until the next complete state, any write may be missing from it. */
  readonly onOutdated: () => void
  /** The index is being rebuilt because it is outdated. */
  readonly onRebuilding: () => void
}

export interface Writer {
  /** Lets the thread write its snapshot and end. Resolves when it has ended, or was terminated because it took too long. */
  close(): Promise<void>
}

export function startWriter(options: WriterOptions): Writer {
  const { databaseUrl, ownDatabase, log, directory, patience, current, onPublished, onOutdated, onRebuilding } = options
  let closed = false
  let failures = 0
  let restart: NodeJS.Timeout | undefined
  let running = start()

  function start(): { readonly thread: Worker; readonly exited: Promise<void> } {
    // After MAX_FAILURES the published state is suspected of crashing the writer, so the next writer rebuilds the index.
    // A snapshot is no longer trusted after the first failure.
    const data: WriterData = {
      databaseUrl,
      ownDatabase,
      published: failures < MAX_FAILURES ? current() : null,
      snapshot: directory === null ? null : { directory, patience, load: failures === 0 },
    }
    const thread = new Worker(SCRIPT, { workerData: data, name: 'connectra-index', resourceLimits: THREAD_LIMITS })
    thread.on('message', (message: FromWriter) => {
      if (message.type === 'log') log[message.level](unpackDetails(message), message.message)
      else if (closed) return
      else if (message.type === 'outdated') onOutdated()
      else if (message.type === 'rebuilding') onRebuilding()
      else {
        failures = 0
        onPublished(message.published, message.complete)
      }
    })
    thread.on('error', error => {
      failures++
      log.error({ err: error, failures }, 'the index writer failed; searches continue on the last published state')
    })
    endOnUnreadable(thread)
    const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()))
    void exited.then(() => {
      if (closed) return
      const pause = Math.min(RESTART_AFTER * 2 ** failures, LONGEST_PAUSE)
      restart = setTimeout(() => {
        running = start()
      }, pause)
    })
    return { thread, exited }
  }

  return {
    async close() {
      closed = true
      clearTimeout(restart)
      const { thread, exited } = running
      thread.postMessage('close' satisfies ToWriter)
      // The thread does not see the message while it applies a large batch, and writing the last snapshot may take too
      // long. It is then terminated, and the previous snapshot stays.
      const timer = setTimeout(() => thread.terminate(), directory === null ? END_WITHIN : WRITE_WITHIN)
      await exited
      clearTimeout(timer)
    },
  }
}
