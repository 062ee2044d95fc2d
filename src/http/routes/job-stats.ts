/** How the queue is doing. */
import { Type } from 'typebox'
import { JOB_STATUSES } from '../../jobs/job/job.ts'
import { readJobStats } from '../../jobs/queue/stats.ts'
import type { App, ServerParts } from '../parts.ts'
import { success } from '../schemas.ts'

const stats = Type.Object({
  depth: Type.Array(
    Type.Object({ job_type: Type.String(), status: Type.Enum([...JOB_STATUSES]), jobs: Type.Integer() }),
    { description: 'How many jobs have not ended, by type and status' },
  ),
  oldest_waiting_seconds: Type.Union([Type.Number(), Type.Null()], {
    description: 'How long the job that has waited longest is due; null when none is',
  }),
  running: Type.Array(
    Type.Object({
      uuid: Type.String({ format: 'uuid' }),
      job_type: Type.String(),
      seconds: Type.Number(),
      rows_read: Type.Integer(),
      rows_per_second: Type.Number(),
    }),
    { description: 'Each with its time and speed since its worker took it up' },
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
        summary: 'The state of the queue',
        description: 'What waits and since when, what runs and how fast, what failed.',
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
