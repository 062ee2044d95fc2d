/** The state of the job queue. */
import { Type } from 'typebox'
import { JOB_STATUSES } from '../../jobs/job/job.ts'
import { readJobStats } from '../../jobs/queue/stats.ts'
import type { App, ServerParts } from '../parts.ts'
import { strings } from '../schemas/parts.ts'
import { success } from '../schemas.ts'

const stats = Type.Object({
  depth: Type.Array(Type.Object({ job_type: Type.String(), status: strings(JOB_STATUSES), jobs: Type.Integer() }), {
    description: 'The number of unfinished jobs by type and status',
  }),
  oldest_waiting_seconds: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'How long the longest-waiting job has been due; null if no job is due',
  }),
  running: Type.Array(
    Type.Object({
      uuid: Type.String({ format: 'uuid' }),
      job_type: Type.String(),
      seconds: Type.Number(),
      rows_read: Type.Integer(),
      rows_per_second: Type.Number(),
    }),
    { description: 'Running jobs, with their time and speed since the start of the current run' },
  ),
  failures: Type.Object({ last_hour: Type.Integer(), last_day: Type.Integer() }),
})

export function jobStatsRoutes(app: App, { database }: ServerParts): void {
  app.get(
    '/common/jobs/stats',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'getJobStats',
        summary: 'Get the state of the queue',
        description: 'Waiting jobs, running jobs with their speed, and the number of recent failures.',
        response: success({ data: stats }),
      },
    },
    async () => {
      const { depth, oldestWaitingSeconds, running, failures } = await readJobStats(database)
      const data = {
        depth: depth.map(({ jobType, status, jobs }) => ({ job_type: jobType, status, jobs })),
        oldest_waiting_seconds: oldestWaitingSeconds,
        running: running.map(({ uuid, jobType, seconds, rowsRead, rowsPerSecond }) => ({
          uuid,
          job_type: jobType,
          seconds,
          rows_read: rowsRead,
          rows_per_second: rowsPerSecond,
        })),
        failures: { last_hour: failures.lastHour, last_day: failures.lastDay },
      }
      return { success: true as const, data }
    },
  )
}
