/** Looks up the name of a column. The tables are built from the aliases and the registry of fields. */
import { FIELDS, type Service } from '../../fields.ts'
import { ROW_KEYS } from '../../records/parse/row-keys.ts'
import { ADDRESSES, ALWAYS, AMBIGUOUS, normalizeHeader, PLAIN, PSEUDO_KEYS } from './aliases.ts'
import type { CellRule, ChosenReason, Mapping } from './meaning.ts'

export interface Alias {
  readonly key: string
  /** The smaller rank wins between columns of one key. */
  readonly rank: number
  readonly by: CellRule | null
  readonly chosen: ChosenReason
}

/** The keys that `mapping` may give. */
export const MAPPING_KEYS: ReadonlySet<string> = new Set([...ROW_KEYS, ...PSEUDO_KEYS])

const integerKeys = new Set(FIELDS.company.flatMap(field => (field.kind === 'integer' ? (field.rowKey ?? []) : [])))

/** Normalised header → its meaning in a file of that service. */
export const tables: Readonly<Record<Service, ReadonlyMap<string, Alias>>> = {
  company: aliasTable('company'),
  contact: aliasTable('contact'),
}
/** Normalised ambiguous header → the keys it may mean. */
export const ambiguous: Readonly<Record<Service, ReadonlyMap<string, readonly string[]>>> = {
  company: new Map(AMBIGUOUS.company.flatMap(([keys, headers]) => names(headers).map(name => [name, keys.split(' ')]))),
  contact: new Map(AMBIGUOUS.contact.flatMap(([keys, headers]) => names(headers).map(name => [name, keys.split(' ')]))),
}
/** Normalised header → its key, for headers that mean the same in every file. */
export const always = new Map(ALWAYS.flatMap(([key, headers]) => names(headers).map(name => [name, key] as const)))

function names(headers: string): string[] {
  return headers.split('|').map(header => normalizeHeader(header))
}

function aliasTable(service: Service): Map<string, Alias> {
  const table = new Map<string, Alias>()
  let rank = 0
  const add = (name: string, key: string, chosen: ChosenReason, by: CellRule | null = null) => {
    if (!table.has(name)) table.set(name, { key, rank: ++rank, by, chosen: by ?? chosen })
  }
  for (const [key, headers] of ALWAYS) for (const name of names(headers)) add(name, key, 'alias', byOf(name))
  for (const [key, headers] of PLAIN[service]) for (const name of names(headers)) add(name, key, 'kind', byOf(name))
  // Row keys are headers too, and so are names of fields that mean nothing else in such a file. They rank after the aliases.
  for (const key of MAPPING_KEYS) add(normalizeHeader(key), key, 'field')
  for (const field of FIELDS[service]) if (field.rowKey) add(normalizeHeader(field.name), field.rowKey, 'field')
  const plain = new Set(PLAIN.company.flatMap(([, headers]) => names(headers)))
  for (const field of FIELDS.company) {
    const name = normalizeHeader(field.name)
    if (field.rowKey && !plain.has(name)) add(name, field.rowKey, 'field')
  }
  for (const address of ADDRESSES)
    for (const name of names(address.headers)) {
      table.delete(name)
      const key = address[service]
      if (key !== null) add(name, key, 'kind', 'address')
      else add(name, service === 'contact' ? 'person_linkedin_url' : 'company_linkedin_url', 'kind', 'linkedin')
    }
  return table
}

function byOf(name: string): CellRule | null {
  if (name === 'companyid') return 'uuid'
  // Outlook and others write Mr and Dr in this column.
  if (name === 'title') return 'not_salutation'
  if (/^phone\dvalue$/.test(name)) return 'phone_label'
  return /^website\dvalue$/.test(name) ? 'website_label' : null
}

const MONEY = '(?:us\\$|[$€£]|usd|eur|gbp)'
const UNIT = new RegExp(
  `\\s*(?:[([]\\s*|\\bin\\s+)(?:in\\s+)?${MONEY}?\\s*(?:(000'?s?|thousands?|k|millions?|mm?|billions?|bn?)\\s*(?:of\\s+)?)?${MONEY}?\\s*[)\\]]?\\s*$`,
  'i',
)
/** In characters. A unit is looked for only in headers up to this length. */
const LONGEST = 200
const integerNames = new Set([...tables.company].flatMap(([name, { key }]) => (integerKeys.has(key) ? [name] : [])))

/** Separates a unit from the header: `Revenue (in 000s USD)` has the name of `Revenue` and the scale 1,000. */
export function readName(header: string): { readonly name: string; readonly scale: number } {
  const unit = header.length > LONGEST ? null : UNIT.exec(header)
  const name = unit === null ? '' : normalizeHeader(header.slice(0, unit.index))
  if (unit === null || !integerNames.has(name)) return { name: normalizeHeader(header), scale: 1 }
  const says = unit[1]?.charAt(0).toLowerCase()
  return { name, scale: says === undefined ? 1 : says === 'b' ? 1e9 : says === 'm' ? 1e6 : 1e3 }
}

/** Whether the header is in the table of aliases of either service. */
export function isAlias(header: string): boolean {
  const { name } = readName(header)
  return tables.company.has(name) || tables.contact.has(name)
}

/** Returns a test for whether a header is known. The headers of `mapping` are. */
export function headerKnowledge(mapping: Mapping): (header: string) => boolean {
  const mapped = new Set(Object.keys(mapping).flatMap(header => [header, normalizeHeader(header)]))
  return header => {
    const { name } = readName(header)
    if (name === '') return false
    if (tables.company.has(name) || tables.contact.has(name) || name === 'uuid') return true
    return mapped.has(header) || mapped.has(name)
  }
}
