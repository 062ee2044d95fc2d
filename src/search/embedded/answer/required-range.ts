/**
 * The range in which a condition requires the values of a field to be. A page ordered by that field walks only this range: those
 * who ask for companies of 10 to 20 employees, largest first, do not want to wait for all larger ones to be passed.
 */
import type { Field } from '../../../fields.ts'
import type { Node } from '../query/plan.ts'
import { firstNotBelow, numberAt } from '../segment/ascending.ts'
import type { Values } from '../segment/segment.ts'

/** Both ends included. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** From the first to the last ordinal (exclusive). */
export interface Ordinals {
  readonly from: number
  readonly to: number
}

/** Null if matching records may have any value, or none. Both ends may be infinite. */
export function requiredRange(node: Node, field: Field): Range | null {
  switch (node.type) {
    case 'and':
      return node.of.reduce<Range | null>((range, child) => common(range, requiredRange(child, field)), null)
    case 'join':
      return requiredRange(node.of, field)
    case 'leaf': {
      const { leaf } = node
      if (leaf.type !== 'range' || leaf.field !== field) return null
      return leaf.ranges.reduce<Range>(
        (all, { from, to }) => ({ from: Math.min(all.from, from), to: Math.max(all.to, to) }),
        { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY },
      )
    }
    default:
      return null
  }
}

function common(a: Range | null, b: Range | null): Range | null {
  if (a === null || b === null) return a ?? b
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }
}

/** The ordinals of the values in the range; all of them if it is null. */
export function ordinalsWithin(values: Values, range: Range | null): Ordinals {
  if (range === null || values.kind !== 'numbers') return { from: 0, to: values.size }
  const from = firstNotBelow(values.numbers, range.from)
  const last = firstNotBelow(values.numbers, range.to)
  const to = last < values.size && numberAt(values.numbers, last) === range.to ? last + 1 : last
  return { from, to: Math.max(from, to) }
}
