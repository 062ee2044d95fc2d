/** Decides which jobs a process may run at the same time, so that a small job does not wait for a huge one. */
import type { Wanted } from './claims.ts'

export interface Limits {
  /** The number of jobs at a time. */
  readonly concurrency: number
  /** The number of jobs of one type at a time. A type that is absent has no separate limit. */
  readonly byType?: Readonly<Record<string, number>>
}

interface RunningJob {
  readonly jobType: string
  readonly sizeBytes: number
}

/** From this size on a job is large: several seconds of work. */
const LARGE_BYTES = 16 << 20

/**
 * The jobs that may be claimed beside the running ones, or null for none. One of several slots is never given to a
 * large job.
 */
export function vacancy(
  { concurrency, byType = {} }: Limits,
  jobTypes: readonly string[],
  running: readonly RunningJob[],
): Wanted | null {
  if (running.length >= concurrency) return null
  const open = jobTypes.filter(type => {
    const limit = Object.hasOwn(byType, type) ? byType[type]! : concurrency
    return running.filter(job => job.jobType === type).length < limit
  })
  if (open.length === 0) return null
  const large = running.filter(job => job.sizeBytes >= LARGE_BYTES).length
  return { jobTypes: open, smallerThan: large < Math.max(1, concurrency - 1) ? null : LARGE_BYTES }
}
