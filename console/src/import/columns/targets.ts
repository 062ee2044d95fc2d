/** What a column of a file can be read as: the row keys of `mapping`, with the names that people see. */
import type { Service } from '../../api/records.ts'
import { inWords } from '../../ui/format.ts'

export interface Target {
  readonly key: string
  readonly service: Service
  /** Null for a column that is split into several fields. */
  readonly field: string | null
  readonly label: string
  /** Other words to find it by. */
  readonly words?: string
}

/** In the order in which people expect them. */
export const TARGETS = [
  {
    key: 'first_name',
    service: 'contact',
    field: 'first_name',
    label: 'First name',
    words: 'given vorname prenom nombre',
  },
  {
    key: 'last_name',
    service: 'contact',
    field: 'last_name',
    label: 'Last name',
    words: 'family surname nachname nom',
  },
  { key: 'full_name', service: 'contact', field: null, label: 'Full name', words: 'split person' },
  { key: 'email', service: 'contact', field: 'email', label: 'Email', words: 'e-mail address mail' },
  { key: 'title', service: 'contact', field: 'title', label: 'Job title', words: 'position role headline' },
  { key: 'seniority', service: 'contact', field: 'seniority', label: 'Seniority', words: 'level' },
  { key: 'departments', service: 'contact', field: 'departments', label: 'Departments', words: 'function team' },
  { key: 'mobile_phone', service: 'contact', field: 'mobile_phone', label: 'Mobile phone', words: 'cell' },
  {
    key: 'work_direct_phone',
    service: 'contact',
    field: 'work_direct_phone',
    label: 'Work phone',
    words: 'direct business telephone',
  },
  { key: 'home_phone', service: 'contact', field: 'home_phone', label: 'Home phone', words: 'private telephone' },
  { key: 'other_phone', service: 'contact', field: 'other_phone', label: 'Other phone', words: 'telephone' },
  {
    key: 'person_linkedin_url',
    service: 'contact',
    field: 'linkedin_url',
    label: 'Person LinkedIn',
    words: 'profile url',
  },
  { key: 'city', service: 'contact', field: 'city', label: 'City', words: 'person town ort' },
  { key: 'state', service: 'contact', field: 'state', label: 'State', words: 'person region province' },
  { key: 'country', service: 'contact', field: 'country', label: 'Country', words: 'person land' },
  { key: 'location', service: 'contact', field: null, label: 'Location', words: 'split person city state country' },
  { key: 'email_status', service: 'contact', field: 'email_status', label: 'Email status', words: 'verified' },
  { key: 'stage', service: 'contact', field: 'stage', label: 'Stage', words: 'lifecycle lead status' },
  { key: 'person_website', service: 'contact', field: 'website', label: 'Personal website', words: 'url blog' },
  { key: 'person_facebook_url', service: 'contact', field: 'facebook_url', label: 'Person Facebook', words: 'url' },
  { key: 'person_twitter_url', service: 'contact', field: 'twitter_url', label: 'Person Twitter', words: 'url x' },
  { key: 'company_id', service: 'contact', field: 'company_id', label: 'Company UUID', words: 'id' },
  {
    key: 'company',
    service: 'company',
    field: 'name',
    label: 'Company name',
    words: 'organization account employer firma',
  },
  { key: 'company_domain', service: 'company', field: 'normalized_domain', label: 'Company domain', words: 'website' },
  { key: 'website', service: 'company', field: 'website', label: 'Company website', words: 'url homepage' },
  {
    key: 'company_linkedin_url',
    service: 'company',
    field: 'linkedin_url',
    label: 'Company LinkedIn',
    words: 'url page',
  },
  {
    key: 'employees',
    service: 'company',
    field: 'employees_count',
    label: 'Company employees',
    words: 'size headcount staff',
  },
  { key: 'industry', service: 'company', field: 'industries', label: 'Company industries', words: 'sector branche' },
  { key: 'keywords', service: 'company', field: 'keywords', label: 'Company keywords', words: 'tags' },
  {
    key: 'technologies',
    service: 'company',
    field: 'technologies',
    label: 'Company technologies',
    words: 'stack tools',
  },
  {
    key: 'company_phone',
    service: 'company',
    field: 'phone_number',
    label: 'Company phone',
    words: 'corporate telephone hq',
  },
  { key: 'company_address', service: 'company', field: 'address', label: 'Company address', words: 'street' },
  { key: 'company_city', service: 'company', field: 'city', label: 'Company city', words: 'town hq' },
  { key: 'company_state', service: 'company', field: 'state', label: 'Company state', words: 'region province hq' },
  { key: 'company_country', service: 'company', field: 'country', label: 'Company country', words: 'hq' },
  {
    key: 'company_location',
    service: 'company',
    field: null,
    label: 'Company location',
    words: 'split city state country hq',
  },
  {
    key: 'annual_revenue',
    service: 'company',
    field: 'annual_revenue',
    label: 'Company annual revenue',
    words: 'sales turnover',
  },
  { key: 'total_funding', service: 'company', field: 'total_funding', label: 'Company total funding', words: 'raised' },
  {
    key: 'latest_funding',
    service: 'company',
    field: 'latest_funding',
    label: 'Company latest funding',
    words: 'round series',
  },
  {
    key: 'latest_funding_amount',
    service: 'company',
    field: 'latest_funding_amount',
    label: 'Company latest funding amount',
    words: 'round',
  },
  {
    key: 'last_raised_at',
    service: 'company',
    field: 'last_raised_at',
    label: 'Company last raised',
    words: 'date funding',
  },
  { key: 'facebook_url', service: 'company', field: 'facebook_url', label: 'Company Facebook', words: 'url' },
  { key: 'twitter_url', service: 'company', field: 'twitter_url', label: 'Company Twitter', words: 'url x' },
  {
    key: 'company_name_for_emails',
    service: 'company',
    field: 'company_name_for_emails',
    label: 'Company name for emails',
    words: 'short',
  },
] as const satisfies readonly Target[]

