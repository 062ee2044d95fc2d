/** The program of the merger thread: receives a plan and posts the merged segment. */
import { parentPort } from 'node:worker_threads'
import { failOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { yieldToSearches } from '../../../runtime/yield-to-searches.ts'
import { createGarbageCollector } from './collect-garbage.ts'
import type { MergePlan } from './merge-policy.ts'
import { runMerge } from './merge-segments.ts'

yieldToSearches()
const writer = parentPort!
failOnUnreadable(writer)
const collect = createGarbageCollector()

writer.on('message', (plan: MergePlan) => {
  const merged = runMerge(plan)
  writer.postMessage(merged)
  const inputs = plan.inputs.reduce((sum, entry) => sum + entry.segment.buffer.byteLength, 0)
  collect(inputs + (merged?.buffer.byteLength ?? 0), 'last-resort')
})
