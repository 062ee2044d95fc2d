/** Which filters the panel shows, in which order and with which names. */
import type { Filter, Service } from '../../api/records.ts'

export interface FieldGroup {
  readonly title: string
  /** Shown at once. */
  readonly main: readonly Filter[]
  /** Behind "More filters". */
  readonly more: readonly Filter[]
}

/** The filters that are used most, most used first. */
const MAIN: Readonly<Record<Service, readonly string[]>> = {
  contact: [
    'country',
    'seniority',
    'departments',
    'title',
    'email_status',
    'company_industries',
    'company_employees_count',
    'company_country',
    'company_name',
  ],
  company: [
    'country',
    'industries',
    'employees_count',
    'name',
    'technologies',
    'city',
    'annual_revenue',
    'normalized_domain',
  ],
}

export function groupFields(service: Service, filters: readonly Filter[]): readonly FieldGroup[] {
  const active = filters.filter(filter => filter.active)
  if (service === 'company') return [groupOf('Company', service, active)]
  return [
    groupOf(
      'Person',
      service,
      active.filter(filter => !isOfCompany(filter)),
    ),
    groupOf(
      'Company',
      service,
      active.filter(filter => isOfCompany(filter)),
    ),
  ]
}

function groupOf(title: string, service: Service, filters: readonly Filter[]): FieldGroup {
  const byKey = new Map(filters.map(filter => [filter.key, filter]))
  const main = MAIN[service].flatMap(key => byKey.get(key) ?? [])
  return { title, main, more: filters.filter(filter => !main.includes(filter)) }
}

/** A field of the contact's company, in a list of contacts. `company_id` is the contact's own. */
function isOfCompany({ key, service }: Filter): boolean {
  return service === 'contact' && key.startsWith('company_') && key !== 'company_id'
}

/** The name below the heading of the group, which says "Company" already. */
export function shortName(filter: Filter): string {
  return filter.display_name.replace(/^Company (?=\S)/, '')
}

/** The name of a field anywhere else. VQL may name a field that is not in the list. */
export function nameOf(filters: ReadonlyMap<string, Filter>, key: string): string {
  return filters.get(key)?.display_name ?? (key === 'full_name' ? 'Full Name' : key)
}

export function isDate(filter: Filter): boolean {
  return filter.filter_type === 'range' && filter.key.endsWith('_at')
}
