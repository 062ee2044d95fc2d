import { countRecords, type Service } from '../api/records.ts'
import { toWhere } from '../explore/filters/where.ts'
import type { Group } from '../explore/view-state.ts'

/** Counts what a filter finds, so that a link to the filtered list shows exactly the records that were counted. */
export function countFilter(service: Service, filter: Group, signal?: AbortSignal): Promise<number> {
  return countRecords(service, toWhere('', filter), signal)
}
