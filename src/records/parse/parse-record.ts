/** Parses the JSON records that the endpoints of both services accept. Pure. */
import { FIELDS, type Field, findField, isSystemField, type Service } from '../../fields.ts'
import { nearest } from '../../text/nearest.ts'
import type { ParsedRecords, RecordWrite, Value } from '../record.ts'
import { cleanValue, isFlaw, type Source } from '../values/clean.ts'
import { identityOf } from './identity.ts'
import { addFlaw, addProblem, beginReading, type Reading, readUuid } from './reading.ts'

/**
 * Keys of a response that a client cannot set. They are ignored, so that a record can be read, changed and sent back.
 */
const IGNORED = new Set(['id', 'created_at', 'updated_at', 'cursor', 'company'])

/** Parses the array of a request. Each record is written under its `uuid`, or under the UUID of its identity. */
export function parseRecords(service: Service, body: readonly unknown[]): ParsedRecords {
  const readings: Reading[] = []
  const writes = body.map((record, index) => {
    const reading = beginReading(index)
    readings.push(reading)
    return parseRecord(service, record, reading)
  })
  return {
    writes,
    rejected: readings.flatMap(reading => reading.problems),
    warnings: readings.flatMap(reading => reading.warnings),
  }
}

/** Returns null if the record is rejected. */
function parseRecord(service: Service, record: unknown, reading: Reading): RecordWrite | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    addProblem(reading, null, 'ERR_INVALID_VALUE', 'a record must be a JSON object')
    return null
  }
  const sent = record as Readonly<{ [name: string]: unknown }>
  const source: Source = { kind: 'record', country: typeof sent.country === 'string' ? sent.country : null, scale: 1 }
  const values: { [field: string]: Value | null } = {}
  for (const [name, raw] of Object.entries(sent)) {
    if (name === 'uuid' || IGNORED.has(name)) continue
    const field = findField(service, name)
    if (!field || isSystemField(field)) {
      addProblem(reading, name, 'ERR_UNKNOWN_FIELD', unknownField(service, name))
      continue
    }
    const value = cleanValue(field, raw, source)
    if (isFlaw(value)) addFlaw(reading, name, value)
    else values[name] = value
  }
  const uuid = readUuid(reading, sent.uuid) ?? identityOf(service, values)
  if (uuid === null && reading.problems.length === 0)
    addProblem(reading, null, 'ERR_MISSING_IDENTITY', MISSING_IDENTITY[service])
  return uuid === null || reading.problems.length > 0 ? null : { uuid, values }
}

const MISSING_IDENTITY: Readonly<Record<Service, string>> = {
  company: 'nothing identifies this company: send a uuid, a name, a linkedin_url or a website',
  contact: 'nothing identifies this contact: send a uuid, a first_name or last_name, a linkedin_url or an email',
}

function unknownField(service: Service, name: string): string {
  const settable = FIELDS[service].filter((field: Field) => !isSystemField(field)).map(field => field.name)
  const meant = nearest(name, settable)
  const hint = meant === undefined ? '' : `: did you mean ${meant}?`
  return `a ${service} has no field ${JSON.stringify(name.slice(0, 100))}${hint}`
}
