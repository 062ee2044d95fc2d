/** Writes that wait for the cluster while the next ones are prepared. */
export interface Pipeline {
  /** Starts a write. Resolves when there is room for another one. Rejects if a write has failed. */
  add(write: () => Promise<void>): Promise<void>
  /** Waits for all writes. Rejects if one has failed. */
  end(): Promise<void>
}

export function openPipeline(most: number): Pipeline {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const check = () => {
    if (failures.length > 0) throw failures[0]
  }
  return {
    async add(write) {
      const settled: Promise<void> = write()
        .catch(error => void failures.push(error))
        .finally(() => running.delete(settled))
      running.add(settled)
      if (running.size >= most) await Promise.race(running)
      check()
    },
    async end() {
      await Promise.all(running)
      check()
    },
  }
}
