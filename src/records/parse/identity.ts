/**
 * Derives the UUID of a record from its identifying values (UUID version 5, RFC 9562, in the namespace URL). The same
 * company or person sent again, by anyone, is therefore the same record.
 */
import { hash } from 'node:crypto'
import type { Service } from '../../fields.ts'
import type { Values } from '../record.ts'
import { cleanText, lowerCase } from '../values/clean.ts'
import { registrableDomain } from '../values/domain.ts'
import { e164Of } from '../values/phone.ts'

const NAMESPACE_URL = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** The namespace, followed by space for a name. Reused for short names, to spare an allocation per record. */
const hashed = Buffer.alloc(1024)
NAMESPACE_URL.copy(hashed)

/** UUID version 5 of `name` in the namespace URL. */
export function uuid5(name: string): string {
  const digest = hash('sha1', namespaced(name), 'hex')
  const variant = VARIANTS[Number.parseInt(digest[16]!, 16) & 3]
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

function namespaced(name: string): Buffer {
  // A UTF-16 unit takes at most three bytes.
  if (NAMESPACE_URL.length + name.length * 3 > hashed.length) return Buffer.concat([NAMESPACE_URL, Buffer.from(name)])
  return hashed.subarray(0, NAMESPACE_URL.length + hashed.write(name, NAMESPACE_URL.length))
}

const VARIANTS = '89ab'

/** The UUID of a record without a `uuid` of its own. */
export interface Identity {
  readonly uuid: string
  /** Nothing but the name tells the record apart from others of the same name, or nothing but the company a nameless contact. */
  readonly isWeak: boolean
}

/**
 * Null if nothing identifies the record. `company`: the UUID of a contact's company, if it is known from elsewhere than
 * `company_id`.
 */
export function identityOf(service: Service, values: Values, company: string | null = null): Identity | null {
  return service === 'company' ? companyIdentity(values) : contactIdentity(values, company)
}

/** From name and linkedin_url. Without the URL, the domain of the website or the domain sent takes its place. */
function companyIdentity(values: Values): Identity | null {
  const name = part(values.name)
  const own = part(values.linkedin_url) || part(domainOf(values.website) ?? values.normalized_domain)
  return own !== '' ? strong(name + own) : name === '' ? null : { uuid: uuid5(name), isWeak: true }
}

/**
 * From first_name, last_name and linkedin_url. Without the URL, the first of these takes its place: the e-mail, the UUID of
 * the company, the first phone in E.164.
 */
function contactIdentity(values: Values, company: string | null): Identity | null {
  const name = part(values.first_name) + part(values.last_name)
  const own = part(values.linkedin_url) || part(values.email)
  if (own !== '') return strong(name + own)
  const shared = part(values.company_id ?? company)
  if (shared !== '') return { uuid: uuid5(name + shared), isWeak: name === '' }
  const phone = part(firstPhone(values))
  if (phone !== '') return strong(name + phone)
  return name === '' ? null : { uuid: uuid5(name), isWeak: true }
}

function strong(text: string): Identity {
  return { uuid: uuid5(text), isWeak: false }
}

const PHONES = ['mobile_phone', 'work_direct_phone', 'home_phone', 'other_phone']

/** Without its extension. */
function firstPhone(values: Values): string | undefined {
  for (const field of PHONES) {
    const phone = values[field]
    const e164 = typeof phone === 'string' ? e164Of(phone) : null
    if (e164 !== null) return e164
  }
  return undefined
}

function domainOf(website: Values[string] | undefined): string | null {
  return typeof website === 'string' ? registrableDomain(website) : null
}

const FIRST_TO_LAST = /[\p{L}\p{Nd}](?:.*[\p{L}\p{Nd}])?/su

/** Cleans the value, lowers its case, and strips characters other than letters and digits from both ends. */
function part(value: Values[string] | undefined): string {
  if (typeof value !== 'string') return ''
  const text = lowerCase(cleanText(value) ?? '')
  if (isLetterOrDigit(text.charCodeAt(0)) && isLetterOrDigit(text.charCodeAt(text.length - 1))) return text
  return FIRST_TO_LAST.exec(text)?.[0] ?? ''
}

/** Whether `code` is a lower-case ASCII letter or a digit. */
function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}
