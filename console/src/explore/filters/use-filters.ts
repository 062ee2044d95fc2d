import { useQuery } from '@tanstack/react-query'
import { listFilters, type Service } from '../../api/records.ts'

/** What can be filtered. It does not change while the server runs. */
export function useFilters(service: Service) {
  return useQuery({
    queryKey: ['filters', service],
    queryFn: ({ signal }) => listFilters(service, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
