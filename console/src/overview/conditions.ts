/** Filters that are counted. */
import type { Service } from '../api/records.ts'
import type { Condition, Group } from '../explore/view-state.ts'

export const SERVICES: readonly Service[] = ['contact', 'company']

const all = (...items: readonly Condition[]): Group => ({ kind: 'group', op: 'all', items })

export const having = (key: string): Group => all({ kind: 'exists', key })

/** None of the fields has a value. */
export function lacking(...keys: readonly string[]): Group {
  return all(...keys.map((key): Condition => ({ kind: 'exists', key, not: true })))
}

/** The field has one of the values. */
export const being = (key: string, ...values: readonly string[]): Group => all({ kind: 'values', key, values })

/** From the beginning of the first day to the end of the last one: a bare date means the whole day. */
export function createdBetween(first: string, last: string): Group {
  return all({ kind: 'range', key: 'created_at', gte: first, lte: last })
}

export interface Check {
  readonly service: Service
  readonly label: string
  readonly filter: Group
}

/** What makes records less useful. */
export const CHECKS: readonly Check[] = [
  { service: 'contact', label: 'Without an e-mail address', filter: lacking('email') },
  {
    service: 'contact',
    label: 'E-mail address does not work',
    filter: being('email_status', 'invalid', 'bounced', 'undeliverable'),
  },
  {
    service: 'contact',
    label: 'Without any phone number',
    filter: lacking('mobile_phone', 'work_direct_phone', 'home_phone', 'other_phone'),
  },
  { service: 'contact', label: 'Without a job title', filter: lacking('title') },
  // A contact may have the ID of a company that is not stored, or not yet.
  { service: 'contact', label: 'Without a company', filter: lacking('company_name') },
  { service: 'company', label: 'Without a domain', filter: lacking('normalized_domain') },
  { service: 'company', label: 'Without an industry', filter: lacking('industries') },
  { service: 'company', label: 'Without a number of employees', filter: lacking('employees_count') },
  { service: 'company', label: 'Without a country', filter: lacking('country') },
]

export interface TopList {
  readonly service: Service
  readonly field: string
  readonly title: string
}

/** Fields whose most frequent values are shown. */
export const TOP_LISTS: readonly TopList[] = [
  { service: 'contact', field: 'country', title: 'Contacts by country' },
  { service: 'contact', field: 'seniority', title: 'Contacts by seniority' },
  { service: 'contact', field: 'departments', title: 'Contacts by department' },
  { service: 'company', field: 'industries', title: 'Companies by industry' },
  { service: 'company', field: 'country', title: 'Companies by country' },
  { service: 'company', field: 'technologies', title: 'Companies by technology' },
]

const ALWAYS_THERE = new Set(['id', 'uuid', 'created_at', 'updated_at'])

/** Whether the filter is of a field of the service's own records that can be empty. Contacts also have those of their company. */
export function canBeEmpty(service: Service, key: string): boolean {
  if (ALWAYS_THERE.has(key)) return false
  return service === 'company' || key === 'company_id' || !key.startsWith('company_')
}

/** How many of these fields each service has, to hold their place while they are counted. */
export const FIELDS_EXPECTED = { contact: 21, company: 22 } as const
