/** Waiting for a position in the feed. */

export interface Waiters {
  /** Resolves with true when `seq` is reached, and with false after `timeoutMs` or when the wait is given up. */
  add(seq: number, timeoutMs: number): Promise<boolean>
  reached(seq: number): void
  giveUp(): void
}

/** The callers of `waitFor` and the position in the feed that each waits for. */
export function createWaiters(): Waiters {
  const waiting = new Set<{ seq: number; settle(reached: boolean): void }>()
  return {
    add: (seq: number, timeoutMs: number) =>
      new Promise<boolean>(resolve => {
        const timer = Number.isFinite(timeoutMs) ? setTimeout(() => waiter.settle(false), timeoutMs) : undefined
        const waiter = {
          seq,
          settle(reached: boolean) {
            clearTimeout(timer)
            waiting.delete(waiter)
            resolve(reached)
          },
        }
        waiting.add(waiter)
      }),
    reached(seq: number) {
      for (const waiter of waiting) if (waiter.seq <= seq) waiter.settle(true)
    },
    giveUp() {
      for (const waiter of waiting) waiter.settle(false)
    },
  }
}
