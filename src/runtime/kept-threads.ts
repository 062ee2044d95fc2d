/** Threads that are kept for a while after their work, because a new one has to load and compile its modules. */
import { type ResourceLimits, Worker } from 'node:worker_threads'
import { endOnUnreadable } from './unreadable-messages.ts'

export interface ThreadProgram {
  readonly script: URL
  readonly name: string
  readonly limits: ResourceLimits
}

export interface KeptThreads {
  /** Returns a kept thread, or else a new one. The process stays alive until it is kept again or ends. */
  take(): Worker
  /** Keeps the thread for the next work, without keeping the process alive. */
  keep(thread: Worker): void
  /** Ends the threads that are kept. */
  drop(): void
}

/** Milliseconds. A new thread takes 0.4 s to load its modules, and another second of processor time to compile them well. */
const KEPT_FOR = 30_000

/** Keeps up to `most` threads that run the program. Each keeps its compiled code. */
export function keepThreads({ script, name, limits }: ThreadProgram, most: number): KeptThreads {
  /** Each with the timer that ends it, the last one kept at the end. */
  const kept = new Map<Worker, NodeJS.Timeout>()

  function start(): Worker {
    const thread = new Worker(script, { name, resourceLimits: limits })
    // An error while nobody waits for the thread must not end the process.
    thread.on('error', () => {})
    endOnUnreadable(thread)
    thread.once('exit', () => remove(thread))
    return thread
  }

  function remove(thread: Worker): void {
    clearTimeout(kept.get(thread))
    kept.delete(thread)
  }

  function end(thread: Worker): void {
    remove(thread)
    void thread.terminate()
  }

  return {
    take() {
      const thread = [...kept.keys()].at(-1)
      if (thread === undefined) return start()
      remove(thread)
      thread.ref()
      return thread
    },
    keep(thread) {
      if (kept.size >= most) return void thread.terminate()
      thread.unref()
      kept.set(thread, setTimeout(end, KEPT_FOR, thread).unref())
    },
    drop() {
      for (const thread of kept.keys()) end(thread)
    },
  }
}
