/**
 * Turns the cells of a record into the input of `parseCells` or `parseFieldCells` (records/parse): one value per row key,
 * or per field in an export of ours.
 */
import { FIELD_KEYS, ROW_KEYS } from '../records/parse/row-keys.ts'
import { splitLocation, splitName } from './compound.ts'
import { unguard } from './formula.ts'
import { normalizeHeader, PSEUDO_KEYS } from './header/aliases.ts'
import type { ColumnMeaning, HeaderMeaning } from './header/meaning.ts'

export interface ReadRow {
  /** In the order of `keysOf`. Undefined where the cell is blank. */
  readonly values: readonly (string | undefined)[]
  /** Row key → factor for its number, for columns whose header has a unit. */
  readonly scales: ReadonlyMap<string, number> | undefined
}

interface Column extends ColumnMeaning {
  readonly index: number
  readonly key: string
  /** The index of its key among the row's values. */
  readonly place: number
  /** The index of the column that labels this one (`Phone 1 - Label`), or -1. */
  readonly label: number
  /** The address it belongs to (`Business City`, `Business State`) if the file has several; otherwise null. */
  readonly group: string | null
}

/** The keys of a row's values. Keys without a field come last. */
export function keysOf({ form, service }: HeaderMeaning): readonly string[] {
  return form === 'fields' ? FIELD_KEYS[service] : [...ROW_KEYS, ...PSEUDO_KEYS]
}

/** Returns a function that reads the cells of a record. It returns null if no cell has a value. */
export function rowReader(meaning: HeaderMeaning): (cells: readonly string[]) => ReadRow | null {
  const keys = keysOf(meaning)
  const columns = readColumns(meaning, keys)
  const isCompound = columns.some(column => (PSEUDO_KEYS as readonly string[]).includes(column.key))
  const blank = keys.map((): string | undefined => undefined)
  const addresses = readAddresses(columns)
  // Our own exports contain stored values, even if one looks like an error of a spreadsheet.
  const isNothing = meaning.form === 'rows' ? saysNothing : isBlank
  return cells => {
    const values = blank.slice()
    let scales: Map<string, number> | undefined
    let isEmpty = true
    const chosen = addresses.length === 0 ? null : chooseAddresses(addresses, cells)
    for (const column of columns) {
      const cell = cells[column.index]
      if (cell === undefined || cell === '' || (column.by === null && values[column.place] !== undefined)) continue
      if (column.group !== null && !chosen!.has(column.group)) continue
      const value = unguard(cell)
      if (isNothing(value)) continue
      const key = column.by === null ? column.key : keyOfCell(column, value, cells, meaning)
      if (key === null) continue
      const place = key === column.key ? column.place : keys.indexOf(key)
      if (values[place] !== undefined) continue
      values[place] = value
      isEmpty = false
      if (column.scale !== 1) {
        scales ??= new Map()
        scales.set(key, column.scale)
      }
    }
    if (isEmpty) return null
    if (isCompound) splitCompounds(values)
    return { values, scales }
  }
}

/** The parts of a compound cell fill the values that the row does not give itself. */
function splitCompounds(values: (string | undefined)[]): void {
  const [name, location, companyLocation] = values.slice(ROW_KEYS.length)
  if (name !== undefined) {
    const { first, last } = splitName(name)
    values[FIRST_NAME] ??= first
    if (last !== null) values[LAST_NAME] ??= last
  }
  if (location !== undefined) fillAddress(values, location, ADDRESS_OF.person)
  if (companyLocation !== undefined) fillAddress(values, companyLocation, ADDRESS_OF.company)
}

const FIRST_NAME = ROW_KEYS.indexOf('first_name')
const LAST_NAME = ROW_KEYS.indexOf('last_name')
const ADDRESS_OF = {
  person: ['city', 'state', 'country'].map(key => ROW_KEYS.indexOf(key)),
  company: ['company_city', 'company_state', 'company_country'].map(key => ROW_KEYS.indexOf(key)),
}

function fillAddress(values: (string | undefined)[], location: string, places: readonly number[]): void {
  const [city, state, country] = places as [number, number, number]
  if (values[city] !== undefined || values[state] !== undefined || values[country] !== undefined) return
  const place = splitLocation(location)
  if (place === null) return
  values[city] = place.city
  if (place.state !== null) values[state] = place.state
  if (place.country !== null) values[country] = place.country
}

function isBlank(cell: string): boolean {
  const first = cell.charCodeAt(0)
  return (first <= 32 || first >= 128) && cell.trim() === ''
}

/** Errors that spreadsheets write instead of a value: `@once`, taken for a formula, becomes `#NAME?`. */
const ERRORS = new Set(['#NAME?', '#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!'])
const HASH = 35

