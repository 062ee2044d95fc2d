/**
 * V8 does not see the weight of `SharedArrayBuffer`s, so it sees no reason to collect after large segments were
 * dropped: 20 merges of 200 MB peaked at 4 GB without asking, at 90 MB with. Every thread that held them has to ask.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SERVICES } from '../../../fields.ts'
import type { IndexState } from '../index-state.ts'

/**
 * regular: 25 ms for a heap of 150 MB, most of which the thread keeps for its next work. last-resort: 40 ms, and the
 * memory goes back to the system, of a thread that has done its largest work.
 */
export type Thoroughness = 'regular' | 'last-resort'

type Collect = (options: { type: 'major'; execution: 'async'; flavor: Thoroughness }) => Promise<void>

/** Bytes dropped that are worth the pause. */
const WORTH: Readonly<Record<Thoroughness, number>> = { regular: 64e6, 'last-resort': 16e6 }

/** Counts the bytes of segments that this thread let go of, and collects once they are worth it. */
export function createCollector(): (droppedBytes: number, thoroughness?: Thoroughness) => void {
  let dropped = 0
  let collect: Collect | null = null
  return (bytes, flavor = 'regular') => {
    dropped += bytes
    if (dropped < WORTH[flavor]) return
    dropped = 0
    if (collect === null) {
      setFlagsFromString('--expose-gc')
      collect = runInNewContext('gc') as Collect
    }
    void collect({ type: 'major', execution: 'async', flavor })
  }
}

/** Bytes of the segments that `after` has no more. */
export function droppedBytes(before: IndexState, after: IndexState): number {
  let bytes = 0
  for (const service of SERVICES) {
    const kept = new Set(after[service].map(entry => entry.segment.id))
    for (const { segment } of before[service]) if (!kept.has(segment.id)) bytes += segment.buffer.byteLength
  }
  return bytes
}
