/**
 * Requests garbage collection after large segments were dropped. V8 does not count the memory of `SharedArrayBuffer`s, so it
 * sees no reason to collect: 20 merges of 200 MB peaked at 4 GB without a request, and at 90 MB with one. Every thread that
 * held the segments has to request it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SERVICES } from '../../../fields.ts'
import type { Entry, IndexState } from '../index-state.ts'

/**
 * - gentle: V8 marks in the background. With a heap of 150 MB it stops the thread twice, for 3 to 10 ms. In one piece, it would be
 *   10 to 25 ms, and 40 to 120 on busy cores. The thread keeps most of the memory for its next work.
 * - last-resort: takes 40 ms and returns the memory to the system. For a thread that has finished its largest piece of work.
 */
export type Thoroughness = 'gentle' | 'last-resort'

type Flavor = 'regular' | 'last-resort'
type Collect = (options: { type: 'major'; execution: 'async'; flavor: Flavor }) => Promise<void>

/** The number of dropped bytes that is worth the pause. */
const WORTH: Readonly<Record<Thoroughness, number>> = { gentle: 64e6, 'last-resort': 16e6 }

/** V8 begins to collect in the background once this much memory outside its heap was allocated. It does so from 64 MB on. */
const PRESSURE = 100e6

/**
 * Drops within this time are collected together. What is dropped while V8 marks survives that collection, so the next one must not
 * be requested before it has ended. Milliseconds.
 */
const GENTLE_AFTER = 1000

/** Counts the bytes of segments that this thread has dropped, and collects garbage once that is worthwhile. */
export function createGarbageCollector(): (droppedBytes: number, thoroughness?: Thoroughness) => void {
  let dropped = 0
  let isRequested = false
  return (bytes, thoroughness = 'gentle') => {
    dropped += bytes
    if (dropped < WORTH[thoroughness]) return
    if (thoroughness === 'last-resort') {
      dropped = 0
      collectAtOnce(thoroughness)
      return
    }
    if (isRequested) return
    isRequested = true
    setTimeout(() => {
      isRequested = false
      dropped = 0
      collectGently()
    }, GENTLE_AFTER).unref()
  }
}

function collectGently(): void {
  try {
    // V8 counts this memory. It is never touched, so it takes no space.
    new ArrayBuffer(PRESSURE)
  } catch {
    collectAtOnce('regular')
  }
}

let collect: Collect | null = null

function collectAtOnce(flavor: Flavor): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  void collect({ type: 'major', execution: 'async', flavor })
}

/** The size in bytes of the segments that are in `before` but not in `after`, and of their pairs and sums. */
export function droppedBytes(before: IndexState, after: IndexState): number {
  const kept = new Set(SERVICES.flatMap(service => after[service].map(entry => entry.segment.id)))
  const isDropped = ({ segment }: Entry) => !kept.has(segment.id)
  let bytes = 0
  for (const { segment } of SERVICES.flatMap(service => before[service].filter(isDropped)))
    bytes += segment.buffer.byteLength
  before.pairs?.forEach((row, contacts) => {
    row.forEach((buffer, companies) => {
      if (isDropped(before.contact[contacts]) || isDropped(before.company[companies])) bytes += buffer?.byteLength ?? 0
    })
  })
  before.sums?.forEach((sums, companies) => {
    if (sums === null) return
    const at = after.company.findIndex(({ segment }) => segment.id === before.company[companies].segment.id)
    const isKept = after.sums?.[at]?.segments.join() === sums.segments.join()
    if (!isKept) bytes += sums.contacts.byteLength
  })
  return bytes
}
