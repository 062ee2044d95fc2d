/**
 * Adds up what a query costs while it runs, and ends it when that is too much. The unit is that of `Matcher.cost`, about a
 * nanosecond. The sum depends only on the query and the segments, not on how busy the machine is.
 */
export interface Meter {
  /** Adds `cost`. Throws if the query must not continue. */
  spend(cost: number): void
}

/** Thrown when a query costs more than its thread can spare. It is then started again in another one. */
export class TooCostly extends Error {}

export const UNLIMITED: Meter = { spend() {} }

/** Throws TooCostly once more than `limit` was spent since the start, or since the last `restart`. */
export function limitedMeter(limit: number): Meter & { restart(): void } {
  let left = limit
  return {
    spend(cost) {
      left -= cost
      if (left < 0) throw new TooCostly()
    },
    restart() {
      left = limit
    },
  }
}

/** The cost between two looks at the clock. */
const LOOK_EVERY = 1e6

/** Calls `check`, which may throw, about every millisecond. */
export function checkingMeter(check: () => void): Meter {
  let spent = 0
  return {
    spend(cost) {
      spent += cost
      if (spent < LOOK_EVERY) return
      spent = 0
      check()
    },
  }
}

/** Spends on two meters. */
export function bothMeters(a: Meter, b: Meter): Meter {
  return {
    spend(cost) {
      a.spend(cost)
      b.spend(cost)
    },
  }
}
