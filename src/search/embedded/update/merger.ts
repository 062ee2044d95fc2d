/** The merger: one thread beside the writer that runs one merge at a time. Started when there is something to merge. */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SegmentData } from '../segment/segment.ts'
import type { MergePlan } from './merge-policy.ts'
import { THREAD_LIMITS } from './writer-messages.ts'

export interface Merger {
  busy(): boolean
  run(plan: MergePlan): void
  close(): Promise<void>
}

export interface MergeOutcome {
  /** Gets a plan back with its result; null: all of it was dead. */
  onMerged(plan: MergePlan, merged: SegmentData | null): void
  /** Gets a plan back that ended its thread. The next one gets a new thread. */
  onFailed(plan: MergePlan, error: unknown): void
}

export function createMerger({ onMerged, onFailed }: MergeOutcome): Merger {
  let worker: Worker | null = null
  let running: MergePlan | null = null

  function start(): Worker {
    const started = new Worker(new URL(`./merger-thread${extname(import.meta.url)}`, import.meta.url), {
      name: 'connectra-merge',
      resourceLimits: THREAD_LIMITS,
    })
    let failure: unknown = new Error('the merging thread ended')
    started.on('message', (merged: SegmentData | null) => {
      const plan = running!
      running = null
      onMerged(plan, merged)
    })
    started.on('error', error => {
      failure = error
    })
    started.on('exit', () => {
      worker = null
      const plan = running
      running = null
      if (plan !== null) onFailed(plan, failure)
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
      running = null
      worker?.removeAllListeners('message')
      await worker?.terminate()
    },
  }
}