function saysNothing(cell: string): boolean {
  return isBlank(cell) || (cell.charCodeAt(0) === HASH && ERRORS.has(cell.trim()))
}

function readColumns(meaning: HeaderMeaning, keys: readonly string[]): Column[] {
  const names = meaning.columns.map(column => normalizeHeader(column.header))
  const firstOf = new Map(names.map((name, index) => [name, index] as const).reverse())
  const columns = meaning.columns.flatMap((column, index): Column[] => {
    if (column.key === null) return []
    const labels = ['label', 'type'].flatMap(end => firstOf.get(names[index]!.replace(/value$/, end)) ?? [])
    const label = column.by?.endsWith('_label') && labels.length > 0 ? Math.min(...labels) : -1
    const place = keys.indexOf(column.key)
    return [{ ...column, key: column.key, place, index, label, group: groupOf(column.key, names[index]!) }]
  })
  columns.sort((a, b) => a.rank - b.rank || a.index - b.index)
  const places = Map.groupBy(
    columns.filter(column => column.group !== null),
    column => sideOf(column.key),
  )
  const severalOn = new Set(
    [...places].flatMap(([side, of]) => (new Set(of.map(({ group }) => group)).size > 1 ? side : [])),
  )
  return columns.map(column => (severalOn.has(sideOf(column.key)) ? column : { ...column, group: null }))
}

const PLACE = /^(company_)?(city|state|country)$/

function sideOf(key: string): string {
  return key.startsWith('company_') ? 'company' : 'person'
}

/** Prefixes of separate addresses. Other headers, such as `Person City` and `Country`, belong to one common address. */
const ADDRESS = /^(mailing|business|home|other|billing|address\d)/

function groupOf(key: string, name: string): string | null {
  return PLACE.test(key) ? `${sideOf(key)}/${ADDRESS.exec(name)?.[0] ?? ''}` : null
}

type Addresses = readonly (readonly { readonly group: string; readonly columns: readonly number[] }[])[]

/** The addresses of the person and those of the company, each in order of precedence. */
function readAddresses(columns: readonly Column[]): Addresses {
  return ['person', 'company'].flatMap(side => {
    const groups = Map.groupBy(
      columns.filter(column => column.group !== null && sideOf(column.key) === side),
      column => column.group!,
    )
    return groups.size === 0
      ? []
      : [[...groups].map(([group, of]) => ({ group, columns: of.map(({ index }) => index) }))]
  })
}

/** The first address of each that has a value, so that city and country come from the same place. */
function chooseAddresses(addresses: Addresses, cells: readonly string[]): Set<string> {
  const says = (index: number) => !isBlank(cells[index] || ' ')
  return new Set(addresses.flatMap(of => of.find(({ columns }) => columns.some(says))?.group ?? []))
}

const SALUTATION =
  /^(mr|mrs|ms|miss|mx|dr|prof|sir|madam|rev|hon|herr|frau|m|mme|mlle|monsieur|madame|sr|sra|srta|sig|dott)\.?$/i
/** In characters. A quick check that rules out most titles. */
const LONGEST_SALUTATION = 12
const UUID = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i

function keyOfCell(column: Column, value: string, cells: readonly string[], meaning: HeaderMeaning): string | null {
  const label = column.label < 0 ? '' : (cells[column.label] ?? '')
  switch (column.by) {
    case 'address':
      return keyOfAddress(value, column.key, meaning.service === 'contact')
    case 'linkedin':
      return keyOfAddress(value, null, meaning.service === 'contact')
    case 'phone_label':
      return keyOfPhone(label, column.key)
    case 'website_label':
      return label.trim() === '' || /work|company|business/i.test(label) ? column.key : 'person_website'
    case 'uuid':
      return UUID.test(value) ? column.key : null
    case 'not_salutation':
      return value.length <= LONGEST_SALUTATION && SALUTATION.test(value.trim()) ? null : column.key
    case null:
      return column.key
  }
}

function keyOfAddress(address: string, otherwise: string | null, ofPeople: boolean): string | null {
  if (!/linkedin\.com\//i.test(address)) return otherwise
  if (/linkedin\.com\/(company|school|showcase|organization|sales\/(company|accounts?))\b/i.test(address))
    return 'company_linkedin_url'
  return ofPeople ? 'person_linkedin_url' : null
}

function keyOfPhone(label: string, unlabelled: string): string | null {
  if (label.trim() === '') return unlabelled
  if (/fax|pager/i.test(label)) return null
  if (/mobile|cell/i.test(label)) return 'mobile_phone'
  if (/work|business|office/i.test(label)) return 'work_direct_phone'
  return /home/i.test(label) ? 'home_phone' : 'other_phone'
}
