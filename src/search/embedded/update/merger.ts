/** The merger: a thread next to the writer that runs one merge at a time. It is started when there is something to merge. */
import { Worker } from 'node:worker_threads'
import { scriptBeside } from '../../../runtime/script-beside.ts'
import { endOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import type { SegmentData } from '../segment/segment.ts'
import type { MergePlan } from './merge-policy.ts'
import { THREAD_LIMITS } from './writer-messages.ts'

export interface Merger {
  busy(): boolean
  run(plan: MergePlan): void
  close(): Promise<void>
}

export interface MergeOutcome {
  /** Called with a plan and its result, which is null if all records were dead. */
  onMerged(plan: MergePlan, merged: SegmentData | null): void
  /** Called with a plan whose thread has ended with an error. The next plan gets a new thread. */
  onFailed(plan: MergePlan, error: unknown): void
}

export function createMerger({ onMerged, onFailed }: MergeOutcome): Merger {
  let worker: Worker | null = null
  let running: MergePlan | null = null

  function start(): Worker {
    const started = new Worker(scriptBeside(import.meta.url, 'merger-thread'), {
      name: 'connectra-merge',
      resourceLimits: THREAD_LIMITS,
    })
    let failure: unknown = new Error('the merger thread ended unexpectedly')
    started.on('message', (merged: SegmentData | null) => {
      const plan = running!
      running = null
      onMerged(plan, merged)
    })
    started.on('error', error => {
      failure = error
    })
    endOnUnreadable(started)
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
