/** Compares the connections that Connectra may open with those that PostgreSQL allows. */
import { countConnections, type Settings } from '../../database/connections.ts'
import type { Database } from '../../database/pool.ts'
import { countWorkers } from '../../jobs/queue/recovery.ts'
import { type Found, warning } from './report.ts'

export async function checkConnections(settings: Settings, database: Database): Promise<Found> {
  const processes = await countWorkers(database)
  const { allowed, others } = await readLimit(database)
  const [serve, work] = [countConnections('serve', settings), countConnections('work', settings)]
  const isShared = settings.opensearchUrl !== null
  const shown = (name: string, { most, building }: typeof serve) =>
    `\`${name}\` opens up to ${most - building}, and ${building} more while it ${isShared ? 'feeds the search indexes' : 'builds an index'}`
  const running = processes === 1 ? '1 process is running' : `${processes} processes are running`
  const described = `${shown('serve', serve)}; ${shown('work', work)}; ${running}; PostgreSQL allows ${allowed}, of which other programs use ${others}`
  const count = Math.max(1, processes)
  // Every process may build its own index, but only one feeds a shared one.
  const needed = count * (serve.most - serve.building) + (isShared ? 1 : count) * serve.building + others
  if (needed <= allowed) return described
  return warning(
    `${described}. All together may need ${needed}: raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS or WORKER_CONCURRENCY`,
  )
}

/** The connections that this role may open, and those that other programs have. */
async function readLimit(database: Database): Promise<{ readonly allowed: number; readonly others: number }> {
  // An ordinary role sees the program of its own sessions only. Sessions of other roles are other programs.
  const { rows } = await database.query<{ allowed: number; others: number }>(`
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true), '0')::int,
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())) AS allowed,
      (SELECT count(*) FROM pg_stat_activity
       WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND coalesce(application_name, '') NOT LIKE 'connectra%') AS others`)
  return rows[0]!
}
