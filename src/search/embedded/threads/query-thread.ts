/** The program of a query thread: answers costly queries and long scans, one after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { failOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { SLIGHTLY, yieldToSearches } from '../../../runtime/yield-to-searches.ts'
import { scan } from '../answer/search.ts'
import { adoptState, emptyState, type IndexState } from '../index-state.ts'
import { adoptPairs } from '../joins/state-pairs.ts'
import { bothMeters, checkingMeter, limitedMeter, type Meter, TooCostly } from '../query/meter.ts'
import { createGarbageCollector, droppedBytes } from '../update/collect-garbage.ts'
import { answer, type FromThread, type StopFlag, type ThreadData, type ToThread } from './requests.ts'

class TimedOut extends Error {}
class Stopped extends Error {}

// Otherwise a misspelt word would wait for an import.
yieldToSearches((workerData as ThreadData).lane === 'quick' ? SLIGHTLY : undefined)
const port = parentPort!
failOnUnreadable(port)
const collect = createGarbageCollector()
const scans = new Map<number, Generator<readonly string[]>>()
let state: IndexState = emptyState()

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'state': {
      const next = adoptState(message.state, state)
      adoptPairs(next)
      collect(droppedBytes(state, next))
      state = next
      return
    }
    case 'ask':
      return reply(message.id, () => answer(state, message.request, meterUntil(message)))
    case 'scan':
      scans.set(message.id, scanRest(state, message))
      return
    case 'next':
      return reply(message.id, () => scans.get(message.id)?.next().value ?? null)
    case 'close':
      scans.get(message.id)?.return(undefined)
      scans.delete(message.id)
  }
})

function reply(id: number, compute: () => unknown): void {
  let message: FromThread
  try {
    message = { id, value: compute() }
  } catch (error) {
    if (error instanceof TooCostly) message = { id, tooCostly: true }
    else if (error instanceof TimedOut) message = { id, timedOut: true }
    else if (error instanceof Stopped) message = { id, stopped: true }
    else message = { id, error }
  }
  port.postMessage(message)
}

interface Bounds {
  readonly stop: StopFlag
  readonly limit?: number
  readonly deadline?: number
}

/**
 * A meter that ends a query at its limit or its deadline, or when nobody waits for it any more. It looks at the latter two when it is
 * created, too.
 */
function meterUntil({ stop, limit = Number.POSITIVE_INFINITY, deadline = Number.POSITIVE_INFINITY }: Bounds): Meter {
  const check = () => {
    if (Atomics.load(stop, 0) !== 0) throw new Stopped()
    if (Date.now() > deadline) throw new TimedOut()
  }
  check()
  return bothMeters(limitedMeter(limit), checkingMeter(check))
}

/** The portions of a scan after its first rows. */
function* scanRest(at: IndexState, { query, skip, stop }: ToThread & { type: 'scan' }): Generator<readonly string[]> {
  let left = skip
  for (const portion of scan(at, query, undefined, meterUntil({ stop }))) {
    if (left < portion.length) yield left > 0 ? portion.slice(left) : portion
    left = Math.max(0, left - portion.length)
  }
}
