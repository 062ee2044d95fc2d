/** JSON records as the endpoints of the two services take them. Pure. */
import type { Problem } from '../errors.ts'
import { FIELDS, type Field, findField, isSystemField, type Service } from '../fields.ts'
import { nearest } from '../text/nearest.ts'
import { cleanUuid, cleanValue, isFlaw, type Source } from './clean.ts'
import { companyUuid, contactUuid } from './identity.ts'
import type { ParsedRecords, RecordWrite, Value } from './record.ts'

/** What a response carries and a client cannot set: a record that was read can be changed and sent back. */
const IGNORED = new Set(['id', 'created_at', 'updated_at', 'cursor', 'company'])

/** Reads the elements of a request's array. Each is created or updated under its `uuid`, or the one that its identity gives. */
export function parseRecords(service: Service, body: readonly unknown[]): ParsedRecords {
  const rejected: Problem[] = []
  const warnings: Problem[] = []
  const writes = body.map((record, index) => {
    const found: Problem[] = []
    const write = parseRecord(service, record, index, found, warnings)
    rejected.push(...found)
    return found.length > 0 ? null : write
  })
  return { writes, rejected, warnings }
}

function parseRecord(
  service: Service,
  record: unknown,
  index: number,
  problems: Problem[],
  warnings: Problem[],
): RecordWrite | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    problems.push({ index, field: null, code: 'ERR_INVALID_VALUE', message: 'a record must be a JSON object' })
    return null
  }
  const sent = record as Readonly<{ [name: string]: unknown }>
  const source: Source = { kind: 'record', country: typeof sent.country === 'string' ? sent.country : null, scale: 1 }
  const values: { [field: string]: Value | null } = {}
  for (const [name, raw] of Object.entries(sent)) {
    if (name === 'uuid' || IGNORED.has(name)) continue
    const field = findField(service, name)
    if (!field || isSystemField(field)) {
      problems.push({ index, field: name, code: 'ERR_UNKNOWN_FIELD', message: unknownField(service, name) })
      continue
    }
    const value = cleanValue(field, raw, source)
    if (!isFlaw(value)) values[name] = value
    else
      (value.flaw === 'problem' ? problems : warnings).push({
        index,
        field: name,
        code: value.code,
        message: value.message,
      })
  }
  const uuid =
    explicitUuid(sent.uuid, index, problems) ?? (service === 'company' ? companyUuid(values) : contactUuid(values))
  if (uuid === null && problems.length === 0)
    problems.push({ index, field: null, code: 'ERR_MISSING_IDENTITY', message: MISSING_IDENTITY[service] })
  return uuid === null ? null : { uuid, values }
}

const MISSING_IDENTITY: Readonly<Record<Service, string>> = {
  company: 'nothing identifies this company: send a uuid, a name, a linkedin_url or a website',
  contact: 'nothing identifies this contact: send a uuid, a first_name or last_name, a linkedin_url or an email',
}

function explicitUuid(raw: unknown, index: number, problems: Problem[]): string | null {
  if (raw === undefined || raw === null || raw === '') return null
  const uuid = cleanUuid(raw)
  if (uuid === null)
    problems.push({ index, field: 'uuid', code: 'ERR_INVALID_UUID', message: 'uuid must be 8-4-4-4-12 hex digits' })
  return uuid
}

function unknownField(service: Service, name: string): string {
  const settable = FIELDS[service].filter((field: Field) => !isSystemField(field)).map(field => field.name)
  const meant = nearest(name, settable)
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`
  return `a ${service} has no field ${JSON.stringify(name.slice(0, 100))}${hint}`
}
