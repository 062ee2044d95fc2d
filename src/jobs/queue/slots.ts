/** How many jobs a process runs at a time, and of which kinds, so that a small one need not wait for a huge one. */
import type { Wanted } from './claims.ts'

export interface Limits {
  /** Jobs at a time. */
  readonly concurrency: number
  /** Of one type at a time; a type that is absent has no limit of its own. */
  readonly byType?: Readonly<Record<string, number>>
}

interface RunningJob {
  readonly jobType: string
  readonly sizeBytes: number
}

/** From here on a job is large: some seconds of work. */
const LARGE_BYTES = 16 << 20

/** What may be taken up beside what runs; null: nothing. Of several slots one is never given to a large job. */
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
