/** Cells to what `parseRow` (records/) takes: values by row key, or by field for an export of ours. */

import { normalizeHeader, PSEUDO_KEYS } from './aliases.ts'
import { splitLocation, splitName } from './compound.ts'
import { unguard } from './formula.ts'
import type { ColumnMeaning, HeaderMeaning } from './header.ts'

export interface ReadRow {
  /** Only cells that are not blank. */
  readonly values: Readonly<Record<string, string>>
  /** What one unit is worth, for numbers from columns that say it. */
  readonly scales: ReadonlyMap<string, number> | undefined
}

interface Column extends ColumnMeaning {
  readonly index: number
  readonly key: string
  /** The column that labels this one (`Phone 1 - Label`), or -1. */
  readonly label: number
  /** The address it is a part of (`Business City`, `Business State`), for a city, state or country of several. */
  readonly group: string | null
}

/** Returns a function of a record's cells; null for a record with nothing to read. */
export function rowReader(meaning: HeaderMeaning): (cells: readonly string[]) => ReadRow | null {
  const columns = readColumns(meaning)
  const isCompound = columns.some(column => (PSEUDO_KEYS as readonly string[]).includes(column.key))
  const groups = [...new Set(columns.flatMap(column => column.group ?? []))]
  return cells => {
    const values: Record<string, string> = {}
    let scales: Map<string, number> | undefined
    let isEmpty = true
    const chosen = groups.length === 0 ? null : chooseGroups(columns, cells)
    for (const column of columns) {
      const cell = cells[column.index]
      if (cell === undefined || cell === '' || (column.by === null && values[column.key] !== undefined)) continue
      if (column.group !== null && !chosen!.has(column.group)) continue
      const value = unguard(cell)
      if (isBlank(value)) continue
      const key = column.by === null ? column.key : keyOfCell(column, value, cells, meaning)
      if (key === null || values[key] !== undefined) continue
      values[key] = value
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

/** What a compound cell says fills what the row does not say by itself. */
function splitCompounds(values: Record<string, string>): void {
  const { full_name: name, location, company_location: companyLocation } = values
  if (name !== undefined) {
    const { first, last } = splitName(name)
    values.first_name ??= first
    if (last !== null) values.last_name ??= last
  }
  if (location !== undefined) fillPlace(values, location, '')
  if (companyLocation !== undefined) fillPlace(values, companyLocation, 'company_')
}

function fillPlace(values: Record<string, string>, location: string, prefix: '' | 'company_'): void {
  const [city, state, country] = [`${prefix}city`, `${prefix}state`, `${prefix}country`] as const
  if (values[city] !== undefined || values[state] !== undefined || values[country] !== undefined) return
  const place = splitLocation(location)
  if (place === null) return
  values[city] = place.city
  if (place.state !== null) values[state] = place.state
  if (place.country !== null) values[country] = place.country
}

function isBlank(cell: string): boolean {
  return cell.charCodeAt(0) <= 32 && cell.trim() === ''
}

function readColumns(meaning: HeaderMeaning): Column[] {
  const names = meaning.columns.map(column => normalizeHeader(column.header))
  const columns = meaning.columns.flatMap((column, index): Column[] => {
    if (column.key === null) return []
    const labels = [names[index]!.replace(/value$/, 'label'), names[index]!.replace(/value$/, 'type')]
    const label = column.by?.endsWith('_label') ? names.findIndex(name => labels.includes(name)) : -1
    return [{ ...column, key: column.key, index, label, group: groupOf(column.key, names[index]!) }]
  })
  columns.sort((a, b) => a.rank - b.rank || a.index - b.index)
  return columns.map(column => {
    const rivals = columns.filter(other => PLACE.test(other.key) && sideOf(other.key) === sideOf(column.key))
    return new Set(rivals.map(other => other.group)).size > 1 ? column : { ...column, group: null }
  })
}

const PLACE = /^(company_)?(city|state|country)$/

function sideOf(key: string): string {
  return key.startsWith('company_') ? 'company' : 'person'
}

/** Addresses that stand beside others; `Person City` and `Country` are of one. */
const ADDRESS = /^(mailing|business|home|other|billing|address\d)/

function groupOf(key: string, name: string): string | null {
  return PLACE.test(key) ? `${sideOf(key)}/${ADDRESS.exec(name)?.[0] ?? ''}` : null
}

/** Of the person's addresses, and of the company's, the first that says anything: city and country are of one place. */
function chooseGroups(columns: readonly Column[], cells: readonly string[]): Set<string> {
  const chosen = new Map<string, string>()
  for (const { group, key, index } of columns)
    if (group !== null && !isBlank(cells[index] || ' ') && !chosen.has(sideOf(key))) chosen.set(sideOf(key), group)
  return new Set(chosen.values())
}

const SALUTATION =
  /^(mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|rev|hon|herr|frau|m|mme|mlle|monsieur|madame|sr|sra|srta|sig|dott)\.?$/i
const UUID = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i

function keyOfCell(column: Column, value: string, cells: readonly string[], meaning: HeaderMeaning): string | null {
  const label = column.label < 0 ? '' : (cells[column.label] ?? '')
  switch (column.by) {
    case 'address':
      return keyOfAddress(value, column.key, meaning.service === 'contact')
    case 'phone_label':
      return keyOfPhone(label, column.key)
    case 'website_label':
      return label.trim() === '' || /work|company|business/i.test(label) ? column.key : 'person_website'
    case 'uuid':
      return UUID.test(value) ? column.key : null
    case 'not_salutation':
      return SALUTATION.test(value.trim()) ? null : column.key
    case null:
      return column.key
  }
}

function keyOfAddress(address: string, otherwise: string, ofPeople: boolean): string | null {
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
