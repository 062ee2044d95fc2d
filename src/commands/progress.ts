/** How far a job is: a bar that is drawn over for a person, a line now and then for a log. */
import type { Progress } from '../jobs/job-context.ts'
import type { Context } from './context.ts'

const WIDTH = 24
const LINE_EVERY_MS = 5_000

export interface ProgressDisplay {
  show(progress: Progress): void
  /** Clears the bar away. */
  end(): void
}

/** `doing` completes "… rows": `stored`, say. */
export function displayProgress({ say, interactive }: Context, doing: string): ProgressDisplay {
  const started = performance.now()
  let shownAt = started
  let drawn = false
  return {
    show(progress) {
      if (progress.rowsRead === 0 && progress.bytesRead === 0) return
      const text = describe(progress, doing, (performance.now() - started) / 1000)
      if (interactive) {
        process.stderr.write(`\r\x1b[K${text}`)
        drawn = true
      } else if (performance.now() - shownAt >= LINE_EVERY_MS) {
        shownAt = performance.now()
        say(text)
      }
    },
    end() {
      if (drawn) process.stderr.write('\r\x1b[K')
    },
  }
}

function describe(progress: Progress, doing: string, seconds: number): string {
  const { rowsRead, rowsTotal, rowsRejected, bytesRead, bytesTotal } = progress
  const [done, total] = bytesTotal ? [bytesRead, bytesTotal] : [rowsRead, rowsTotal]
  const part = total ? Math.min(1, done / total) : null
  const bar = part === null ? '' : `${'█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░')} ${percent(part)}  `
  const rejected = rowsRejected > 0 ? `, ${count(rowsRejected)} rejected` : ''
  return `${bar}${count(rowsRead)} rows ${doing}${rejected}, ${count(Math.round(rowsRead / Math.max(seconds, 0.1)))}/s`
}

function percent(part: number): string {
  return `${String(Math.floor(part * 100)).padStart(3)} %`
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}
