/**
 * Identity: the UUID of a record follows from what it says (UUID version 5, RFC 9562, in the namespace URL), so that
 * the same company or person, sent again by anyone, is the same record.
 */
import { hash } from 'node:crypto'
import type { Service } from '../../fields.ts'
import type { Values } from '../record.ts'
import { cleanText, lowerCase } from '../values/clean.ts'
import { registrableDomain } from '../values/domain.ts'

const NAMESPACE_URL = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** The namespace, and room for a name: hashing is most of what an identity costs, so nothing is allocated for short ones. */
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

/** name + linkedin_url; without the URL the domain of its own website, or the one it sends. Null when nothing identifies it. */
export function companyUuid(values: Values): string | null {
  const url = part(values.linkedin_url) || part(domainOf(values.website) ?? values.normalized_domain)
  return uuidOf(part(values.name) + url)
}

/** first_name + last_name + linkedin_url; without the URL the e-mail. Null when nothing identifies the person. */
export function contactUuid(values: Values): string | null {
  const url = part(values.linkedin_url) || part(values.email)
  return uuidOf(part(values.first_name) + part(values.last_name) + url)
}

export function identityOf(service: Service, values: Values): string | null {
  return service === 'company' ? companyUuid(values) : contactUuid(values)
}

function uuidOf(name: string): string | null {
  return name === '' ? null : uuid5(name)
}

function domainOf(website: Values[string] | undefined): string | null {
  return typeof website === 'string' ? registrableDomain(website) : null
}

const FIRST_TO_LAST = /[\p{L}\p{Nd}](?:.*[\p{L}\p{Nd}])?/su

/** Cleaned, in lower case, without leading and trailing characters that are neither letters nor digits. */
function part(value: Values[string] | undefined): string {
  if (typeof value !== 'string') return ''
  const text = lowerCase(cleanText(value) ?? '')
  if (isLetterOrDigit(text.charCodeAt(0)) && isLetterOrDigit(text.charCodeAt(text.length - 1))) return text
  return FIRST_TO_LAST.exec(text)?.[0] ?? ''
}

/** Of ASCII in lower case. */
function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}
