/** Looks up the name of a column. The tables are built from the aliases of all languages and the registry of fields. */

import { FIELDS, type Service } from '../../fields.ts'
import { ROW_KEYS } from '../../records/parse/row-keys.ts'
import { memo } from '../../records/values/memo.ts'
import { onFirstUse } from '../../runtime/on-first-use.ts'
import { ADDRESSES, ALWAYS, AMBIGUOUS, normalizeHeader, PLAIN, PSEUDO_KEYS } from './aliases.ts'
import { LANGUAGES } from './languages/all.ts'
import { PLAIN_KEYS, type Table } from './languages/language.ts'
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

const TITLES: ReadonlySet<string> = new Set(['title', 'titel', 'titre', 'titulo', 'titolo', 'tittel'])
const COUNTRY_CODE =
  /country(iso)?code$|^(codepays|codigodepais|codigodopais|codicepaese|landcode|landskod|landekode|landskode|kodkraju|landerkennzeichen)$/

/** Full names whose header says that they begin with the last name. Normalised. */
const LAST_NAME_FIRST: ReadonlySet<string> = new Set(
  [
    'Last Name, First Name',
    'Nachname, Vorname',
    'Name, Vorname',
    'Nom Prénom',
    'Nom et prénom',
    'Cognome nome',
    'Cognome e nome',
    'Nazwisko i imię',
  ].map(normalizeHeader),
)

/** The normalised names of a list of headers. The tables share most lists. */
const names = memo((headers): readonly string[] => headers.split('|').map(normalizeHeader), Infinity, Infinity)

const ALL_ALWAYS: Table = [...ALWAYS, ...LANGUAGES.flatMap(language => language.always)]
const ALL_PLAIN: Readonly<Record<Service, Table>> = { company: allPlain('company'), contact: allPlain('contact') }

/** Normalised header → its meaning in a file of that service. */
const tables = byService(aliasTable)
/** Normalised ambiguous header → the keys it may mean. */
export const ambiguous = byService(ambiguousTable)
/** Normalised header → its key, for headers that mean the same in every file. The first one counts. */
const alwaysKeys = onFirstUse(
  () => new Map(ALL_ALWAYS.flatMap(([key, headers]) => names(headers).map(name => [name, key] as const)).reverse()),
)

/** The tables take some 40 ms to build, and most processes read no file. */
function byService<T extends object>(build: (service: Service) => T): Readonly<Record<Service, T>> {
  const [company, contact] = [onFirstUse(() => build('company')), onFirstUse(() => build('contact'))]
  return {
    get company() {
      return company()
    },
    get contact() {
      return contact()
    },
  }
}

function allPlain(service: Service): Table {
  const translated = LANGUAGES.flatMap(({ plain }) =>
    plain.flatMap(([key, headers]) => {
      const rowKey = PLAIN_KEYS[key]![service]
      return rowKey === null ? [] : [[rowKey, headers] as const]
    }),
  )
  return [...PLAIN[service], ...translated]
}

function ambiguousTable(service: Service): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, readonly string[]>()
  const add = (headers: string, keys: readonly string[]) => {
    for (const name of names(headers)) if (!table.has(name)) table.set(name, keys)
  }
  for (const [keys, headers] of AMBIGUOUS[service]) add(headers, keys.split(' '))
  for (const language of LANGUAGES) {
    for (const [english, headers] of language.ambiguous) {
      const keys = table.get(normalizeHeader(english))
      if (keys !== undefined) add(headers, keys)
    }
    for (const [key, headers] of language.plain)
      if (PLAIN_KEYS[key]![service] === null) add(headers, [PLAIN_KEYS[key]!.company])
  }
  return table
}