export type TargetKey = (typeof TARGETS)[number]['key']

/** Header → key, or null to ignore the column. What `mapping` in a request is. */
export type Mapping = Readonly<Record<string, TargetKey | null>>

const byKey: ReadonlyMap<string, Target> = new Map<string, Target>(TARGETS.map(target => [target.key, target] as const))

export function targetOf(key: string): Target | undefined {
  return byKey.get(key)
}

export function isTargetKey(key: unknown): key is TargetKey {
  return typeof key === 'string' && byKey.has(key)
}

/** The name of a key for people. In an export of Connectra, keys are names of fields. */
export function labelOf(key: string): string {
  return targetOf(key)?.label ?? inWords(key)
}

const fieldLabels: ReadonlyMap<string, string> = new Map(
  TARGETS.flatMap((target: Target) =>
    target.field === null ? [] : [[`${target.service} ${target.field}`, target.label] as const],
  ),
)

/** The name of a field among the fields of its service: `Name` of a company. */
export function fieldLabel(service: Service, field: string): string {
  const label = fieldLabels.get(`${service} ${field}`) ?? inWords(field)
  const short = label.replace(/^(Company|Person) (?!UUID)/, '')
  return short.charAt(0).toUpperCase() + short.slice(1)
}

/** A message of the server with the names that people see. Quoted values stay as they are. */
export function withLabels(message: string): string {
  const label = (name: string) => (targetOf(name) ?? TARGETS.find(({ field }) => field === name))?.label ?? name
  const parts = message.split('"')
  return parts.map((part, at) => (at % 2 === 0 ? part.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, label) : part)).join('"')
}

/** `text` as it is typed: each word begins a word of the target. Those whose label begins with it come first. */
export function searchTargets(text: string): readonly Target[] {
  const words = splitWords(text)
  if (words.length === 0) return TARGETS
  const found = TARGETS.filter((target: Target) => {
    const own = splitWords(`${target.label} ${target.key} ${target.service} ${target.words ?? ''}`)
    return words.every(word => own.some(one => one.startsWith(word)))
  })
  const begins = (target: Target) => (target.label.toLowerCase().startsWith(words.join(' ')) ? 0 : 1)
  return [...found].sort((a, b) => begins(a) - begins(b))
}

function splitWords(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
}
