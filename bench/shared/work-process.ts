/** `connectra work` as a process of its own, and its memory while it works. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { memoryOf, REST } from './serve-process.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const WEIGH_EVERY = 100

export interface WorkProcess {
  /** Megabytes resident at most while `work` goes on, over what they are before it. */
  growth(work: () => Promise<unknown>): Promise<number>
  stop(): Promise<void>
}

/** Resolves when it takes jobs. */
export async function startWork(options: { databaseUrl: string; dataDir: string }): Promise<WorkProcess> {
  const child = spawn(process.execPath, [MAIN, 'work'], {
    env: {
      ...process.env,
      // As `npm start` and bin/connectra.js set it.
      MALLOC_MMAP_THRESHOLD_: '262144',
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
  child.once('exit', code => ready.reject(new Error(`connectra work ended with ${code}:\n${log}`)))
  await ready.promise
  const resident = () => memoryOf(child.pid!).resident
  return {
    async growth(work) {
      await new Promise(resolve => setTimeout(resolve, REST))
      const idle = resident()
      let most = idle
      const weighing = setInterval(() => {
        most = Math.max(most, resident())
      }, WEIGH_EVERY)
      await work().finally(() => clearInterval(weighing))
      return most - idle
    },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      process.off('exit', kill)
    },
  }
}
