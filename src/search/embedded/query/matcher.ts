/**
 * A condition compiled for one segment, and the boolean core. A matcher can be asked in two ways: for all of its slots, or which
 * of a given few it holds for. A conjunction starts with the rarest and then, for each other, takes whichever way is cheaper:
 * reading the columns of the few that are left, or meeting as sets, 32 slots a step.
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

export interface Matcher {
  /** How many slots it may hold for; 0 only when it holds for none. */
  readonly estimate: number
  /** Is `estimate` the very number (of slots, dead ones included)? */
  readonly exact: boolean
  /** The very number where it takes some work, but no set has to be made for it. */
  count?(): number
  /** Of a negation: what must not hold. A conjunction takes that off instead of meeting its opposite. */
  readonly negated?: Matcher
  /** What `all` costs, in bits to be set (about a nanosecond each). */
  readonly cost: number
  all(): Slots
  /** Which of the slots of a sorted list. */
  within(list: Uint32Array): Uint32Array
}

/** What `within` costs a slot, in the unit of `cost`: a column is read at random, a value looked at. */
const LOOK = 8

export const NEVER: Matcher = {
  estimate: 0,
  exact: true,
  cost: 0,
  all: () => NO_SLOTS,
  within: () => toList(NO_SLOTS),
}

export function always(size: number, scratch: Scratch): Matcher {
  return { estimate: size, exact: true, cost: size / 32, all: () => allSlots(size, scratch), within: list => list }
}

/** A matcher for slots that are known. */
export function fixed(slots: Slots): Matcher {
  const count = countSlots(slots)
  return {
    estimate: count,
    exact: true,
    cost: 0,
    all: () => slots,
    within: list => toList(intersect(sparse(list), slots, NO_SCRATCH)),
  }
}

/** Lists never need any. */
const NO_SCRATCH: Scratch = {
  raw: () => new Int32Array(0),
  zeroed: () => new Int32Array(0),
  release() {},
}

export function not(inner: Matcher, size: number, scratch: Scratch): Matcher {
  return {
    estimate: inner.exact ? size - inner.estimate : size,
    exact: inner.exact,
    cost: inner.cost + size / 16,
    negated: inner,
    all: () => subtract(allSlots(size, scratch), inner.all(), size, scratch),
    within: list => withoutList(list, inner.within(list)),
  }
}

export function and(matchers: readonly Matcher[], size: number, scratch: Scratch): Matcher {
  if (matchers.length === 1) return matchers[0]
  const [first, ...others] = [...matchers].sort((a, b) => a.estimate - b.estimate)
  if (first.estimate === 0) return NEVER
  return {
    estimate: first.estimate,
    exact: false,
    cost: first.cost + Math.min(first.estimate * LOOK, Math.max(...others.map(({ cost }) => cost))),
    all() {
      let slots = first.all()
      // Cheap ones first: they leave fewer to look at for the dear ones.
      for (const other of [...others].sort((a, b) => a.cost - b.cost)) {
        if (slots.kind === 'dense' && other.cost > size / 8) {
          const count = countSlots(slots)
          if (count * LOOK < other.cost) slots = sparse(toList(slots))
        }
        if (slots.kind === 'sparse' && slots.list.length === 0) return NO_SLOTS
        slots =
          slots.kind === 'sparse' && slots.list.length * LOOK < other.cost
            ? sparse(other.within(slots.list))
            : other.negated === undefined
              ? intersect(slots, other.all(), scratch)
              : subtract(slots, other.negated.all(), size, scratch)
      }
      return slots
    },
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