function aliasTable(service: Service): Map<string, Alias> {
  const table = new Map<string, Alias>()
  let rank = 0
  const add = (name: string, key: string, chosen: ChosenReason, by: CellRule | null = null) => {
    if (!table.has(name)) table.set(name, { key, rank: ++rank, by, chosen: by ?? chosen })
  }
  for (const [key, headers] of ALL_ALWAYS) for (const name of names(headers)) add(name, key, 'alias', byOf(name))
  for (const [key, headers] of ALL_PLAIN[service]) for (const name of names(headers)) add(name, key, 'kind', byOf(name))
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
  if (TITLES.has(name)) return 'not_salutation'
  if (LAST_NAME_FIRST.has(name)) return 'last_name_first'
  // Elsewhere it is the calling code of a phone number.
  if (COUNTRY_CODE.test(name)) return 'country_code'
  if (/^phone\dvalue$/.test(name)) return 'phone_label'
  return /^website\dvalue$/.test(name) ? 'website_label' : null
}

const MONEY = '(?:us\\$|[$€£]|usd|eur|gbp)'
const UNIT = new RegExp(
  `\\s*(?:[([]\\s*|\\bin\\s+)(?:in\\s+)?${MONEY}?\\s*(?:(000'?s?|thousands?|k|millions?|mm?|billions?|bn?)\\s*(?:of\\s+)?)?${MONEY}?\\s*[)\\]]?\\s*$`,
  'i',
)
/** In characters. Units, hints and prefixes are looked for only in headers up to this length. */
const LONGEST = 200
const integerNames = onFirstUse(
  () => new Set([...tables.company].flatMap(([name, { key }]) => (integerKeys.has(key) ? [name] : []))),
)

/** Separates unit and hints from the header: `Revenue (in 000s USD)` has the name of `Revenue` and the scale 1,000. */
export function readName(header: string): { readonly name: string; readonly scale: number } {
  if (header.length > LONGEST) return { name: normalizeHeader(header), scale: 1 }
  // The expressions take seconds for 200 spaces.
  const spaced = header.replace(/\s+/g, ' ')
  const unit = UNIT.exec(spaced)
  const name = unit === null ? '' : normalizeHeader(spaced.slice(0, unit.index))
  if (unit === null || !integerNames().has(name)) return { name: withoutHint(spaced), scale: 1 }
  const says = unit[1]?.charAt(0).toLowerCase()
  return { name, scale: says === undefined ? 1 : says === 'b' ? 1e9 : says === 'm' ? 1e6 : 1e3 }
}

/** `First Name [Required]`, `Email (Primary)`, `Phone : mobile`, `First Name - required`, `Last Name required`. */
const HINT =
  /^(.*?\S)\s*(?:[([{]\s*([^()[\]{}]+?)\s*[)\]}]|\s[-–—|]\s+([^-–—|()[\]{}]+)|:\s*([^:()[\]{}]+)|\s(required|optional|mandatory))$/i
