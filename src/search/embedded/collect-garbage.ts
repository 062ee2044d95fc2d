/**
 * V8 does not see the weight of `SharedArrayBuffer`s, so it sees no reason to collect after large segments were
 * dropped: 20 merges of 200 MB peaked at 4 GB without asking, at 90 MB with. Every thread that held them has to ask.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { IndexState } from './index-state.ts'

type Collect = (options: { type: 'major'; execution: 'async' }) => Promise<void>

const WORTH_COLLECTING = 64 * 1024 * 1024

/** Counts the bytes of segments that this thread let go of, and collects once they are worth it. */
export function createCollector(): (droppedBytes: number) => void {
  let dropped = 0
  let collect: Collect | null = null
  return bytes => {
    dropped += bytes
    if (dropped < WORTH_COLLECTING) return
    dropped = 0
    if (collect === null) {
      setFlagsFromString('--expose-gc')
      collect = runInNewContext('gc') as Collect
    }
    void collect({ type: 'major', execution: 'async' })
  }
}

/** Bytes of the segments that `after` has no more. */
export function droppedBytes(before: IndexState, after: IndexState): number {
  let bytes = 0
  for (const service of ['company', 'contact'] as const) {
    const kept = new Set(after[service].map(entry => entry.segment.id))
    for (const { segment } of before[service]) if (!kept.has(segment.id)) bytes += segment.buffer.byteLength
  }
  return bytes
}
