/** The records that the palette finds while someone types. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type RecordRow, type Service, searchRecords } from '../../api/records.ts'

export interface Hit {
  readonly service: Service
  readonly uuid: string
  readonly label: string
  /** What tells it from others of the same name. */
  readonly detail: string
}

const HITS = 5

const COLUMNS = {
  contact: ['first_name', 'last_name', 'title', 'email'],
  company: ['name', 'normalized_domain', 'city', 'country'],
} as const

export interface Hits {
  readonly hits: readonly Hit[]
  /** Whether there may be others besides these. */
  readonly mayBeMore: boolean
  /** Whether these are the hits of the text as it is now. */
  readonly current: boolean
  readonly error: Error | null
}

/** `search`: as it was typed. Without a word nothing is searched. */
export function useHits(service: Service, search: string): Hits {
  const text = search.trim()
  const query = useQuery({
    queryKey: ['palette', service, text],
    queryFn: ({ signal }) => findHits(service, text, signal),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  })
  if (text === '') return { hits: [], mayBeMore: false, current: true, error: null }
  const hits = query.data ?? []
  const current = !query.isPending && !query.isPlaceholderData
  return { hits, mayBeMore: hits.length === HITS, current, error: query.error }
}

async function findHits(service: Service, search: string, signal: AbortSignal): Promise<readonly Hit[]> {
  const company = service === 'contact' ? { company_config: { populate: true, select_columns: ['name'] } } : {}
  const query = { where: { search }, select_columns: ['uuid', ...COLUMNS[service]], limit: HITS, ...company }
  const rows = await searchRecords(service, query, signal)
  return rows.map(row => (service === 'contact' ? describeContact(row) : describeCompany(row)))
}

function describeContact(row: RecordRow): Hit {
  const name = join(' ', row.first_name, row.last_name)
  const detail = join(' · ', row.title, row.company?.name, name === '' ? null : row.email)
  return { service: 'contact', uuid: row.uuid, label: name || join('', row.email) || 'No name', detail }
}

function describeCompany(row: RecordRow): Hit {
  const name = join('', row.name)
  const detail = join(' · ', name === '' ? null : row.normalized_domain, join(', ', row.city, row.country))
  return { service: 'company', uuid: row.uuid, label: name || join('', row.normalized_domain) || 'No name', detail }
}

function join(between: string, ...values: readonly unknown[]): string {
  return values.filter(value => typeof value === 'string' && value !== '').join(between)
}
