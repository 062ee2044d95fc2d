/** The limit for the clauses of a query, which applies to the whole cluster. */
import { ConnectraError } from '../../../errors.ts'
import type { Log } from '../../../runtime/log.ts'
import type { Client } from './client.ts'

const SETTING = 'indices.query.bool.max_clause_count'
/** Enough for the largest query that `vql/` accepts: 10,000 dates are as many ranges, each of which counts twice. */
const ENOUGH = 32_768

interface Settings {
  readonly [kind: string]: { readonly [name: string]: string }
}

/**
 * The default is 1,024 for all parts of a query together, while 1,000 values and 100 conditions have to pass. Rejects if the cluster
 * does not answer; a missing right is only logged.
 */
export async function raiseClauseLimit(client: Client, log: Log): Promise<void> {
  try {
    const { body } = await client.request<Settings>(
      'GET',
      '/_cluster/settings?include_defaults=true&flat_settings=true',
    )
    const known = Math.max(0, ...Object.values(body).map(settings => Number(settings[SETTING] ?? 0)))
    if (known >= ENOUGH) return
    await client.request('PUT', '/_cluster/settings', { body: { persistent: { [SETTING]: ENOUGH } } })
    log.info({ limit: ENOUGH }, `raised ${SETTING} of the OpenSearch cluster`)
  } catch (error) {
    if (error instanceof ConnectraError) throw error
    log.warn(
      { err: error },
      `${SETTING} of the OpenSearch cluster cannot be raised to ${ENOUGH}: large queries and phrases with slop and a prefix will be refused`,
    )
  }
}
