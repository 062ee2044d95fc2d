/** The merger: one thread beside the writer that runs one merge at a time. Started when there is something to merge. */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { MergePlan } from './merge-policy.ts'
import type { SegmentData } from './segment.ts'
import { THREAD_LIMITS } from './writer-messages.ts'

export interface Merger {
  busy(): boolean
  run(plan: MergePlan): void
  close(): Promise<void>
}

/** `onMerged` gets each plan back with its result. A merge that fails throws in the thread that called. */
export function createMerger(onMerged: (plan: MergePlan, merged: SegmentData | null) => void): Merger {
  let worker: Worker | null = null
  let running: MergePlan | null = null

  function start(): Worker {
    const started = new Worker(new URL(`./writer-merge${extname(import.meta.url)}`, import.meta.url), {
      name: 'connectra-merge',
      resourceLimits: THREAD_LIMITS,
    })
    started.on('message', (merged: SegmentData | null) => {
      const plan = running!
      running = null
      onMerged(plan, merged)
    })
    started.on('error', error => {
      throw error
    })
    return started
  }

  return {
    busy: () => running !== null,
    run(plan) {
      worker ??= start()
      running = plan
      worker.postMessage(plan)
    },
    async close() {
      worker?.removeAllListeners('message')
      await worker?.terminate()
    },
  }
}
