import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const KEY = 'a-key-for-generated-clients'
const START_WITHIN = 120_000

/** Starts `serve` with an empty data directory, and resolves when it is healthy. */
export async function startServer(dataDir: string) {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    // Away from any `.env`.
    cwd: join(dataDir, '..'),
    env: { ...process.env, DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0', API_KEYS: KEY, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  // It must not outlive this process, however that ends.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  const append = (text: string) => {
    log = (log + text).slice(-100_000)
  }
  child.stdout.setEncoding('utf8').on('data', append)
  child.stderr.setEncoding('utf8').on('data', append)
  const deadline = Date.now() + START_WITHIN
  for (;;) {
    const url = /listening on (http:[^\s"]+)/.exec(log)?.[1]
    const health = url === undefined ? null : await fetch(`${url}/health`).catch(() => null)
    if (url !== undefined && health?.status === 200) return { url, key: KEY, stop }
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${log}`)
    await delay(50)
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    const [code] = await ended
    process.off('exit', kill)
    if (code !== 0) throw new Error(`the server exited with code ${code}:\n${log}`)
  }
}
