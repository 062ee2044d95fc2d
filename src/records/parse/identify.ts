/** Gives a record that was read its UUID, and warns if another record may get the same one. */
import type { Service } from '../../fields.ts'
import type { Values } from '../record.ts'
import { identityOf } from './identity.ts'
import { strippedMarks } from './name-watch.ts'
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
  else if (reading.names !== undefined && typeof values.linkedin_url !== 'string')
    watchMarks(reading, identity.uuid, service, marksOf(values, keys), keys)
  return identity.uuid
}

/** The `strippedMarks` of each name, with a space after each. */
export function marksOf(values: Values, keys: NameKeys): string {
  let marks = ''
  for (const field in keys) marks += `${strippedMarks(values[field])} `
  return marks
}

/** Warns if an earlier record has the same identity and other `marks` (`marksOf`) at the ends of its names. */
export function watchMarks(reading: Reading, uuid: string, service: Service, marks: string, keys: NameKeys): void {
  if (reading.names === undefined || !reading.names.differs(uuid, marks)) return
  const marked = marks.split(' ').findIndex(stripped => stripped !== '')
  addWarning(reading, Object.values(keys)[Math.max(marked, 0)]!, 'ERR_WEAK_IDENTITY', OTHER_MARKS[service])
}

const OTHER_MARKS: Readonly<Record<Service, string>> = {
  company:
    'this company is the same record as an earlier one whose name has other marks at its end, because identity does not include them: add a LinkedIn URL or a uuid',
  contact:
    'this contact is the same record as an earlier one whose name has other marks at its end, because identity does not include them: add a LinkedIn URL or a uuid',
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
