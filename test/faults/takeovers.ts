/** Reports how soon another worker took over the job. */
import type { FaultFigures } from './run-faults.ts'

const KILL_MS = 2000
const FREEZE_MS = 30_000

/** `late`: the median after kills was above 2 s, or one takeover after a freeze above 30 s. */
export function takeovers({ afterKill, afterFreeze }: FaultFigures): { readonly text: string; readonly late: boolean } {
  const text = [describe('SIGKILL', afterKill), describe('SIGSTOP', afterFreeze)].join('; ')
  const above = afterKill.filter(ms => ms > KILL_MS).length
  return {
    text: `another worker took over ${text}; ${above} of ${afterKill.length} above ${KILL_MS} ms after a SIGKILL`,
    late: quantile(afterKill, 0.5) > KILL_MS || quantile(afterFreeze, 1) > FREEZE_MS,
  }
}

function describe(signal: string, values: readonly number[]): string {
  if (values.length === 0) return `after ${signal}: not measured`
  return `after ${signal}: ${quantile(values, 0.5)} ms in the median, ${quantile(values, 1)} ms at most`
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0
}
