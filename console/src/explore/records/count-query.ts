import { queryOptions } from '@tanstack/react-query'
import { countRecords, type Service, type Where } from '../../api/records.ts'

/** The exact number of records that match. Shared by everything that shows it. */
export function countQuery(service: Service, where: Where) {
  return queryOptions({
    queryKey: ['count', service, where],
    queryFn: ({ signal }) => countRecords(service, where, signal),
  })
}
