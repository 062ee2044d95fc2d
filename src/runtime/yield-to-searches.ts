/**
 * Lowers the priority of the calling thread below that of the thread that answers requests. On two cores, searches otherwise
 * had to wait while a writer, a merger and PostgreSQL were busy. On Linux each thread has its own priority, and process id 0 means
 * the calling thread. On other systems it would be the whole process.
 */
import { setPriority } from 'node:os'

/** On a busy core, 19 (the lowest priority) gets a hundredth of the time, and 10 a tenth. */
const NICE = 10

export function yieldToSearches(): void {
  if (process.platform === 'linux') setPriority(0, NICE)
}
