/** What every command is given. */
import type { Config } from '../config.ts'
import { migrate } from '../database/migrate.ts'
import { type OpenDatabase, openDatabase, requireMigrated } from '../database/open-database.ts'
import type { Logger } from '../log.ts'

export interface Context {
  readonly config: Config
  /** Writes to standard error. */
  readonly log: Logger
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Writes one line to standard output. Control and bidirectional characters in it are shown escaped (text/printable.ts). */
  print(line: string): void
  /** The same for people, to standard error. */
  say(line: string): void
  /** Standard error is a terminal, so a line can be redrawn. */
  readonly interactive: boolean
  /** Whether the command may create the database (`--init`). */
  readonly init: boolean
}

/**
 * Wraps the work of a command: passes it the context, and exits with the code it returns (0 if it returns none).
 * Commander calls the result with the command's arguments.
 */
export type Run = <A extends unknown[]>(
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands return nothing.
  work: (context: Context, ...args: A) => Promise<number | void>,
) => (...args: A) => Promise<void>

/**
 * Opens the database for the duration of `work`: the one at DATABASE_URL, else the one of a server that is running
 * on the data directory, else an embedded one started by this process, which is migrated first. Without `--init` the data
 * directory must have a database. A command that only reads (`reads`) can also use a standby.
 */
export async function withDatabase<T>(
  { config, say, signal, init }: Context,
  command: string,
  work: (database: OpenDatabase) => Promise<T>,
  { reads = false }: { reads?: boolean } = {},
): Promise<T> {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: config.databaseConnections,
    command,
    share: true,
    create: init,
    patience: 0,
    say,
    signal,
  })
  try {
    if (database.server) await migrate(database.pool)
    else await requireMigrated(database.pool, { reads, starting: config.databaseUrl === null })
    return await work(database)
  } finally {
    await database.close()
  }
}
