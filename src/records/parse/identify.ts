/** Gives a record that was read its UUID, and warns if another record may get the same one. */
import type { Service } from '../../fields.ts'
import type { Values } from '../record.ts'
import { identityOf } from './identity.ts'
import { addWarning, type Reading } from './reading.ts'

/** The fields that name a record → their keys in warnings. */
export type NameKeys = Readonly<Record<string, string>>

export const FIELD_NAMES: Readonly<Record<Service, NameKeys>> = {
  company: { name: 'name' },
  contact: { first_name: 'first_name', last_name: 'last_name' },
}
export const ROW_NAMES: Readonly<Record<Service, NameKeys>> = { ...FIELD_NAMES, company: { name: 'company' } }

/** Returns the UUID of the identity; null if there is none. `company`: see `identityOf`. */
export function identify(
  reading: Reading,
  service: Service,
  values: Values,
  keys: NameKeys,
  company: string | null = null,
): string | null {
  const identity = identityOf(service, values, company)
  if (identity === null) return null
  if (identity.isWeak) warnWeakIdentity(reading, service, values, keys)
  return identity.uuid
}

function warnWeakIdentity(reading: Reading, service: Service, values: Values, keys: NameKeys): void {
  const name = Object.keys(keys).find(field => typeof values[field] === 'string')
  const message = name === undefined ? ONLY_COMPANY : ONLY_NAME[service]
  addWarning(reading, name === undefined ? null : keys[name]!, 'ERR_WEAK_IDENTITY', message)
}

const ONLY_NAME: Readonly<Record<Service, string>> = {
  company:
    'only the name identifies this company, so it is the same record as any other company of this name: add a LinkedIn URL, website or domain',
  contact:
    'only the name identifies this contact, so it is the same record as any other person of this name: add a LinkedIn URL, e-mail address, company or phone number',
}
const ONLY_COMPANY =
  'only the company identifies this contact, so it is the same record as any other contact of the company without a name: add a name, LinkedIn URL or e-mail address'
