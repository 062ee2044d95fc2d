/** What a query reads: the segments of the state it started with, its scratch memory, and the meter of its cost. */
import type { Field, Service } from '../../../fields.ts'
import type { ContactSums, Entry, IndexState } from '../index-state.ts'
import { openSegment } from '../segment/open-segment.ts'
import type { Column, Segment } from '../segment/segment.ts'
import type { Bits } from '../sets/bitset.ts'
import { createScratch, type Scratch } from '../sets/scratch.ts'
import { allSlots, dense, intersect, NO_SLOTS, type Slots, subtract } from '../sets/slots.ts'
import type { Matcher } from './matcher.ts'
import { type Meter, UNLIMITED } from './meter.ts'
import type { Node } from './plan.ts'

export interface Reader {
  readonly companies: readonly Part[]
  readonly contacts: readonly Part[]
  /** For each part of `companies`. A state that the writer has not published has none. */
  readonly sums: readonly (ContactSums | null)[]
  readonly scratch: Scratch
  readonly meter: Meter
  /**
   * The companies that satisfy each join, per segment of companies: `joins` as matchers (compile.ts), `joined` as sets (join.ts).
   * They are computed once and used for all segments of contacts.
   */
  readonly joins: Map<Node, readonly Matcher[]>
  readonly joined: Map<Node, readonly Slots[]>
}

/** One segment as a query sees it. */
export interface Part {
  readonly segment: Segment
  readonly dead: Bits | null
  readonly live: number
  readonly reader: Reader
}

/** Runs a synchronous query and releases its scratch memory. */
export function withReader<T>(state: IndexState, meter: Meter, run: (reader: Reader) => T): T {
  const reader = openReader(state, meter)
  try {
    return run(reader)
  } finally {
    reader.scratch.release()
  }
}

/** For a query that outlives the call, such as a scan. The caller has to release `scratch`. */
export function openReader(state: IndexState, meter = UNLIMITED): Reader {
  const companies: Part[] = []
  const contacts: Part[] = []
  const reader: Reader = {
    companies,
    contacts,
    sums: state.sums ?? state.company.map(() => null),
    scratch: createScratch(),
    meter,
    joins: new Map(),
    joined: new Map(),
  }
  for (const entry of state.company) companies.push(openPart(entry, reader))
  for (const entry of state.contact) contacts.push(openPart(entry, reader))
  return reader
}

function openPart({ segment, dead, live }: Entry, reader: Reader): Part {
  return { segment: openSegment(segment), dead, live, reader }
}

export function partsOf(reader: Reader, service: Service): readonly Part[] {
  return service === 'company' ? reader.companies : reader.contacts
}

/** `slots` without the dead ones. */
export function liveSlots(part: Part, slots: Slots): Slots {
  return part.dead === null ? slots : subtract(slots, dense(part.dead), part.segment.size, part.reader.scratch)
}

/** Those of `slots` whose value in the column has both cases. */
export function spelledSlots({ spelled }: Column, slots: Slots, { scratch }: Reader): Slots {
  return spelled === null ? NO_SLOTS : intersect(slots, dense(spelled), scratch)
}

export function everySlot(part: Part): Slots {
  return allSlots(part.segment.size, part.reader.scratch)
}

/** Whether the field belongs to the company in a query of contacts. */
export function isJoined(service: Service, field: Field): boolean {
  return service === 'contact' && field.service === 'company'
}
