/** Measures the effect of an attack on another client and on the server's memory. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { quantile } from '../../bench/shared/figures.ts'
import type { Order } from './attacker.ts'
import type { Attack } from './attacks.ts'
import { send, type Target } from './client.ts'

export interface Figures {
  readonly attack: string
  /** Completed rounds of the attack. */
  readonly rounds: number
  /** Counts sent by the other client. */
  readonly counts: number
  /** The duration of a count, in milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** The peak memory of the server above its idle memory, in megabytes. */
  readonly memory: number
}

/** The interval of the counts, in milliseconds. A count does not wait for the previous one. */
const COUNT_EVERY = 20

export interface Measurement {
  readonly target: Target
  /** The process of the server. */
  readonly pid: number
  /** Its memory when idle, in megabytes. */
  readonly idle: number
  readonly seconds: number
}

/** The process that attacks. */
export function startAttacker(): ChildProcess {
  const attacker = fork(join(import.meta.dirname, 'attacker.ts'))
  process.once('exit', () => attacker.kill('SIGKILL'))
  return attacker
}

/** Runs the attack at full rate. */
export async function measureAttack(
  attacker: ChildProcess,
  attack: Attack,
  { target, pid, idle, seconds }: Measurement,
): Promise<Figures> {
  attacker.send({ attack: attack.name, connections: attack.connections, target } satisfies Order)
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
  const [rounds] = await reports
  return {
    attack: attack.name,
    rounds,
    counts: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: quantile(times, 1),
    memory,
  }
}

async function count(target: Target): Promise<number> {
  const started = performance.now()
  const reply = await send(target, '/contacts/count', { where: { keyword_match: { must: { country: 'germany' } } } })
  if (reply?.status !== 200) throw new Error(`a count returned ${reply?.status}: ${reply?.body}`)
  return performance.now() - started
}

/** The resident memory of a process. Linux only, see proc_pid_status(5). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return (Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
}
