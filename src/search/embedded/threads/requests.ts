/** What the engine and its query threads exchange: plain data. A request is answered in the same way in every thread. */
import type { Field, Service } from '../../../fields.ts'
import type { Condition, Query } from '../../../vql/query.ts'
import type { FacetRequest } from '../../engine.ts'
import { count } from '../answer/count.ts'
import { extent } from '../answer/extent.ts'
import { facet } from '../answer/facet.ts'
import { search } from '../answer/search.ts'
import type { IndexState } from '../index-state.ts'
import type { Meter } from '../query/meter.ts'

export type Request =
  | { readonly type: 'search'; readonly query: Query }
  | { readonly type: 'count'; readonly service: Service; readonly where: Condition }
  | { readonly type: 'facet'; readonly request: FacetRequest }
  | { readonly type: 'extent'; readonly service: Service; readonly field: Field; readonly where: Condition }

export type Answer<R extends Request> = {
  search: ReturnType<typeof search>
  count: number
  facet: ReturnType<typeof facet>
  extent: ReturnType<typeof extent>
}[R['type']]

export function answer<R extends Request>(state: IndexState, request: R, meter: Meter): Answer<R>
export function answer(state: IndexState, request: Request, meter: Meter): Answer<Request> {
  switch (request.type) {
    case 'search':
      return search(state, request.query, meter)
    case 'count':
      return count(state, request.service, request.where, meter)
    case 'facet':
      return facet(state, request.request, meter)
    case 'extent':
      return extent(state, request.service, request.field, request.where, meter)
  }
}

/** One number in shared memory: 1 once nobody waits for the answer any more. The thread sees it while it works. */
export type StopFlag = Int32Array<SharedArrayBuffer>

/** Whether a thread answers queries of some milliseconds, or longer ones. */
export type Lane = 'quick' | 'long'

export interface ThreadData {
  readonly lane: Lane
}

/** A message to a query thread. */
export type ToThread =
  /** Later messages refer to this state. */
  | { readonly type: 'state'; readonly state: IndexState }
  /** `limit`: what it may cost, in the unit of `Meter`. `deadline`: in milliseconds since 1970. */
  | {
      readonly type: 'ask'
      readonly id: number
      readonly request: Request
      readonly limit: number
      readonly deadline: number
      readonly stop: StopFlag
    }
  /** Opens a scan of the last state, after its first `skip` rows. */
  | {
      readonly type: 'scan'
      readonly id: number
      readonly query: Query
      readonly skip: number
      readonly stop: StopFlag
    }
  /** Asks for the next portion of a scan. */
  | { readonly type: 'next'; readonly id: number }
  | { readonly type: 'close'; readonly id: number }

/** The reply to `ask` and to `next`; of a scan null at its end. */
export type FromThread =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly timedOut: true }
  /** It costs more than its limit. */
  | { readonly id: number; readonly tooCostly: true }
  /** Its flag was set. */
  | { readonly id: number; readonly stopped: true }
  | { readonly id: number; readonly error: unknown }
