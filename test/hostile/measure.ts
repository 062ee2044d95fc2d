/** What another client notices of an attack, and what the server's memory does. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Order } from './attacker.ts'
import type { Attack } from './attacks.ts'
import { send, type Target } from './client.ts'

export interface Figures {
  readonly attack: string
  /** Rounds of the attack. */
  readonly rounds: number
  /** Counts of the other client. */
  readonly counts: number
  /** Milliseconds of a count. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Megabytes that the server's process had more than when idle, at most. */
  readonly memory: number
}

/** The other client counts as often, whatever becomes of the counts before. Milliseconds. */
const COUNT_EVERY = 20

/** Runs the attack for `seconds` at full rate. `idle`: megabytes of the process `pid` when idle. */
export async function measureAttack(
  attack: Attack,
  { target, pid, idle, seconds }: { target: Target; pid: number; idle: number; seconds: number },
): Promise<Figures> {
  const attacker = fork(join(import.meta.dirname, 'attacker.ts'))
  const kill = () => attacker.kill('SIGKILL')
  process.once('exit', kill)
  attacker.send({ attack: attack.name, target } satisfies Order)
  const times: number[] = []
  const underWay: Promise<void>[] = []
  let memory = 0
  const end = performance.now() + seconds * 1000
  for (let next = performance.now(); next < end; next += COUNT_EVERY) {
    await delay(Math.max(0, next - performance.now()))
    underWay.push(count(target).then(ms => void times.push(ms)))
    memory = Math.max(memory, residentMegabytes(pid) - idle)
  }
  attacker.send('stop')
  const reports = once(attacker, 'message') as Promise<[number]>
  await Promise.all(underWay)
  // What is under way may take long to end; that is not of interest any more.
  const [rounds] = await Promise.race([reports, delay(5000, [0] as [number])])
  kill()
  process.off('exit', kill)
  times.sort((a, b) => a - b)
  const quantile = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))]!
  return {
    attack: attack.name,
    rounds,
    counts: times.length,
    p50: quantile(0.5),
    p99: quantile(0.99),
    max: times.at(-1)!,
    memory,
  }
}

async function count(target: Target): Promise<number> {
  const started = performance.now()
  const reply = await send(target, '/contacts/count', { where: { keyword_match: { must: { country: 'germany' } } } })
  if (reply?.status !== 200) throw new Error(`a count was answered with ${reply?.status}: ${reply?.body}`)
  return performance.now() - started
}

/** Of one process; Linux only: proc_pid_status(5). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return (Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
}
