/** The records that satisfy a condition, as one set per segment. */
import type { Service } from '../../../fields.ts'
import type { Condition } from '../../../vql/query.ts'
import type { Slots } from '../sets/slots.ts'
import { compile } from './compile.ts'
import { planCondition } from './plan.ts'
import { liveSlots, type Part, partsOf, type Reader } from './reader.ts'

/** What a query matches in one segment. */
export interface Matched {
  readonly part: Part
  /** Live slots. */
  readonly slots: Slots
}

/** The live records that satisfy `where`, one set per segment. */
export function matchAll(reader: Reader, service: Service, where: Condition): readonly Matched[] {
  const node = planCondition(service, where)
  return partsOf(reader, service).map(part => ({ part, slots: liveSlots(part, compile(part, node).all()) }))
}
