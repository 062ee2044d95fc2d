/** The program of a query thread: answers costly queries and long scans, one after another. */
import { parentPort } from 'node:worker_threads'
import { failOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { yieldToSearches } from '../../../runtime/yield-to-searches.ts'
import { scan } from '../answer/search.ts'
import { adoptState, emptyState, type IndexState } from '../index-state.ts'
import { adoptPairs } from '../joins/state-pairs.ts'
import { checkingMeter } from '../query/meter.ts'
import { createCollector, droppedBytes } from '../update/collect-garbage.ts'
import { answer, type FromThread, type Request, type ToThread } from './requests.ts'

class TimedOut extends Error {}

yieldToSearches()
const port = parentPort!
failOnUnreadable(port)
const collect = createCollector()
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
      return reply(message.id, () => answerWithin(message.request, message.deadline))
    case 'scan':
      scans.set(message.id, skipRows(scan(state, message.query), message.skip))
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
    message = error instanceof TimedOut ? { id, timedOut: true } : { id, error }
  }
  port.postMessage(message)
}

function answerWithin(request: Request, deadline: number): unknown {
  const check = () => {
    if (Date.now() > deadline) throw new TimedOut()
  }
  check()
  return answer(state, request, checkingMeter(check))
}

function* skipRows(portions: Generator<readonly string[]>, skip: number): Generator<readonly string[]> {
  let left = skip
  for (const portion of portions) {
    if (left < portion.length) yield left > 0 ? portion.slice(left) : portion
    left = Math.max(0, left - portion.length)
  }
}
