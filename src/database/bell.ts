/** Wakes a loop that otherwise looks by itself every so often. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, at once when it rang since the last wait, or after `ms` milliseconds. */
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
