/** The thread that feeds the index, so that building documents does not delay requests. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Log } from '../../../runtime/log.ts'
import { failOnUnreadable } from '../../../runtime/unreadable-messages.ts'
import { yieldToSearches } from '../../../runtime/yield-to-searches.ts'
import { packLog } from '../../packed-log.ts'
import { feedInTurn } from './feeder.ts'
import type { FeederData } from './start-feeder.ts'

yieldToSearches()
const engine = parentPort!
failOnUnreadable(engine)
const { databaseUrl, cluster } = workerData as FeederData
const ending = new AbortController()
engine.once('message', () => ending.abort())

const log: Log = {
  info: (details, message) => engine.postMessage(packLog('info', details, message)),
  warn: (details, message) => engine.postMessage(packLog('warn', details, message)),
  error: (details, message) => engine.postMessage(packLog('error', details, message)),
}
await feedInTurn({ databaseUrl, cluster, log, signal: ending.signal })
