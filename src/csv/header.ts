/** What the columns of a file mean, from its header alone. Pure data, so that it can be shown before an import. */
import { ConnectraError } from '../errors.ts'
import { FIELDS, type Service } from '../fields.ts'
import { normalizeHeader, OUTLOOK, PERSON_KEYS } from './aliases.ts'
import { always, type CellRule, readName, tables } from './column-names.ts'
import { isExport, readExport } from './export-header.ts'

export type IgnoredReason = keyof typeof REASONS

/** Why a column is not read, for people. */
export const REASONS = {
  unknown: 'no known column',
  empty: 'the header is empty',
  duplicate: 'an earlier column has the same header',
  mapping: 'left out by `mapping`',
  ambiguous: 'the name of the person or of the company: say by `mapping`',
  outlook: 'a remark of Outlook on the contact, not on the company',
  person: 'about a person, in a file of companies',
  view: 'a view of the company, which is another record',
  other_service: 'no field of these records',
  system: 'set by the system',
  uuid: 'names a record only where all other headers are names of fields',
  report: 'the report of an earlier import',
} as const

export interface ColumnMeaning {
  readonly header: string
  /** The row key (in an export of ours: the field) it is read as; null: it is ignored. */
  readonly key: string | null
  readonly ignored: IgnoredReason | null
  /** Among several columns of one key the smallest comes first. */
  readonly rank: number
  /** What one unit of a number is worth. */
  readonly scale: number
  readonly by: CellRule | null
}

export interface HeaderMeaning {
  /** What the file is about. */
  readonly service: Service
  /** `fields`: one of our exports, read by names of fields. */
  readonly form: 'rows' | 'fields'
  readonly columns: readonly ColumnMeaning[]
  /** Headers of the mapping that the file does not have. */
  readonly unmatched: readonly string[]
}

export type Mapping = Readonly<Record<string, string | null>>

export interface HeaderOptions {
  /** Header → row key, or null to leave the column out. Overrides what the header says. */
  readonly mapping?: Mapping
  /** For an export of ours whose header fits both services. */
  readonly service?: Service
}

/** Spreadsheets have no more. */
const MAX_COLUMNS = 16_384

/** Throws ERR_INVALID_CSV when no column is known, or an export of ours may be of either service. */
export function readHeader(headers: readonly string[], options: HeaderOptions = {}): HeaderMeaning {
  if (headers.length > MAX_COLUMNS)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the file has ${headers.length} columns: at most ${MAX_COLUMNS} are read`,
    )
  const { keys, unmatched } = applyMapping(headers, options.mapping ?? {})
  const mapped = [...keys.values()].some(key => key !== null)
  const meaning = !mapped && isExport(headers) ? readExport(headers, keys, options.service) : readRows(headers, keys)
  if (meaning.columns.every(column => column.key === null)) throw noKnownColumn(headers)
  return { ...meaning, unmatched }
}

function noKnownColumn(headers: readonly string[]): ConnectraError {
  const shown = headers.slice(0, 8).map(header => JSON.stringify(header.slice(0, 60)))
  return new ConnectraError(
    'ERR_INVALID_CSV',
    `no column is known (the header seems to be ${shown.join(', ')}${headers.length > 8 ? ', …' : ''}): the file must begin with ` +
      'a line of headers such as First Name, Email, Company; or say what they mean by `mapping`',
  )
}

/** Without what only the mapping knows. */
export type Meaning = Omit<HeaderMeaning, 'unmatched'>

interface Mapped {
  /** By column: what `mapping` says of it. */
  readonly keys: ReadonlyMap<number, string | null>
  readonly unmatched: readonly string[]
}

/** An exact header counts before one that differs in case or punctuation. */
function applyMapping(headers: readonly string[], mapping: Mapping): Mapped {
  const keys = new Map<number, string | null>()
  const unmatched: string[] = []
  for (const [header, key] of Object.entries(mapping)) {
    const name = normalizeHeader(header)
    const exact = headers.findIndex(one => one.trim() === header.trim())
    const alike = () => headers.findIndex((one, at) => !keys.has(at) && name !== '' && normalizeHeader(one) === name)
    const index = exact >= 0 ? exact : alike()
    if (index >= 0) keys.set(index, key)
    else unmatched.push(header)
  }
  return { keys, unmatched }
}

function readRows(headers: readonly string[], mapping: ReadonlyMap<number, string | null>): Meaning {
  const columns = headers.map(readName)
  const seen = columns.map(column => column.name)
  const keyOf = (name: string, index: number) => (mapping.has(index) ? mapping.get(index)! : (always.get(name) ?? null))
  const keys = new Set(seen.map(keyOf).filter(key => key !== null))
  const ofPeople = [...keys].some(key => PERSON_KEYS.has(key)) || (keys.has('company') && seen.includes('name'))
  const service: Service = ofPeople ? 'contact' : 'company'
  const hasPersonName = keys.has('full_name') || (keys.has('first_name') && keys.has('last_name'))
  const isOutlook = OUTLOOK.marks.some(mark => seen.includes(normalizeHeader(mark)))
  const hasCompany = seen.some((name, index) =>
    COMPANY_KEYS.has(keyOf(name, index) ?? (mapping.has(index) ? '' : (tables[service].get(name)?.key ?? ''))),
  )
  const hasOtherTitle = seen.some((name, index) => name !== 'title' && keyOf(name, index) === 'title')
  const firstOf = new Map(headers.map((header, index) => [plain(header), index] as const).reverse())

  return {
    service,
    form: 'rows',
    columns: headers.map((header, index) => {
      const name = seen[index]!
      const scale = columns[index]!.scale
      const ignored = (reason: IgnoredReason): ColumnMeaning => ({
        header,
        key: null,
        ignored: reason,
        rank: 0,
        scale: 1,
        by: null,
      })
      const mappedKey = mapping.get(index)
      if (mappedKey === null) return ignored('mapping')
      if (mappedKey !== undefined)
        return { header, key: mappedKey, ignored: null, rank: index - headers.length, scale, by: null }
      if (name === '') return ignored('empty')
      if (firstOf.get(plain(header))! < index) return ignored('duplicate')
      if (name === 'uuid') return ignored('uuid')
      const alias = tables[service].get(name)
      if (alias === undefined) return ignored('unknown')
      if (isOutlook && OUTLOOK.headers.some(one => normalizeHeader(one) === name)) return ignored('outlook')
      if (name === 'name' && ofPeople && hasPersonName && !keys.has('company')) return ignored('ambiguous')
      if (!ofPeople && isPersonKey(alias.key)) return ignored('person')
      const meaning = { header, key: alias.key, ignored: null, rank: alias.rank, scale, by: alias.by }
      if (header.trim() === 'company_id') return { ...meaning, by: null }
      if (name === 'title' && hasOtherTitle) return { ...meaning, by: 'not_salutation' }
      // Without a company to have them, these are the person's.
      if (
        ofPeople &&
        !hasCompany &&
        header.trim() !== alias.key &&
        (alias.key === 'facebook_url' || alias.key === 'twitter_url')
      )
        return { ...meaning, key: `person_${alias.key}` }
      return meaning
    }),
  }
}

/** What makes a row's company. */
const COMPANY_KEYS: ReadonlySet<string> = new Set(['company', 'company_domain', 'company_linkedin_url', 'website'])

function plain(header: string): string {
  return header.trim().toLowerCase()
}

const personKeys = new Set<string>([...FIELDS.contact.flatMap(field => field.rowKey ?? []), 'full_name', 'location'])

function isPersonKey(key: string): boolean {
  return personKeys.has(key)
}
