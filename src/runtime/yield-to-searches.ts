/**
 * Lowers the priority of the calling thread below that of the thread that answers requests: on two cores, a busy writer, merger and
 * PostgreSQL made searches wait. On Linux each thread has its own priority, and process ID 0 means the calling thread. Elsewhere
 * this would change the whole process.
 */
import { setPriority } from 'node:os'

/** At the lowest priority, 19, a thread gets a hundredth of a busy core. At 10 it gets a tenth. */
const NICE = 10

export function yieldToSearches(): void {
  if (process.platform === 'linux') setPriority(0, NICE)
}
