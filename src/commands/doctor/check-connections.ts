/** Compares the connections that Connectra may open with those that PostgreSQL allows. */
import { countConnections, countServe, type Settings } from '../../database/connections.ts'
import type { Database } from '../../database/pool.ts'
import { countWorkers } from '../../jobs/queue/recovery.ts'
import { type Found, warning } from './report.ts'

export async function checkConnections(settings: Settings, database: Database): Promise<Found> {
  const serving = await countServe(database)
  const running = { serve: serving.all, work: Math.max(0, (await countWorkers(database)) - serving.withJobs) }
  const { allowed, others } = await readLimit(database)
  const [serve, work] = [countConnections('serve', settings), countConnections('work', settings)]
  const isShared = settings.opensearchUrl !== null
  const shown = (name: string, { most, building }: typeof serve) =>
    `\`${name}\` opens up to ${most - building}, and ${building} more while it ${isShared ? 'feeds the search indexes' : 'builds an index'}`
  const described = `${shown('serve', serve)}; ${shown('work', work)}; ${describeRunning(running)}; PostgreSQL allows ${allowed}, of which other programs use ${others}`
  const counts = { serve: Math.max(1, running.serve), work: running.work }
  const lasting = counts.serve * (serve.most - serve.building) + counts.work * (work.most - work.building)
  // Every process may build its own index, but only one feeds a shared one.
  const building = isShared ? serve.building : counts.serve * serve.building + counts.work * work.building
  const needed = lasting + building + others
  if (needed <= allowed) return described
  return warning(
    `${described}. All together may need ${needed}: raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS or WORKER_CONCURRENCY`,
  )
}

function describeRunning({ serve, work }: { readonly serve: number; readonly work: number }): string {
  return `${serve} \`serve\` and ${work} \`work\` ${serve + work === 1 ? 'is' : 'are'} running`
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
