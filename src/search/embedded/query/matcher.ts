/**
 * Matchers: conditions compiled for one segment, with and, or and not. A matcher can return all of its slots, or filter a
 * given list of slots. A conjunction starts with the matcher that has the fewest slots. For each of the others it then
 * picks the cheaper way: filtering the slots that are left by reading the column, or intersecting bitsets, 32 slots a step.
 */
import type { Scratch } from '../sets/scratch.ts'
import {
  allSlots,
  concatenate,
  countSlots,
  intersect,
  NO_SLOTS,
  type Slots,
  sparse,
  subtract,
  toList,
  uniteAll,
  withoutList,
} from '../sets/slots.ts'
import type { Meter } from './meter.ts'

export interface Matcher {
  /**
   * An estimate of the number of matching slots. That of a conjunction can be far too low if its conditions depend on each other. 0 only if
   * there are none.
   */
  readonly estimate: number
  /** Whether `estimate` is the exact number of matching slots, dead ones included. */
  readonly exact: boolean
  /** The exact number, where it takes some work to find but does not require building the set. */
  count?(): number
  /** For a negation, the matcher that is negated. A conjunction subtracts its slots instead of building the complement. */
  readonly negated?: Matcher
  /** The cost of `all`, in bits to set (about a nanosecond each). */
  readonly cost: number
  all(): Slots
  /** The cost of `within` with a list of `count` slots, in the unit of `cost`. */
  withinCost(count: number): number
  /** The slots of the sorted `list` that match. */
  within(list: Uint32Array): Uint32Array
}

/** The usual cost of `within` per slot: one random read of a column, and a test of the value. */
const LOOK = 8
/** The same if the test looks at one bit. */
export const LOOK_AT_BIT = 4

/** The usual `withinCost`. */
export function lookAtEach(count: number): number {
  return count * LOOK
}

/** Spends the cost of a matcher each time it is used. */
export function metered(matcher: Matcher, meter: Meter): Matcher {
  const { cost, count } = matcher
  return {
    ...matcher,
    ...(count !== undefined && {
      count() {
        meter.spend(cost)
        return count()
      },
    }),
    all() {
      meter.spend(cost)
      return matcher.all()
    },
    within(list) {
      meter.spend(Math.min(matcher.withinCost(list.length), cost))
      return matcher.within(list)
    },
  }
}

export const NEVER: Matcher = {
  estimate: 0,
  exact: true,
  cost: 0,
  all: () => NO_SLOTS,
  withinCost: () => 0,
  within: () => toList(NO_SLOTS),
}

export function always(size: number, scratch: Scratch): Matcher {
  return {
    estimate: size,
    exact: true,
    cost: size / 32,
    all: () => allSlots(size, scratch),
    withinCost: () => 0,
    within: list => list,
  }
}

/** A matcher for a known set of slots. */
export function fixed(slots: Slots): Matcher {
  const count = countSlots(slots)
  return {
    estimate: count,
    exact: true,
    cost: 0,
    all: () => slots,
    withinCost: lookAtEach,
    within: list => toList(intersect(sparse(list), slots, NO_SCRATCH)),
  }
}

/** Intersecting with a list needs no scratch memory. */
const NO_SCRATCH: Scratch = {
  raw: () => new Int32Array(0),
  zeroed: () => new Int32Array(0),
  numbers: () => new Int32Array(0),
  release() {},
}

export function not(inner: Matcher, size: number, scratch: Scratch): Matcher {
  return {
    estimate: inner.exact ? size - inner.estimate : size,
    exact: inner.exact,
    cost: inner.cost + size / 16,
    negated: inner,
    ...(inner.count !== undefined && { count: () => size - inner.count!() }),
    all: () => subtract(allSlots(size, scratch), inner.all(), size, scratch),
    withinCost: count => count + inner.withinCost(count),
    within: list => withoutList(list, inner.within(list)),
  }
}

export function and(matchers: readonly Matcher[], size: number, scratch: Scratch): Matcher {
  if (matchers.length === 1) return matchers[0]
  const [first, ...others] = [...matchers].sort((a, b) => a.estimate - b.estimate)
  if (first.estimate === 0) return NEVER
  return {
    // As if the conditions were independent of each other.
    estimate: Math.max(1, size * matchers.reduce((share, { estimate }) => share * Math.min(1, estimate / size), 1)),
    exact: false,
    cost:
      first.cost +
      others.reduce((sum, other) => sum + Math.min(other.withinCost(Math.ceil(first.estimate)), other.cost), 0),
    all() {
      let slots = first.all()
      // The cheapest come first, so that the expensive ones have fewer slots to look at.
      for (const other of [...others].sort((a, b) => a.cost - b.cost)) {
        if (slots.kind === 'dense' && other.cost > size / 8) {
          const count = countSlots(slots)
          if (count + other.withinCost(count) < other.cost) slots = sparse(toList(slots))
        }
        if (slots.kind === 'sparse' && slots.list.length === 0) return NO_SLOTS
        slots =
          slots.kind === 'sparse' && other.withinCost(slots.list.length) < other.cost
            ? sparse(other.within(slots.list))
            : other.negated === undefined
              ? intersect(slots, other.all(), scratch)
              : subtract(slots, other.negated.all(), size, scratch)
      }
      return slots
    },
    withinCost: count => first.withinCost(count),
    within: list =>
      [first, ...others].reduce((left, matcher) => (left.length === 0 ? left : matcher.within(left)), list),
  }
}

export function or(matchers: readonly Matcher[], size: number, scratch: Scratch): Matcher {
  if (matchers.length === 0) return NEVER
  if (matchers.length === 1) return matchers[0]
  const sum = (of: (matcher: Matcher) => number) => matchers.reduce((total, matcher) => total + of(matcher), 0)
  return {
    estimate: Math.min(
      size,
      sum(matcher => matcher.estimate),
    ),
    exact: false,
    cost: sum(matcher => matcher.cost) + size / 32,
    all: () =>
      uniteAll(
        matchers.values().map(matcher => matcher.all()),
        size,
        scratch,
      ),
    withinCost: count => sum(matcher => matcher.withinCost(count)),
    within(list) {
      let rest = list
      const found: Uint32Array[] = []
      for (const matcher of matchers) {
        const held = matcher.within(rest)
        if (held.length === 0) continue
        found.push(held)
        rest = withoutList(rest, held)
      }
      return found.length === 1 ? found[0] : concatenate(found).sort()
    },
  }
}
