/** How the fields of both services are shown and edited. Their names come from the API, so that a new one fails the type check. */
import type { components } from '../../api/schema.d.ts'

/** key: an identifier, shown as it is. */
export type Kind = 'text' | 'list' | 'integer' | 'date' | 'url' | 'email' | 'phone' | 'key'

export interface FieldInfo {
  readonly kind: Kind
  /** Of its column at first, in pixels. */
  readonly width: number
  /** Set by the system, or derived from other fields. */
  readonly readOnly?: boolean
}

type Schemas = components['schemas']
/** `cursor` and `company` are parts of a reply, and `deleted_at` is never anything but null. */
type NotFields = 'cursor' | 'company' | 'deleted_at'
type Fields<Schema> = Readonly<Record<Exclude<keyof Schema, NotFields>, FieldInfo>>

const text = { kind: 'text', width: 160 } as const
const wide = { kind: 'text', width: 240 } as const
const place = { kind: 'text', width: 130 } as const
const url = { kind: 'url', width: 200 } as const
const phone = { kind: 'phone', width: 150 } as const
const list = { kind: 'list', width: 220 } as const
const integer = { kind: 'integer', width: 130 } as const
const code = { kind: 'text', width: 110, readOnly: true } as const

const system = {
  id: { kind: 'key', width: 100, readOnly: true },
  uuid: { kind: 'key', width: 290, readOnly: true },
  created_at: { kind: 'date', width: 160, readOnly: true },
  updated_at: { kind: 'date', width: 160, readOnly: true },
} as const

export const CONTACT_FIELDS: Fields<Schemas['Contact']> = {
  first_name: text,
  last_name: text,
  title: wide,
  seniority: { kind: 'text', width: 120 },
  departments: list,
  company_id: { kind: 'key', width: 290 },
  email: { kind: 'email', width: 240 },
  email_status: { kind: 'text', width: 120 },
  mobile_phone: phone,
  work_direct_phone: phone,
  home_phone: phone,
  other_phone: phone,
  city: place,
  state: place,
  country: place,
  country_code: code,
  linkedin_url: url,
  website: url,
  facebook_url: url,
  twitter_url: url,
  stage: { kind: 'text', width: 120 },
  ...system,
}

export const COMPANY_FIELDS: Fields<Schemas['Company']> = {
  name: { kind: 'text', width: 220 },
  normalized_domain: { kind: 'text', width: 180, readOnly: true },
  industries: list,
  employees_count: integer,
  annual_revenue: integer,
  total_funding: integer,
  latest_funding: text,
  latest_funding_amount: integer,
  last_raised_at: text,
  keywords: list,
  technologies: list,
  address: wide,
  city: place,
  state: place,
  country: place,
  country_code: code,
  website: url,
  linkedin_url: url,
  phone_number: phone,
  facebook_url: url,
  twitter_url: url,
  company_name_for_emails: text,
  ...system,
}
