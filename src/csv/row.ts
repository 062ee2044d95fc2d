/**
 * Turns the cells of a record into the input of `parseCells` or `parseFieldCells` (records/parse): one value per row key,
 * or per field in an export of ours.
 */
import type { Problem } from '../errors.ts'
import { ROW_KEYS } from '../records/parse/row-keys.ts'
import { explainCut, isSalutation, lastNameFirst, splitFullName } from '../records/values/person-name.ts'
import { ignoredCell, valueInCell } from '../records/values/row-cell.ts'
import { quote } from '../text/shorten.ts'
import { type Addresses, type Column, keysOf, readAddresses, readColumns } from './columns.ts'
import { splitLocation } from './compound.ts'
import { unguard } from './formula.ts'
import { PSEUDO_KEYS } from './header/aliases.ts'
import type { HeaderMeaning } from './header/meaning.ts'
import { type ColumnSigns, cellRepairer, type DamageSigns, noDamage } from './text/repairs.ts'

export interface ReadRow {
  /** In the order of `keysOf`. Undefined where the cell is blank. */
  readonly values: readonly (string | undefined)[]
  /** Row key → factor for its number, for columns whose header has a unit. */
  readonly scales: ReadonlyMap<string, number> | undefined
  /** The columns (by index) whose values are not used, because an earlier column has another value. */
  readonly dropped: readonly number[] | undefined
  /** Values with damaged text, and what became of them. */
  readonly damaged: readonly DamagedValue[] | undefined
  /** Cells that are not read, although their column is. */
  readonly unread: readonly UnreadCell[] | undefined
  /** What was left out of cells that were split. */
  readonly warnings: readonly Problem[] | undefined
}

export interface UnreadCell {
  /** The column, by index. */
  readonly index: number
  readonly key: string
  readonly cell: string
  /** For a warning, after the cell. Null for a placeholder such as `N/A`, which counts as blank. */
  readonly why: string | null
}

export interface DamagedValue {
  readonly key: string
  readonly message: string
}

/** What a file shows about damaged text. */
export interface Damage {
  readonly signs: ColumnSigns
  /** Covers the rows that are read. */
  readonly damage: DamageSigns
}

const UNDAMAGED: Damage = { signs: { ampersands: [], twice: [] }, damage: noDamage() }

/** Returns a function that reads the cells of a record. It returns null if no cell has a value. */
export function rowReader(
  meaning: HeaderMeaning,
  { signs, damage } = UNDAMAGED,
): (cells: readonly string[]) => ReadRow | null {
  const keys = keysOf(meaning)
  const columns = readColumns(meaning, keys)
  const isCompound = columns.some(column => (PSEUDO_KEYS as readonly string[]).includes(column.key))
  const blank = keys.map((): string | undefined => undefined)
  const addresses = readAddresses(columns)
  const isOurs = meaning.form === 'fields'
  const repair = isOurs ? () => null : cellRepairer(signs, damage)
  const keyAt = new Map(columns.map(({ index, key }) => [index, key]))
  const hasValue = (index: number, cells: readonly string[]) => {
    const cell = cells[index] ?? ''
    return !isBlank(cell) && (isOurs || valueInCell(unguard(cell), keyAt.get(index)!) !== null)
  }
  return cells => {
    const values = blank.slice()
    let scales: Map<string, number> | undefined
    let unused: Unused[] | undefined
    let damaged: DamagedValue[] | undefined
    let unread: UnreadCell[] | undefined
    let isEmpty = true
    const chosen = addresses.length === 0 ? null : chooseAddresses(addresses, index => hasValue(index, cells))
    for (const column of columns) {
      const cell = cells[column.index]
      if (cell === undefined || cell === '') continue
      const written = unguard(cell)
      if (isBlank(written)) continue
      const repaired = repair(written, column.index)
      const whole = repaired === null ? written : repaired.text
      // Our own exports contain stored values, even if one looks like an error of a spreadsheet.
      const value = isOurs ? whole : valueInCell(whole, column.key)
      if (value !== null && value !== written && isBlank(value)) continue
      const key = value === null || column.by === null ? column.key : keyOfCell(column, value, cells, meaning)
      if (value === null || key === null) {
        unread ??= []
        const why = value === null ? null : whyUnread(column.by, value)
        unread.push({ index: column.index, key: column.key, cell: written, why })
        continue
      }
      const place = key === column.key ? column.place : keys.indexOf(key)
      if (values[place] !== undefined || (column.group !== null && !chosen!.has(column.group))) {
        unused ??= []
        unused.push({ index: column.index, place, value })
        continue
      }
      values[place] = column.by === 'last_name_first' ? lastNameFirst(value) : value
      isEmpty = false
      if (repaired !== null) {
        damaged ??= []
        damaged.push({ key, message: `${key} ${quote(written)} ${repaired.message}` })
      }
      if (column.scale !== 1) {
        scales ??= new Map()
        scales.set(key, column.scale)
      }
    }
    if (isEmpty) return null
    const warnings = isCompound ? splitCompounds(values) : undefined
    const other = isCompound && isOtherName(values) ? columns.find(column => hasFullName(column, cells)) : undefined
    const dropped = unused && droppedOf(unused, values)
    return {
      values,
      scales,
      dropped: other === undefined ? dropped : [...(dropped ?? []), other.index],
      damaged,
      unread,
      warnings,
    }
  }
}

