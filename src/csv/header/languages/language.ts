/** The headers of one language besides English. Read after the English ones (../aliases.ts). */

/** Headers separated by `|`, the most specific first. */
export type Table = readonly (readonly [key: string, headers: string])[]

export interface Language {
  /** Row key → headers that mean the same in every file. */
  readonly always: Table
  /** Headers that are about the person in a file of contacts, and about the company in a file of companies. See `PLAIN_KEYS`. */
  readonly plain: Table
  /** English ambiguous header → its translations. */
  readonly ambiguous: Table
}

/** The keys of `Language.plain` → the row keys in a file of contacts and in a file of companies. Null: ambiguous there. */
export const PLAIN_KEYS: Readonly<Record<string, { readonly contact: string | null; readonly company: string }>> = {
  name: { contact: 'full_name', company: 'company' },
  city: { contact: 'city', company: 'company_city' },
  state: { contact: 'state', company: 'company_state' },
  country: { contact: 'country', company: 'company_country' },
  location: { contact: 'location', company: 'company_location' },
  address: { contact: null, company: 'company_address' },
  phone: { contact: 'work_direct_phone', company: 'company_phone' },
  website: { contact: 'website', company: 'website' },
  domain: { contact: 'company_domain', company: 'company_domain' },
}
