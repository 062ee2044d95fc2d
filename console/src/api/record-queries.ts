/** The queries whose answers depend on the stored records. */
import type { QueryClient, QueryKey } from '@tanstack/react-query'

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

/**
 * After records were changed by someone else, such as a job: what is shown is asked for again, the rest when it is shown.
 * `isMeant`: whether the query with this key is one of them. By default all are.
 */
export async function invalidateRecords(
  client: QueryClient,
  isMeant: (queryKey: QueryKey) => boolean = () => true,
): Promise<void> {
  await client.invalidateQueries({ predicate: ({ queryKey }) => KINDS.has(queryKey[0]) && isMeant(queryKey) })
}
