/** The queries whose answers depend on the stored records. */
import type { QueryClient } from '@tanstack/react-query'

/** The first part of their keys. */
const KINDS: ReadonlySet<unknown> = new Set([
  'count',
  'pages',
  'record',
  'values',
  'histogram',
  'people',
  'overview',
  'palette',
])

/** After records were changed by someone else, such as a job: what is shown is asked for again, the rest when it is shown. */
export function invalidateRecords(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => KINDS.has(queryKey[0]) })
}
