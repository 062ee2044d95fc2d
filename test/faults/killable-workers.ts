/** Two worker processes of which one has the job, and a way to kill it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface KillableWorkers {
  /** Resolves when the worker that has the job now began or resumed it; after a kill, when another one has. */
  started(): Promise<void>
  /** To be called between two jobs. */
  finished(): void
  /** SIGKILL for the worker that has the job; a new one takes its place. */
  killHolder(): Promise<void>
  /** SIGSTOP for the worker that has the job; what is returned lets it go on. */
  freezeHolder(): Promise<() => void>
  /** How long the job lay idle after each kill until another worker had it, in milliseconds. */
  readonly takeovers: readonly number[]
  /** What the workers complained about. */
  readonly complaints: readonly string[]
  end(): Promise<void>
}

export async function startKillableWorkers(databaseUrl: string, directory: string): Promise<KillableWorkers> {
  const workers = new Set<ChildProcess>()
  const complaints: string[] = []
  const takeovers: number[] = []
  let holder: ChildProcess | null = null
  let waiting = Promise.withResolvers<void>()
  let killedAt: number | null = null

  function started(child: ChildProcess): void {
    holder = child
    waiting.resolve()
    if (killedAt !== null) takeovers.push(performance.now() - killedAt)
    killedAt = null
  }

  function forget(): ChildProcess | null {
    const child = holder
    holder = null
    killedAt = null
    waiting = Promise.withResolvers()
    return child
  }

  function takeHolder(): ChildProcess {
    const child = forget()
    if (child === null) throw new Error('no worker has the job')
    return child
  }

  async function add(): Promise<void> {
    const script = new URL('worker-process.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, databaseUrl, directory], { stdio: ['ignore', 'pipe', 'pipe'] })
    workers.add(child)
    createInterface(child.stderr).on('line', line => complaints.push(line))
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on('line', line => {
        if (line === 'ready') resolve()
        if (line === 'started') started(child)
      })
      child.once('exit', () => reject(new Error(`a worker ended:\n${complaints.slice(-20).join('\n')}`)))
    })
  }

  async function kill(child: ChildProcess): Promise<void> {
    workers.delete(child)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  await Promise.all([add(), add()])
  return {
    takeovers,
    complaints,
    async started() {
      await waiting.promise
    },
    finished() {
      forget()
    },
    async killHolder() {
      const child = takeHolder()
      killedAt = performance.now()
      await kill(child)
      await add()
    },
    async freezeHolder() {
      const child = takeHolder()
      child.kill('SIGSTOP')
      return () => child.kill('SIGCONT')
    },
    async end() {
      await Promise.all([...workers].map(kill))
    },
  }
}
