/** Restarts the embedded PostgreSQL when it ends by itself. */
import { setTimeout as delay } from 'node:timers/promises'
import type { GuardedProcess } from './guarded-process.ts'

/** More restarts than this within `PERIOD` milliseconds, and it stays down: something is wrong that a restart does not fix. */
const RESTARTS = 3
const PERIOD = 60_000
/** Between a failed restart and the next. Milliseconds. */
const PAUSE = 1_000

export interface RestartEvents {
  /** PostgreSQL has ended, or a restart has failed, for this reason. A restart follows. */
  onEnd(reason: string): void
  onRestart(): void
}

export interface KeptProcess {
  /** Resolves with the reason when the process has ended for good: by `stop`, or after too many restarts. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/** `restart` resolves when the new process can be used; it ends that process and rejects when its signal aborts. */
export function keepRunning(
  first: GuardedProcess,
  restart: (signal: AbortSignal) => Promise<GuardedProcess>,
  events: RestartEvents,
): KeptProcess {
  const stopping = new AbortController()
  const { signal } = stopping
  let current = first
  let restarts: number[] = []

  const mayRestart = (): boolean => {
    const now = Date.now()
    restarts = restarts.filter(time => now - time < PERIOD)
    if (signal.aborted || restarts.length >= RESTARTS) return false
    restarts.push(now)
    return true
  }

  /** Returns null when it runs again, otherwise the reason why it does not. */
  const bringBack = async (first: string): Promise<string | null> => {
    for (let reason = first; mayRestart(); await delay(PAUSE, undefined, { signal }).catch(() => {})) {
      events.onEnd(reason)
      try {
        current = await restart(signal)
        // `stop` may have been called at the last moment, and has ended the previous process only.
        if (signal.aborted) await current.stop()
        else events.onRestart()
        return null
      } catch (error) {
        reason = (error as Error).message
      }
    }
    return first
  }

  const watch = async (): Promise<string> => {
    for (;;) {
      const reason = await bringBack(await current.ended)
      if (reason !== null) return reason
    }
  }
  const ended = watch()
  return {
    ended,
    async stop() {
      stopping.abort()
      await current.stop()
      await ended
    },
  }
}