interface Unused {
  readonly index: number
  readonly place: number
  readonly value: string
}

/** Nothing is lost if the column that is used has the same value. */
function droppedOf(unused: readonly Unused[], values: ReadRow['values']): number[] {
  return unused.flatMap(({ index, place, value }) => (isSame(value, values[place] ?? '') ? [] : index))
}

function isSame(value: string, other: string): boolean {
  return value === other || value.trim().toLowerCase() === other.trim().toLowerCase()
}

/** The parts of a compound cell fill the values that the row does not give itself. */
function splitCompounds(values: (string | undefined)[]): readonly Problem[] | undefined {
  const [name, location, companyLocation] = values.slice(ROW_KEYS.length)
  const warnings: Problem[] = []
  if (name !== undefined) fillName(values, name, warnings)
  if (location !== undefined) fillAddress(values, 'location', location, warnings)
  if (companyLocation !== undefined) fillAddress(values, 'company_location', companyLocation, warnings)
  return warnings.length === 0 ? undefined : warnings
}

function fillName(values: (string | undefined)[], name: string, warnings: Problem[]): void {
  const [given, family] = [values[FIRST_NAME], values[LAST_NAME]]
  if (given !== undefined && family !== undefined) return
  const { first, last, cut } = splitFullName(name)
  // `First Name: Ada, Name: Byron`
  if (last === null && given !== undefined && !isSame(given, name)) values[LAST_NAME] ??= first ?? undefined
  values[FIRST_NAME] ??= (family === undefined ? first : namesBefore(family, first, last)) ?? undefined
  values[LAST_NAME] ??= last ?? undefined
  if (cut.length > 0) warnings.push(explainCut('full_name', name, cut))
}

/** What precedes the last name of the row in its full name: `María` for `María García López` and `García López`. */
function namesBefore(family: string, first: string | null, last: string | null): string | null {
  const whole = ` ${[first, last].filter(part => part !== null).join(' ')}`
  const end = ` ${family.trim()}`
  return whole.toLowerCase().endsWith(end.toLowerCase()) ? whole.slice(1, -end.length) || null : first
}

/** Whether the row has a full name besides other first and last names, so that it is not used. */
function isOtherName(values: readonly (string | undefined)[]): boolean {
  const name = values[FULL_NAME]?.toLowerCase()
  if (name === undefined) return false
  return [values[FIRST_NAME], values[LAST_NAME]].some(
    part => part !== undefined && !name.includes(part.trim().toLowerCase()),
  )
}

function hasFullName({ place, index, key }: Column, cells: readonly string[]): boolean {
  const cell = cells[index] ?? ''
  return place === FULL_NAME && !isBlank(cell) && valueInCell(unguard(cell), key) !== null
}

const FULL_NAME = ROW_KEYS.length + PSEUDO_KEYS.indexOf('full_name')
const FIRST_NAME = ROW_KEYS.indexOf('first_name')
const LAST_NAME = ROW_KEYS.indexOf('last_name')
const ADDRESS_OF = {
  location: ['city', 'state', 'country'].map(key => ROW_KEYS.indexOf(key)),
  company_location: ['company_city', 'company_state', 'company_country'].map(key => ROW_KEYS.indexOf(key)),
}
const COMPANY_ADDRESS = ROW_KEYS.indexOf('company_address')

/** The parts of a location fill an address, unless the row gives another one. */
function fillAddress(
  values: (string | undefined)[],
  key: keyof typeof ADDRESS_OF,
  cell: string,
  warnings: Problem[],
): void {
  const [location, others] = firstLocation(cell)
  if (others !== '') warnings.push(ignoredCell(key, others, 'is another location'))
  const place = splitLocation(location)
  if (place === null) {
    if (!isKnown(location, values, ADDRESS_OF[key])) warnings.push(ignoredCell(key, location, NO_PLACE))
    return
  }
  const parts = [place.city, place.state, place.country]
  const given = ADDRESS_OF[key].map(at => values[at])
  if (parts.some((part, index) => given[index] !== undefined && !isSame(given[index], part ?? ''))) {
    if (!parts.every(part => part === null || given.some(value => isSame(value ?? '', part))))
      warnings.push(ignoredCell(key, location, OTHER_PLACE))
    return
  }
  for (const [index, at] of ADDRESS_OF[key].entries()) values[at] ??= parts[index] ?? undefined
  const rest = [place.street, place.postalCode].filter(part => part !== null).join(', ')
  if (rest === '') return
  if (key === 'company_location' && place.street !== null) values[COMPANY_ADDRESS] ??= rest
  const isStored = key === 'company_location' && values[COMPANY_ADDRESS]?.includes(place.street ?? rest)
  if (!isStored) warnings.push(ignoredCell(key, rest, 'has no field'))
}