/** A quick check. */
const HAS_HINT = /[([{:|–—]| - | (?:required|optional|mandatory)\s*$/i
/** Hints that do not change what a column is. Normalised. */
const HINTS: ReadonlySet<string> = new Set(
  `required requiredfield mandatory mandatoryfield optional primary main default work business office text string current
  pflichtfeld erforderlich obligatoire requis facultatif obligatorio requerido opcional opzionale obrigatorio obbligatorio verplicht
  obligatorisk valgfri valgfritt frivillig pakrævet pakraevet wymagane wymagany opcjonalne`.split(/\s+/),
)
/** Of a form: `Address (City)`. */
const PARTED: ReadonlySet<string> = new Set(['address', 'adresse', 'direccion', 'endereco', 'indirizzo', 'adres'])

/**
 * The normalised name of a column. Hints are removed if the rest is a known header, and kept otherwise: `Email (Assistant)` is not
 * `Email`.
 */
function withoutHint(header: string): string {
  const name = normalizeHeader(header)
  if (isKnownName(name)) return name
  const [, before, ...hints] = (HAS_HINT.test(header) && HINT.exec(header.trim())) || []
  const hint = normalizeHeader(hints.find(found => found !== undefined) ?? '')
  if (before !== undefined && hint !== '') {
    const base = normalizeHeader(before)
    // `Phone : mobile` is `Mobile Phone`.
    if (isTableName(hint + base)) return hint + base
    if (HINTS.has(hint) && isKnownName(base)) return base
    if (PARTED.has(base) && isTableName(hint)) return hint
  }
  return withoutNumberSign(name)
}

/** `Mobile No.` is `Mobile Number`. A `Company No.` is not a company. */
function withoutNumberSign(name: string): string {
  const base = /^(.+?)(?:no|nr|num|nbr)$/.exec(name)?.[1]
  if (base === undefined) return name
  if (isTableName(`${base}number`)) return `${base}number`
  return tables.contact.get(base)?.key.endsWith('phone') ? base : name
}

function isTableName(name: string): boolean {
  return tables.company.has(name) || tables.contact.has(name)
}

function isKnownName(name: string): boolean {
  if (isTableName(name) || ambiguous.contact.has(name) || ambiguous.company.has(name)) return true
  return prefixedAlias('contact', name) !== undefined
}

/** Words before a known header, normalised: tools, the company, the person. */
const TOOLS =
  /^(?:linkedin|zoominfo|apollo|hubspot|salesforce|crunchbase|clearbit|cognism|lusha|clay|google|outlook|zoho|pipedrive)(.{3,})$/
const OF_COMPANY = /^(?:company|account|organi[sz]ation|org|employer)(.{3,})$/
const OF_PERSON = /^(?:contact|person|lead|prospect|candidate|employee)(.{3,})$/
/** `LinkedIn Company` may be a name or a URL. */
const NOT_AFTER_TOOLS: ReadonlySet<string> = new Set([
  'company',
  'organization',
  'organisation',
  'email',
  'phone',
  'stage',
  'uuid',
])

/** The meaning of a header with a prefix, such as `LinkedIn Company Employee Count`, `Company Phone 1` or `Lead City`. */
function prefixedAlias(service: Service, name: string): Alias | undefined {
  if (name.length > LONGEST) return undefined
  const ofTool = TOOLS.exec(name)?.[1]
  if (ofTool !== undefined && !NOT_AFTER_TOOLS.has(ofTool)) return withoutAddress(findAlias(service, ofTool))
  const ofCompany = OF_COMPANY.exec(name)?.[1]
  if (ofCompany !== undefined) return withoutAddress(companyAlias(tables.company.get(ofCompany)))
  const ofPerson = OF_PERSON.exec(name)?.[1]
  return ofPerson === undefined ? undefined : withoutAddress(tables.contact.get(ofPerson))
}

/** Undefined for rules under which the header alone does not say what the column holds. */
function withoutAddress(alias: Alias | undefined): Alias | undefined {
  return alias?.by === 'address' || alias?.by === 'linkedin' || alias?.by === 'uuid' ? undefined : alias
}

const companyKeys = new Set<string>([...FIELDS.company.flatMap(field => field.rowKey ?? []), 'company_location'])

function companyAlias(alias: Alias | undefined): Alias | undefined {
  return alias !== undefined && companyKeys.has(alias.key) ? alias : undefined
}

/** The meaning of a header in a file of that service. */
export function findAlias(service: Service, name: string): Alias | undefined {
  return tables[service].get(name) ?? prefixedAlias(service, name)
}

/** The key of a header that means the same in every file; otherwise null. */
export function alwaysKey(name: string): string | null {
  const key = alwaysKeys().get(name)
  if (key !== undefined) return key
  if (isTableName(name)) return null
  const [inContacts, inCompanies] = [prefixedAlias('contact', name), prefixedAlias('company', name)]
  return inContacts !== undefined && inContacts.key === inCompanies?.key ? inContacts.key : null
}

/** Whether the header is in the table of aliases of either service. */
export function isAlias(header: string): boolean {
  const { name } = readName(header)
  return isTableName(name) || prefixedAlias('contact', name) !== undefined
}

/** Returns a test for whether a header is known. The headers of `mapping` are. */
export function headerKnowledge(mapping: Mapping): (header: string) => boolean {
  const mapped = new Set(Object.keys(mapping).flatMap(header => [header, normalizeHeader(header)]))
  return header => {
    const { name } = readName(header)
    if (name === '') return false
    if (isTableName(name) || prefixedAlias('contact', name) !== undefined || name === 'uuid') return true
    return mapped.has(header) || mapped.has(name) || mapped.has(normalizeHeader(header))
  }
}
