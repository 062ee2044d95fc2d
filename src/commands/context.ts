/** What every command works with. */
import type { Config } from '../config.ts'
import { migrate } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase, requireMigrated } from '../database/open-database.ts'
import type { Logger } from '../log.ts'

export interface Context {
  readonly config: Config
  /** Goes to standard error. */
  readonly log: Logger
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal
  /** A line on standard output. */
  print(line: string): void
  /** A line on standard error, for people. */
  say(line: string): void
  /** A person sees standard error: a line may be drawn over. */
  readonly interactive: boolean
}

/**
 * Wraps what a command does: gives it the context, and ends the process with the code it returns (0 without one).
 * Commander calls the result with the command's arguments.
 */
export type Run = <A extends unknown[]>(
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands return nothing.
  work: (context: Context, ...args: A) => Promise<number | void>,
) => (...args: A) => Promise<void>

/**
 * Opens the database for the time of `work`: the one of DATABASE_URL, that of a server which runs on the data
 * directory, or else an embedded one of this process, which is migrated first.
 */
export async function withDatabase<T>(
  { config, say, signal }: Context,
  command: string,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: config.databaseConnections,
    command,
    share: true,
    patience: 0,
    say,
    signal,
  })
  try {
    if (database.server) await migrate(database.pool)
    else await requireMigrated(database.pool)
    return await work(database)
  } finally {
    await database.close()
  }
}
