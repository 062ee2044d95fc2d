/** The fields of a record in the drawer, in groups that people look for. */
import type { RecordRow, Service } from '../../api/records.ts'
import { type Column, cellValue } from '../columns/columns.ts'

export interface FieldGroup {
  readonly title: string
  readonly fields: readonly Column[]
}

const GROUPS: Readonly<Record<Service, Readonly<Record<string, readonly string[]>>>> = {
  contact: {
    Contact: [
      'email',
      'email_status',
      'mobile_phone',
      'work_direct_phone',
      'home_phone',
      'other_phone',
      'linkedin_url',
      'website',
      'facebook_url',
      'twitter_url',
    ],
    Work: ['title', 'seniority', 'departments', 'stage'],
    Person: ['first_name', 'last_name', 'city', 'state', 'country', 'country_code'],
    System: ['created_at', 'updated_at', 'uuid', 'id', 'company_id'],
  },
  company: {
    Company: ['name', 'company_name_for_emails', 'industries', 'employees_count', 'annual_revenue'],
    Contact: ['website', 'normalized_domain', 'phone_number', 'linkedin_url', 'facebook_url', 'twitter_url'],
    Place: ['address', 'city', 'state', 'country', 'country_code'],
    Funding: ['total_funding', 'latest_funding', 'latest_funding_amount', 'last_raised_at'],
    'Keywords and technologies': ['keywords', 'technologies'],
    System: ['created_at', 'updated_at', 'uuid', 'id'],
  },
}

/** Fields that no group names, such as those of a newer server, come before the last group. */
export function groupFields(service: Service, columns: readonly Column[], record: RecordRow): readonly FieldGroup[] {
  const own = new Map(
    columns.filter(({ ofCompany, name }) => !ofCompany && name in record).map(column => [column.name, column]),
  )
  const groups = Object.entries(GROUPS[service]).map(([title, names]) => ({
    title,
    fields: names.flatMap(name => own.get(name) ?? []),
  }))
  const named = new Set(Object.values(GROUPS[service]).flat())
  const others = [...own.values()].filter(({ name }) => !named.has(name))
  const system = groups.at(-1)!
  return [...groups.slice(0, -1), { title: 'More', fields: others }, system]
}

export function isEmpty(record: RecordRow, column: Column): boolean {
  const value = cellValue(record, column)
  return value === null || value === '' || (typeof value === 'object' && value.length === 0)
}
