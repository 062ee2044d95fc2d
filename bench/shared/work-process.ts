/** Runs `connectra work` as a separate process, and measures its memory while it works. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ALLOCATOR, memoryOf, SETTLE_MS } from './memory.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const SAMPLE_EVERY_MS = 100

export interface WorkProcess {
  /** Highest resident megabytes during `work`, minus those before it. */
  measureGrowth(work: () => Promise<unknown>): Promise<number>
  stop(): Promise<void>
}

/** Resolves when it accepts jobs. */
export async function startWork(options: { databaseUrl: string; dataDir: string }): Promise<WorkProcess> {
  const child = spawn(process.execPath, [MAIN, 'work'], {
    env: {
      ...ALLOCATOR,
      ...process.env,
      // Set for the benchmarks that compare with OpenSearch.
      OPENSEARCH_URL: undefined,
      DATABASE_URL: options.databaseUrl,
      DATA_DIR: options.dataDir,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ready = Promise.withResolvers<void>()
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text
    if (log.includes('ready')) ready.resolve()
  })
  child.once('exit', code => ready.reject(new Error(`connectra work exited with code ${code}:\n${log}`)))
  await ready.promise
  const resident = () => memoryOf(child.pid!).resident
  return {
    async measureGrowth(work) {
      await delay(SETTLE_MS)
      const idle = resident()
      let peak = idle
      const timer = setInterval(() => {
        peak = Math.max(peak, resident())
      }, SAMPLE_EVERY_MS)
      await work().finally(() => clearInterval(timer))
      return peak - idle
    },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      process.off('exit', kill)
    },
  }
}
