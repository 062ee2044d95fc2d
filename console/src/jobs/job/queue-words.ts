/** The state of the queue, summed up. */
import type { paths } from '../../api/schema.d.ts'

export type QueueStats = paths['/common/jobs/stats']['get']['responses'][200]['content']['application/json']['data']

export interface Queue {
  readonly waiting: number
  readonly running: number
  /** Seconds; null if no job is due. */
  readonly longestWait: number | null
  readonly rowsPerSecond: number
  readonly failedInHour: number
  readonly failedInDay: number
}

export function describeQueue({ depth, oldest_waiting_seconds, running, failures }: QueueStats): Queue {
  const waiting = depth.filter(({ status }) => status === 'open' || status === 'retry_in_queued')
  return {
    waiting: waiting.reduce((sum, { jobs }) => sum + jobs, 0),
    running: running.length,
    longestWait: oldest_waiting_seconds,
    rowsPerSecond: Math.round(running.reduce((sum, { rows_per_second }) => sum + rows_per_second, 0)),
    failedInHour: failures.last_hour,
    failedInDay: failures.last_day,
  }
}
