/** What a query reads: the list it began with, opened, and its scratch memory. */
import type { Field, Service } from '../../../fields.ts'
import type { Entry, IndexState } from '../index-state.ts'
import { openSegment } from '../segment/open-segment.ts'
import type { Segment } from '../segment/segment.ts'
import type { Bits } from '../sets/bitset.ts'
import { createScratch, type Scratch } from '../sets/scratch.ts'
import { allSlots, dense, type Slots, subtract } from '../sets/slots.ts'
import type { Matcher } from './matcher.ts'
import type { Node } from './plan.ts'

export interface Reader {
  readonly companies: readonly Part[]
  readonly contacts: readonly Part[]
  readonly scratch: Scratch
  /** Per join the companies that satisfy it, once for all segments of contacts: as matchers (compile.ts), then as sets (join.ts). */
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

/** Runs a query that ends before this returns. */
export function withReader<T>(state: IndexState, run: (reader: Reader) => T): T {
  const reader = openReader(state)
  try {
    return run(reader)
  } finally {
    reader.scratch.release()
  }
}

/** For a query that goes on: who opens it releases its scratch. */
export function openReader(state: IndexState): Reader {
  const companies: Part[] = []
  const contacts: Part[] = []
  const reader: Reader = {
    companies,
    contacts,
    scratch: createScratch(),
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

/** `slots` without the dead. */
export function liveSlots(part: Part, slots: Slots): Slots {
  return part.dead === null ? slots : subtract(slots, dense(part.dead), part.segment.size, part.reader.scratch)
}

export function everySlot(part: Part): Slots {
  return allSlots(part.segment.size, part.reader.scratch)
}

/** Is the field one of the company of the contacts that are searched? */
export function isJoined(service: Service, field: Field): boolean {
  return service === 'contact' && field.service === 'company'
}
