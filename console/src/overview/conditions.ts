/** Conditions that are counted here and shown in the list: the same thing as a query and as a filter. */
import type { Service, Where } from '../api/records.ts'
import type { Condition, Group } from '../explore/view-state.ts'
import { createdWithin } from './count-days.ts'

export interface Selection {
  readonly where: Where
  readonly filter: Group
}

const all = (...items: readonly Condition[]): Group => ({ kind: 'group', op: 'all', items })

export const EVERYTHING: Selection = { where: {}, filter: all() }

export function having(key: string): Selection {
  return { where: { exists: { must: [key] } }, filter: all({ kind: 'exists', key }) }
}

/** None of the fields has a value. */
export function lacking(...keys: readonly string[]): Selection {
  const items = keys.map((key): Condition => ({ kind: 'exists', key, not: true }))
  return { where: { exists: { must_not: [...keys] } }, filter: all(...items) }
}

/** The field has one of the values. */
export function being(key: string, ...values: readonly string[]): Selection {
  return { where: { keyword_match: { must: { [key]: [...values] } } }, filter: all({ kind: 'values', key, values }) }
}

export function createdBetween(first: string, last: string): Selection {
  return { where: createdWithin(first, last), filter: all({ kind: 'range', key: 'created_at', gte: first, lte: last }) }
}

export interface Check {
  readonly service: Service
  readonly label: string
  readonly selection: Selection
}

/** What makes records less useful. */
export const CHECKS: readonly Check[] = [
  { service: 'contact', label: 'Without an e-mail address', selection: lacking('email') },
  {
    service: 'contact',
    label: 'E-mail address does not work',
    selection: being('email_status', 'invalid', 'bounced', 'undeliverable'),
  },
  {
    service: 'contact',
    label: 'Without any phone number',
    selection: lacking('mobile_phone', 'work_direct_phone', 'home_phone', 'other_phone'),
  },
  { service: 'contact', label: 'Without a job title', selection: lacking('title') },
  // A contact may have the ID of a company that is not stored, or not yet.
  { service: 'contact', label: 'Without a company', selection: lacking('company_name') },
  { service: 'company', label: 'Without a domain', selection: lacking('normalized_domain') },
  { service: 'company', label: 'Without an industry', selection: lacking('industries') },
  { service: 'company', label: 'Without a number of employees', selection: lacking('employees_count') },
  { service: 'company', label: 'Without a country', selection: lacking('country') },
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

/** Filters that every record has, or that are about another record: how many records have them says nothing. */
const ALWAYS_THERE = new Set(['id', 'uuid', 'created_at', 'updated_at'])

/** Whether it is a field of the service's own records that can be empty. */
export function canBeEmpty(service: Service, key: string): boolean {
  if (ALWAYS_THERE.has(key) || key === 'full_name') return false
  return service === 'company' || key === 'company_id' || !key.startsWith('company_')
}

/** Fields of each service that can be empty, to hold their place while they are counted. */
export const FIELDS_EXPECTED = { contact: 21, company: 22 } as const
