/**
 * Lowers the priority of what works in the background below that of the thread that answers requests and of the database sessions
 * that read its pages. On two cores, a busy writer, merger and PostgreSQL made searches wait.
 */
import { setPriority } from 'node:os'

/** At the lowest priority, 19, a thread gets a hundredth of a busy core. At 10 it gets a tenth. */
const NICE = 10

/** For the calling thread. On Linux each thread has its own priority; elsewhere this would change the whole process. */
export function yieldToSearches(): void {
  // Process ID 0 means the calling thread.
  if (process.platform === 'linux') setPriority(0, NICE)
}

/** For another process on this machine, such as a session of the embedded PostgreSQL. If that is not allowed, nothing changes. */
export function makeYield(pid: number): void {
  try {
    setPriority(pid, NICE)
  } catch {
    // It has ended, or it belongs to another user.
  }
}
