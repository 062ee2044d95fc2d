/** The progress of a job: a bar that is redrawn on a terminal, or a line every few seconds in a log. */
import type { Progress } from '../jobs/job/job-context.ts'
import type { Context } from './context.ts'
import { count, counted, duration } from './format.ts'

const WIDTH = 20
const LINE_EVERY_MS = 5_000
/** The rate covers only the last seconds, so that it shows when a job slows down or speeds up. */
const RATE_OVER_MS = 10_000

export interface ProgressDisplay {
  show(progress: Progress): void
  /** Clears the bar. */
  end(): void
}

/** `doing` follows the number of rows: `stored`, for example. */
export function displayProgress({ say, interactive }: Context, doing: string): ProgressDisplay {
  const describe = progressDescriber(doing)
  let shownAt = performance.now()
  let drawn = false
  return {
    show(progress) {
      if (progress.rowsRead === 0 && progress.bytesRead === 0) return
      const now = performance.now()
      const text = describe(progress, now)
      if (interactive) {
        // A line that wraps cannot be redrawn.
        process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
        drawn = true
      } else if (now - shownAt >= LINE_EVERY_MS) {
        shownAt = now
        say(text)
      }
    },
    end() {
      if (drawn) process.stderr.write('\r\x1b[K')
    },
  }
}

interface Sample {
  readonly at: number
  readonly rows: number
  /** Bytes or rows, in the unit of the total. */
  readonly done: number
}

/** Returns a function of the progress and the time in milliseconds. Call it in chronological order. */
export function progressDescriber(doing: string): (progress: Progress, now: number) => string {
  let samples: readonly Sample[] = []
  return (progress, now) => {
    const { rowsRead, rowsTotal, rowsRejected, bytesRead, bytesTotal } = progress
    const [done, total] = bytesTotal ? [bytesRead, bytesTotal] : [rowsRead, rowsTotal]
    samples = [...since(samples, now - RATE_OVER_MS), { at: now, rows: rowsRead, done }]
    const first = samples[0]!
    const seconds = (now - first.at) / 1000
    const rejected = rowsRejected > 0 ? `, ${count(rowsRejected)} rejected` : ''
    // Less than a second is too short for a rate.
    const rate = seconds < 1 ? '' : `, ${count(Math.round((rowsRead - first.rows) / seconds))}/s`
    const left =
      total === null || seconds < 1 || done >= total ? '' : timeLeft(((total - done) * seconds) / (done - first.done))
    return `${total ? bar(Math.min(1, done / total)) : ''}${counted(rowsRead, 'row')} ${doing}${rejected}${rate}${left}`
  }
}

/** The samples after `from`, and the last one before them. */
function since(samples: readonly Sample[], from: number): readonly Sample[] {
  const next = samples.findIndex(sample => sample.at > from)
  return next < 0 ? samples.slice(-1) : samples.slice(Math.max(0, next - 1))
}

function bar(part: number): string {
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `${'█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░')} ${percent} %  `
}

/** Empty while the job makes no progress. */
function timeLeft(seconds: number): string {
  return Number.isFinite(seconds) ? `, ${duration(seconds)} left` : ''
}
