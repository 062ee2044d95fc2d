/** Parses the JSON records that the endpoints of both services accept. Pure. */
import type { Problem } from '../../errors.ts'
import { FIELDS, type Field, findField, type Service } from '../../fields.ts'
import { nearest } from '../../text/nearest.ts'
import { shorten } from '../../text/shorten.ts'
import type { ParsedRecords, RecordWrite } from '../record.ts'
import { cleanValue, type Source } from '../values/clean.ts'
import { FIELD_NAMES, identify } from './identify.ts'
import { addProblem, beginReading, type Reading, readUuid } from './reading.ts'
import { refuseTooLong } from './record-size.ts'
import { type FurtherPhones, type OpenValues, placePhones, takeValue } from './take-value.ts'

/**
 * Keys of a response that a client cannot set. They are ignored, so that a record can be read, changed and sent back.
 */
export const IGNORED_KEYS: ReadonlySet<string> = new Set([
  'id',
  'country_code',
  'created_at',
  'updated_at',
  'deleted_at',
  'cursor',
  'company',
])

/** The result of parsing a record. `write` is null if the record is rejected. */
export interface ParsedRecord {
  readonly write: RecordWrite | null
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** How many unknown names of a request get a suggestion. Finding one takes up to a millisecond. */
const MAX_SUGGESTIONS = 20
/** Of an unknown name in a message. */
const SHOWN_LETTERS = 100

/**
 * Returns a parser for the records of one request. `index` is the position of a record, counted from 0. Each record is written
 * under its `uuid` or, without one, under the UUID of its identity.
 */
export function openRecordParser(service: Service): (record: unknown, index: number) => ParsedRecord {
  const suggest = createSuggestions(service)
  return (record, index) => {
    const reading = beginReading(index)
    const write = parseRecord(service, record, reading, suggest)
    return { write, problems: reading.problems, warnings: reading.warnings }
  }
}

/** Reads all elements of a request's array. */
export function parseRecords(service: Service, body: readonly unknown[]): ParsedRecords {
  const parsed = body.map(openRecordParser(service))
  return {
    writes: parsed.map(({ write }) => write),
    rejected: parsed.flatMap(({ problems }) => problems),
    warnings: parsed.flatMap(({ warnings }) => warnings),
  }
}

/** Returns null if the record is rejected. */
function parseRecord(
  service: Service,
  record: unknown,
  reading: Reading,
  suggest: (name: string) => string,
): RecordWrite | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    addProblem(reading, null, 'ERR_INVALID_VALUE', 'a record must be a JSON object')
    return null
  }
  const sent = record as Readonly<{ [name: string]: unknown }>
  const settable = Object.keys(sent).filter(name => findField(service, name) !== undefined)
  if (refuseTooLong(reading, settable, sent)) return null
  const source: Source = { kind: 'record', country: typeof sent.country === 'string' ? sent.country : null, scale: 1 }
  const values: OpenValues = {}
  const further: FurtherPhones[] = []
  for (const [name, raw] of Object.entries(sent)) {
    if (name === 'uuid' || IGNORED_KEYS.has(name)) continue
    const field = findField(service, name)
    if (!field?.settable) {
      const shown = shorten(name, SHOWN_LETTERS)
      const message = `a ${service} has no field ${JSON.stringify(shown)}${suggest(name)}`
      addProblem(reading, shown, 'ERR_UNKNOWN_FIELD', message)
      continue
    }
    const phones = takeValue(reading, name, field, cleanValue(field, raw, source), values)
    if (phones !== null) further.push(phones)
  }
  if (further.length > 0) placePhones(reading, service, values, further)
  const ownUuid = readUuid(reading, sent.uuid)
  if (reading.problems.length > 0) return null
  const uuid = ownUuid ?? identify(reading, service, values, FIELD_NAMES[service])
  if (uuid !== null) return { uuid, values }
  addProblem(reading, null, 'ERR_MISSING_IDENTITY', MISSING_IDENTITY[service])
  return null
}

const MISSING_IDENTITY: Readonly<Record<Service, string>> = {
  company: 'nothing identifies this company: send a uuid, a name, a linkedin_url or a website',
  contact:
    'nothing identifies this contact: send a uuid, a first_name or last_name, a linkedin_url, an email, a company_id or a phone',
}

/** Returns a function that suggests a field for an unknown name. Beyond MAX_SUGGESTIONS names it returns an empty string. */
function createSuggestions(service: Service): (name: string) => string {
  const settable = FIELDS[service].filter((field: Field) => field.settable).map(field => field.name)
  const known = new Map<string, string>()
  return name => {
    let hint = known.get(name)
    if (hint === undefined && known.size < MAX_SUGGESTIONS) {
      const meant = nearest(name, settable)
      hint = meant === undefined ? '' : `: did you mean ${meant}?`
      known.set(name, hint)
    }
    return hint ?? ''
  }
}
