/**
 * The writer thread: follows the feed, applies changes, plans merges, and publishes each new state to the engine's thread.
 * Only this thread creates states. Merges run in a separate thread, so that a large one does not delay changes.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { openPool } from '../../../database/pool.ts'
import type { Log } from '../../../runtime/log.ts'
import { failOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { yieldToSearches } from '../../../runtime/yield-to-searches.ts'
import type { ChangeTarget, Position } from '../../engine.ts'
import { followChanges } from '../../feed.ts'
import { packLog } from '../../packed-log.ts'
import { buildIndex } from '../build/build-index.ts'
import { emptyState, type IndexState } from '../index-state.ts'
import { adoptPairs, withPairs } from '../joins/state-pairs.ts'
import type { SegmentData } from '../segment/segment.ts'
import { keepSnapshots, loadSnapshot } from '../snapshot/snapshots.ts'
import { applyChanges, applyRows } from './apply-changes.ts'
import { createGarbageCollector, droppedBytes } from './collect-garbage.ts'
import { installMerge, type MergePlan, planMerge, withoutSegments } from './merge-policy.ts'
import { createMerger } from './merger.ts'
import type { FromWriter, WriterData } from './writer-messages.ts'

yieldToSearches()
const engine = parentPort!
failOnUnreadable(engine)
const { databaseUrl, ownDatabase, published, snapshot } = workerData as WriterData
const ending = new AbortController()
const collect = createGarbageCollector()
const merger = createMerger({ onMerged: install, onFailed: setAside })

/** Milliseconds. */
const FIRST_PAUSE = 10_000
const LONGEST_PAUSE = 600_000

if (published !== null) adoptPairs(published.state)
let state: IndexState = published?.state ?? emptyState()
let position: Position | null = published?.position ?? null
/** True while the state is a snapshot's and the database has not confirmed its position. Such a state is not published. */
let unconfirmed = false
/** True once the database does not know the position of the published state, until the index is rebuilt. */
let outdated = false
/** Whether searches are answered, which begins with the first complete state. */
let answering = false
/** The ids of segments whose merge has failed. Until the next attempt they are left out when merges are planned. */
const asideIds = new Set<string>()
let nextTry: NodeJS.Timeout | undefined
let pause = FIRST_PAUSE
let damaged = false
/** The newest position in the feed when this writer started. */
let newestAtStart = Number.POSITIVE_INFINITY

function send(message: FromWriter): void {
  engine.postMessage(message)
}

function publish(changed: IndexState, at: Position): void {
  const next = changed.pairs === undefined ? withPairs(changed, reportDamage) : changed
  collect(droppedBytes(state, next))
  if (changed !== state || at.seq !== position?.seq) snapshots?.changed()
  state = next
  position = at
  // A merge may finish while the index is rebuilt. Its state is as outdated as the one before.
  const complete = !outdated && position.seq >= newestAtStart
  answering ||= complete
  send({ type: 'state', published: { state, position }, complete })
  mergeNext()
}

/** Once: every new segment of the other service fails with a damaged one. */
function reportDamage(error: unknown): void {
  if (damaged) return
  damaged = true
  log.warn({ err: error }, 'a segment of the search index is damaged; queries that need it fail')
}

function mergeNext(): void {
  if (merger.busy()) return
  const plan = planMerge(withoutSegments(state, asideIds))
  if (plan !== null) merger.run(plan)
}

function install(plan: MergePlan, merged: SegmentData | null): void {
  const next = installMerge(state, plan, merged)
  // An unchanged state means that the inputs are gone: the merge is obsolete.
  if (next !== state) publish(next, position!)
  else mergeNext()
}

function setAside(plan: MergePlan, error: unknown): void {
  if (ending.signal.aborted) return
  for (const { segment } of plan.inputs) asideIds.add(segment.id)
  const { service } = plan.inputs[0].segment
  const details = { err: error, service, segments: plan.inputs.length, aside: asideIds.size }
  log.warn(details, 'a merge of search index segments failed; searches and changes continue without it')
  nextTry ??= setTimeout(() => {
    nextTry = undefined
    asideIds.clear()
    mergeNext()
  }, pause)
  pause = Math.min(pause * 2, LONGEST_PAUSE)
  mergeNext()
}

const target: ChangeTarget = {
  position: () => position,
  outdate() {
    if (!answering) return false
    if (!outdated) send({ type: 'outdated' })
    outdated = true
    return true
  },
  async rebuild(at, moment) {
    if (unconfirmed) {
      log.info(
        { seq: position?.seq },
        'search index snapshot discarded: the database does not have its position in the feed',
      )
      unconfirmed = false
      collect(droppedBytes(state, emptyState()), 'last-resort')
      state = emptyState()
      position = null
    } else if (position !== null) {
      outdated = true
      answering = false
      send({ type: 'rebuilding' })
    }
    const rebuilt = await buildIndex({ databaseUrl, ownDatabase }, moment, ending.signal)
    outdated = false
    // The rebuilt state has everything, even if a restored database is at a lower position than the one at the start.
    newestAtStart = at.seq
    publish(rebuilt, at)
    snapshots?.hurry()
  },
  async apply(at, changes) {
    // The database knows the position, possibly again after a rebuild has failed. A writer that replaces another one does not know
    // what searches get.
    const wasInDoubt = unconfirmed || outdated || !answering
    outdated = false
    if (changes.length > 0) publish(applyChanges(state, changes), at)
    else if (wasInDoubt || at.seq !== position?.seq) publish(state, at)
    unconfirmed = false
  },
  async applyRows(at, changes) {
    const next = await applyRows(() => state, changes)
    outdated = false
    publish(next, at)
    unconfirmed = false
  },
}

const log: Log = {
  info: (details, message) => send(packLog('info', details, message)),
  warn: (details, message) => send(packLog('warn', details, message)),
  error: (details, message) => send(packLog('error', details, message)),
}

engine.once('message', () => ending.abort())

// One connection for the feed, and one for the lock on the snapshot.
const database = openPool(databaseUrl, { max: snapshot === null ? 1 : 2, yields: ownDatabase })
const snapshots =
  snapshot && keepSnapshots({ ...snapshot, database, log, current: () => ({ state, position: position! }) })
if (published !== null) {
  snapshots?.changed()
  mergeNext()
} else if (snapshot?.load) {
  const loaded = await loadSnapshot(snapshot.directory, log, ending.signal)
  if (loaded !== null) {
    ;({ state, position } = loaded)
    unconfirmed = true
  } else {
    // The snapshot may have been read in part. That memory is needed for building the index.
    collect(Infinity, 'last-resort')
  }
}
await followChanges({
  database,
  target,
  signal: ending.signal,
  log,
  onStart: newest => {
    newestAtStart = newest
  },
})
clearTimeout(nextTry)
await merger.close()
await snapshots?.finish()
snapshots?.close()
await database.end()
engine.close()
