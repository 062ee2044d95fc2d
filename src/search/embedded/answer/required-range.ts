/**
 * The range in which a condition requires the values of a field to be. A page ordered by that field walks only this range: those
 * who ask for companies of 10 to 20 employees, largest first, do not want to wait for all larger ones to be passed.
 */
import type { Field } from '../../../fields.ts'
import type { Node } from '../query/plan.ts'
import { type OrdinalRange, ordinalsWithin } from '../query/value-matchers.ts'
import type { Values } from '../segment/segment.ts'

/** Both ends included. Empty if `from` is greater than `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Null if the condition requires nothing of this field. Of several ranges, the smallest one that contains them. */
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
export function walkedOrdinals(values: Values, range: Range | null): OrdinalRange {
  return range === null || values.kind !== 'numbers' ? { from: 0, to: values.size } : ordinalsWithin(values, range)
}
