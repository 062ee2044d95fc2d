/**
 * Loaded into a measured `connectra serve` before its own code (`--import`). It records what only the process itself can see: the delay
 * of the event loop that answers requests, and when the index writer published which changes. It reports to its parent on request.
 */
import diagnostics from 'node:diagnostics_channel'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread, type Worker } from 'node:worker_threads'
import type { FromWriter } from '../../src/search/embedded/update/writer-messages.ts'

export interface ProbeReport {
  /** Delay of the event loop since the last report, in milliseconds: maximum and p99. */
  readonly loopDelayMax: number
  readonly loopDelayP99: number
  /** Since the last report: positions in the feed, and when searches saw them (milliseconds since 1970). */
  readonly published: readonly (readonly [seq: number, at: number])[]
  readonly segments: number
  /** Megabytes of their arrays, including deleted records. */
  readonly segmentMegabytes: number
}

type StateMessage = Partial<Extract<FromWriter, { type: 'state' }>> & { readonly type: string }

/** Resolution of the delay in milliseconds. Every measured delay includes it, so it is subtracted. */
const RESOLUTION = 1

if (isMainThread && process.send) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  let published: [number, number][] = []
  let segments = 0
  let segmentMegabytes = 0
  diagnostics.subscribe('worker_threads', message => {
    const { worker } = message as { worker: Worker }
    worker.on('message', ({ type, published: next }: StateMessage) => {
      if (type !== 'state' || next === undefined) return
      published.push([next.position.seq, performance.timeOrigin + performance.now()])
      const entries = [...next.state.company, ...next.state.contact]
      segments = entries.length
      segmentMegabytes = entries.reduce((sum, { segment }) => sum + segment.buffer.byteLength, 0) / 1e6
    })
  })
  process.on('message', () => {
    const report: ProbeReport = {
      loopDelayMax: Math.max(0, delay.max / 1e6 - RESOLUTION),
      loopDelayP99: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION),
      published,
      segments,
      segmentMegabytes,
    }
    process.send!(report)
    published = []
    delay.reset()
  })
  process.channel!.unref()
}
