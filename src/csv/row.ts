/**
 * Turns the cells of a record into the input of `parseCells` or `parseFieldCells` (records/parse): one value per row key,
 * or per field in an export of ours.
 */
import { ROW_KEYS } from '../records/parse/row-keys.ts'
import { valueInCell } from '../records/values/row-cell.ts'
import { type Addresses, type Column, keysOf, readAddresses, readColumns } from './columns.ts'
import { splitLocation, splitName } from './compound.ts'
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
  /** Cells such as `N/A`, which count as blank. */
  readonly placeholders: readonly Placeholder[] | undefined
}

export interface Placeholder {
  /** The column, by index. */
  readonly index: number
  readonly key: string
  readonly cell: string
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
  const says = (index: number, cells: readonly string[]) => {
    const cell = cells[index] ?? ''
    return !isBlank(cell) && (isOurs || valueInCell(unguard(cell), keyAt.get(index)!) !== null)
  }
  return cells => {
    const values = blank.slice()
    let scales: Map<string, number> | undefined
    let unused: Unused[] | undefined
    let damaged: DamagedValue[] | undefined
    let placeholders: Placeholder[] | undefined
    let isEmpty = true
    const chosen = addresses.length === 0 ? null : chooseAddresses(addresses, index => says(index, cells))
    for (const column of columns) {
      const cell = cells[column.index]
      if (cell === undefined || cell === '') continue
      const written = unguard(cell)
      if (isBlank(written)) continue
      const repaired = damage.entities || damage.twice || damage.lost ? repair(written, column.index) : null
      const whole = repaired === null ? written : repaired.text
      // Our own exports contain stored values, even if one looks like an error of a spreadsheet.
      const value = isOurs ? whole : valueInCell(whole, column.key)
      if (value === null) {
        placeholders ??= []
        placeholders.push({ index: column.index, key: column.key, cell: written })
        continue
      }
      if (value !== written && isBlank(value)) continue
      const key = column.by === null ? column.key : keyOfCell(column, value, cells, meaning)
      if (key === null) continue
      const place = key === column.key ? column.place : keys.indexOf(key)
      if (values[place] !== undefined || (column.group !== null && !chosen!.has(column.group))) {
        unused ??= []
        unused.push({ index: column.index, place, value })
        continue
      }
      values[place] = value
      isEmpty = false
      if (repaired !== null) {
        damaged ??= []
        damaged.push({ key, message: `${key} ${JSON.stringify(written.slice(0, SHOWN))} ${repaired.message}` })
      }
      if (column.scale !== 1) {
        scales ??= new Map()
        scales.set(key, column.scale)
      }
    }
    if (isEmpty) return null
    if (isCompound) splitCompounds(values)
    return { values, scales, dropped: unused && droppedOf(unused, values), damaged, placeholders }
  }
}

/** In characters, for a message. */
const SHOWN = 60

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
  if (cell === '') return true
  const first = cell.charCodeAt(0)
  return (first <= 32 || first >= 128) && cell.trim() === ''
}

/** The first address of each that has a value, so that city and country come from the same place. */
function chooseAddresses(addresses: Addresses, says: (index: number) => boolean): Set<string> {
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
