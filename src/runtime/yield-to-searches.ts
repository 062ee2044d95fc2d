/**
 * Lowers the priority of what works in the background below that of the thread that answers requests and of the database sessions
 * that requests use. On two cores, a busy writer, merger and PostgreSQL made searches wait.
 */
import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** At the lowest priority, 19, a thread gets a hundredth of a busy core. At 10 it gets a tenth. */
const NICE = 10

/** For work of some milliseconds that a client waits for. It gets three times as much as that at 10. */
export const SLIGHTLY = 5

/** For the calling thread. On Linux each thread has its own priority; elsewhere this would change the whole process. */
export function yieldToSearches(nice = NICE): void {
  // Process ID 0 means the calling thread.
  if (process.platform === 'linux') lower(0, nice)
}

/**
 * For another process on this machine, such as a session of the embedded PostgreSQL. If that is not allowed, nothing changes.
 * Linux may compare priorities only within a session of processes (sched(7), autogroups), and each of PostgreSQL's is one by itself.
 */
export function makeYield(pid: number): void {
  lower(pid, NICE)
  if (process.platform !== 'linux') return
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE))
  } catch {
    // The kernel has no autogroups, the process has ended, or too many were changed in the last 100 ms.
  }
}

function lower(pid: number, nice: number): void {
  try {
    if (getPriority(pid) < nice) setPriority(pid, nice)
  } catch {
    // It has ended, or it belongs to another user.
  }
}