/** Of several locations, `Columbus, Ohio; Detroit, Michigan`, the first counts. */
function firstLocation(cell: string): readonly [location: string, others: string] {
  const at = cell.search(/[;|]/)
  return at <= 0 ? [cell, ''] : [cell.slice(0, at).trim(), cell.slice(at + 1).trim()]
}

const NO_PLACE = 'cannot be split into city, state and country with certainty'
const OTHER_PLACE = 'is not the city, state and country of the row'

/** Whether the row has the location as its city, state or country. */
function isKnown(location: string, values: readonly (string | undefined)[], places: readonly number[]): boolean {
  return places.some(at => values[at] !== undefined && isSame(values[at], location))
}

function isBlank(cell: string): boolean {
  if (cell === '') return true
  const first = cell.charCodeAt(0)
  return (first <= 32 || first >= 128) && cell.trim() === ''
}

/** The first address of each that has a value, so that city and country come from the same place. */
function chooseAddresses(addresses: Addresses, hasValue: (index: number) => boolean): Set<string> {
  return new Set(addresses.flatMap(of => of.find(({ columns }) => columns.some(hasValue))?.group ?? []))
}

const UUID = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i

/** The key that the cell is read as; null if it is not read (`whyUnread`). */
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
      return label.trim() === '' || WORK.test(label) || /company/i.test(label) ? column.key : 'person_website'
    case 'uuid':
      return UUID.test(value) ? column.key : null
    case 'country_code':
      return isCountry(value) ? column.key : null
    case 'not_salutation':
      return isSalutation(value) ? null : column.key
    case 'last_name_first':
    case null:
      return column.key
  }
}

/** Why the rule of a column does not read this value. */
function whyUnread(by: Column['by'], value: string): string {
  switch (by) {
    case 'address':
    case 'linkedin':
      if (MAP.test(value)) return 'is a place on a map, not a website'
      if (LINKEDIN.test(value)) return 'is the LinkedIn address of a person, in a file of companies'
      return 'is not a LinkedIn address'
    case 'phone_label':
      return 'is the number of a fax or pager'
    case 'uuid':
      return 'is not a UUID'
    case 'country_code':
      return 'is a calling code, not a country'
    case 'not_salutation':
      return 'is a salutation, not a job title'
    default:
      return 'is not read'
  }
}

/** Digits make a calling code. */
function isCountry(value: string): boolean {
  return !/\d/.test(value)
}

const LINKEDIN = /(?<![a-z\d-])linkedin\.com(?:\/|\s*$)/i
const LINKEDIN_COMPANY =
  /linkedin\.com\/(company|school|showcase|organi[sz]ation|edu|university|sales\/(company|accounts?))\b/i

function keyOfAddress(address: string, otherwise: string | null, ofPeople: boolean): string | null {
  if (!LINKEDIN.test(address)) return MAP.test(address) ? null : otherwise
  if (LINKEDIN_COMPANY.test(address)) return 'company_linkedin_url'
  return ofPeople ? 'person_linkedin_url' : null
}

/** A place on a map, not a website. */
const MAP =
  /^\s*(https?:\/\/)?(((www|maps)\.)?google\.[a-z.]{2,6}\/maps|maps\.google\.|goo\.gl\/maps|maps\.app\.goo\.gl|maps\.apple\.com)/i

function keyOfPhone(label: string, unlabelled: string): string | null {
  if (label.trim() === '') return unlabelled
  if (FAX.test(label)) return null
  if (MOBILE.test(label)) return 'mobile_phone'
  if (WORK.test(label)) return 'work_direct_phone'
  return HOME.test(label) ? 'home_phone' : 'other_phone'
}

/** Labels in the languages of the headers. */
const FAX = /fax|faks|pager|t[ée]l[ée]cop/i
const MOBILE = /mobi|m[óo]vil|cell|celular|handy|portable|gsm|komórk/i
const WORK =
  /work|business|office|arbeit|geschäft|dienst|büro|travail|bureau|professionnel|trabajo|oficina|trabalho|comercial|lavoro|ufficio|werk|zakelijk|arbet|arbejde|jobb|prac[ay]|służb/i
const HOME = /home|privat|particulier|domicil|casa|thuis|\bhem|hjem|dom(?:owy)?\b/i
