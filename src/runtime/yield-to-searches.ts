/**
 * Makes way for the thread that answers requests: on two cores a writer, a merger and PostgreSQL at work made searches wait for
 * their turn. On Linux a thread has a priority of its own, and process id 0 means the calling thread; elsewhere it would be the whole process.
 */
import { setPriority } from 'node:os'

/** The lowest is 19, which gets a hundredth of a core that the others keep busy; this gets a tenth. */
const NICE = 10

export function yieldToSearches(): void {
  if (process.platform === 'linux') setPriority(0, NICE)
}
