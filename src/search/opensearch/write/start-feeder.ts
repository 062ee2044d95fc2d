/** Starts the thread that feeds the index, and replaces it when it fails. */
import { Worker } from 'node:worker_threads'
import type { Log } from '../../../runtime/log.ts'
import { scriptBeside } from '../../../runtime/script-beside.ts'
import { endOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { type LogMessage, unpackDetails } from '../../packed-log.ts'
import type { ClusterOptions } from '../cluster/indexes.ts'

const SCRIPT = scriptBeside(import.meta.url, 'feeder-thread')
/** Milliseconds. */
const RESTART_AFTER = 1_000
const END_WITHIN = 700

/** What the thread starts with. */
export interface FeederData {
  readonly databaseUrl: string
  readonly cluster: ClusterOptions
}

export interface Feeder {
  /** Ends the thread. What it has not written is written by the next leader. */
  close(): Promise<void>
}

export function startFeeder(data: FeederData, log: Log): Feeder {
  let closed = false
  let restart: NodeJS.Timeout | undefined
  let running = start()

  function start(): { readonly thread: Worker; readonly exited: Promise<void> } {
    const thread = new Worker(SCRIPT, { workerData: data, name: 'connectra-feed' })
    thread.on('message', (message: LogMessage) => log[message.level](unpackDetails(message), message.message))
    thread.on('error', error =>
      log.error({ err: error }, 'the thread that feeds the search indexes failed; starting it again'),
    )
    endOnUnreadable(thread)
    const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()))
    void exited.then(() => {
      if (closed) return
      restart = setTimeout(() => {
        running = start()
      }, RESTART_AFTER)
    })
    return { thread, exited }
  }

  return {
    async close() {
      closed = true
      clearTimeout(restart)
      const { thread, exited } = running
      thread.postMessage('close')
      const timer = setTimeout(() => thread.terminate(), END_WITHIN)
      await exited
      clearTimeout(timer)
    },
  }
}
