/** Feeds the index while this process is the leader. */
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { openPool } from '../../../database/pool.ts'
import type { Log } from '../../../runtime/log.ts'
import { followChanges } from '../../feed.ts'
import { raiseClauseLimit } from '../cluster/clause-limit.ts'
import type { ClusterOptions } from '../cluster/indexes.ts'
import { openClusterClient } from '../cluster/open-client.ts'
import { createStatusIndex, storeStatus } from '../cluster/status.ts'
import { createCompanyIndex, openDatabaseSource } from './database-source.ts'
import { leadInTurn } from './leadership.ts'
import { openTarget } from './target.ts'

export interface FeederOptions {
  readonly databaseUrl: string
  readonly cluster: ClusterOptions
  readonly log: Log
  readonly signal: AbortSignal
}

/** How often the progress of a build is stored, in milliseconds. */
const REPORT_EVERY = 1_000
/** How long feeding waits for the index in PostgreSQL, whose creation then continues beside it. Milliseconds. */
const CREATE_WITHIN = 120_000

/** Takes its turn as the leader until `signal` aborts. */
export async function feedInTurn({ databaseUrl, cluster, log, signal }: FeederOptions): Promise<void> {
  const client = await openClusterClient(cluster)
  const locks = openPool(databaseUrl, { max: 1 })
  let failures = 0
  const onError = (error: unknown) => {
    // Logs the 1st, 2nd, 4th, 8th … failure.
    if (Number.isInteger(Math.log2(++failures)))
      log.warn({ err: error, failures }, 'the search indexes cannot be fed; trying again')
  }
  await leadInTurn(
    locks,
    cluster.prefix,
    signal,
    async ({ signal: leading, confirm }) => {
      const source = openDatabaseSource(databaseUrl)
      const feed = openPool(databaseUrl, { max: 1 })
      let reported = 0
      const leader = `${hostname()}:${process.pid}`
      const report = (building: number | null) => {
        if (building !== null && Date.now() - reported < REPORT_EVERY) return
        reported = Date.now()
        // A process that was suspended meanwhile is not the leader any more.
        confirm()
          .then(() => storeStatus(client, cluster.prefix, { leader, building }))
          .catch(() => {})
      }
      try {
        const creation = createCompanyIndex(databaseUrl, log)
        await Promise.race([creation, delay(CREATE_WITHIN, undefined, { signal: leading, ref: false })])
        await raiseClauseLimit(client, log)
        await createStatusIndex(client, cluster.prefix)
        const target = await openTarget({ client, cluster, source, log, signal: leading, confirm, onProgress: report })
        report(null)
        failures = 0
        log.info({}, 'this process feeds the search indexes')
        await followChanges({ database: feed, target, signal: leading, log })
      } finally {
        await Promise.allSettled([source.close(), feed.end()])
      }
    },
    onError,
  )
  client.close()
  await locks.end()
}
