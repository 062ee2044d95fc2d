/** The requests behind the list, for those who want to do the same in a program. */
import type { Filter, Where } from '../../api/records.ts'
import { PATHS } from '../../api/records.ts'
import type { ApiRequest } from '../../shell/write-request.ts'
import { chooseColumns, listColumns, selectFor } from '../columns/columns.ts'
import type { ListView } from '../view-state.ts'

/** Rows of a page in the example. */
const LIMIT = 100

export function requestsFor(view: ListView, where: Where, filters: ReadonlyMap<string, Filter>): readonly ApiRequest[] {
  const { service, order } = view
  const columns = chooseColumns(service, listColumns(service, filters), view.columns)
  const list = {
    where,
    ...(order.length > 0 && { order_by: order }),
    ...selectFor(service, columns),
    limit: LIMIT,
    case: 'original',
  }
  return [
    { title: 'List the records', method: 'POST', path: PATHS[service], body: list },
    { title: 'Count them', method: 'POST', path: `${PATHS[service]}/count`, body: { where } },
  ]
}
