/** How many connections to PostgreSQL a process opens. docs/postgresql.md has the table for people. */

import type { Database } from './pool.ts'

/** What `work` needs beside its jobs: expired data is deleted, secrets are read. */
export const WORK_CONNECTIONS = 2
/** For changes of the API keys. */
const KEYS = 1
/** Of an index in memory: the change feed, and the lock on the snapshot. `building`: the processes that build it. */
const IN_MEMORY = { index: 2, building: 4 }
/**
 * Of an index in OpenSearch: two for its position, and one for becoming the leader. `building`: the leader, which follows the
 * change feed, reads records with two, and creates an index.
 */
const SHARED = { index: 3, building: 4 }

/** The application_name of one connection of each `serve` process, by which processes are counted. It has the number of its jobs. */
const SERVE_SESSION = 'connectra-serve-'

export function serveSession(concurrency: number): string {
  return `${SERVE_SESSION}${concurrency}`
}

/** The running `serve` processes of a database. */
export interface ServeProcesses {
  readonly all: number
  /** Those of them that run jobs, too. */
  readonly withJobs: number
}

export async function countServe(database: Pick<Database, 'query'>): Promise<ServeProcesses> {
  const { rows } = await database.query<ServeProcesses>(
    `SELECT count(*) AS all, count(*) FILTER (WHERE application_name <> $2) AS "withJobs"
     FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, $1)`,
    [SERVE_SESSION, serveSession(0)],
  )
  return rows[0]!
}

export interface Settings {
  readonly databaseConnections: number
  readonly workerConcurrency: number
  /** Null if each process has an index in memory. */
  readonly opensearchUrl: readonly string[] | null
}

/**
 * The most connections for running this many jobs: one listens, and a job has three, because an export reads three portions at
 * the same time. One more keeps exports from waiting for each other when they report their progress.
 */
export function workerConnections(concurrency: number): number {
  return 2 + 3 * concurrency
}

/** The most connections of a process, and how many of them only while it builds its index, or feeds a shared one. */
export function countConnections(
  command: 'serve' | 'work',
  { databaseConnections, workerConcurrency, opensearchUrl }: Settings,
): { readonly most: number; readonly building: number } {
  const { index, building } = opensearchUrl === null ? IN_MEMORY : SHARED
  if (command === 'work')
    return {
      most: WORK_CONNECTIONS + workerConnections(Math.max(1, workerConcurrency)) + index + building,
      building,
    }
  const jobs = workerConcurrency === 0 ? 0 : workerConnections(workerConcurrency)
  return { most: databaseConnections + KEYS + jobs + index + building, building }
}
