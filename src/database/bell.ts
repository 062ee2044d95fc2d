/** Wakes up a loop that otherwise polls. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, or after `ms` milliseconds. Resolves immediately if the bell has rung since the last wait. */
  wait(ms: number): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wakeUp = () => {}
  return {
    ring() {
      rung = true
      wakeUp()
    },
    async wait(ms) {
      if (!rung)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          wakeUp = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      rung = false
    },
  }
}
