/** How many connections to PostgreSQL a process opens. docs/postgresql.md has the table for people. */

/** What `work` needs beside its jobs: expired data is deleted, secrets are read. */
export const WORK_CONNECTIONS = 2
/** For changes of the API keys. */
const KEYS = 1
/** The change feed, and the lock on the snapshot. */
const INDEX = 2
/** The processes that build the index. */
const BUILDING = 4

export interface Settings {
  readonly databaseConnections: number
  readonly workerConcurrency: number
}

/**
 * The most connections for running this many jobs: one listens, and a job has three, because an export reads three portions at
 * the same time. One more keeps exports from waiting for each other when they report their progress.
 */
export function workerConnections(concurrency: number): number {
  return 2 + 3 * concurrency
}

/** The most connections of a process, and how many of them only while it builds its index. */
export function countConnections(
  command: 'serve' | 'work',
  { databaseConnections, workerConcurrency }: Settings,
): { readonly most: number; readonly building: number } {
  if (command === 'work')
    return {
      most: WORK_CONNECTIONS + workerConnections(Math.max(1, workerConcurrency)) + INDEX + BUILDING,
      building: BUILDING,
    }
  const jobs = workerConcurrency === 0 ? 0 : workerConnections(workerConcurrency)
  return { most: databaseConnections + KEYS + jobs + INDEX + BUILDING, building: BUILDING }
}
