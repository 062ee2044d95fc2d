/** The columns of a file that are read, in the order in which they are read, and which of them come first. */
import { FIELD_KEYS, ROW_KEYS } from '../records/parse/row-keys.ts'
import { normalizeHeader, PSEUDO_KEYS } from './header/aliases.ts'
import type { ColumnMeaning, HeaderMeaning } from './header/meaning.ts'

export interface Column extends ColumnMeaning {
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

export function readColumns(meaning: HeaderMeaning, keys: readonly string[]): Column[] {
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

/**
 * The words of separate addresses: at work, at home, another one. Other headers, such as `Person City` and `Country`, belong to one
 * common address.
 */
const ADDRESSES: readonly RegExp[] = [
  /^mailing/,
  /^business|geschaftlich|bureau|deltrabajo|comercial|uff$|werkadres|arbete|arbejde|jobb$|praca$/,
  /^home|privat$|domicile|deresidencia|residencial|ab$|huisadres|hem$|hjemme|dom$/,
  /^other|^weitere|^autre|autre$|^otr[oa]|^outr[oa]|^altr[oa]|^anderadres/,
  /^billing/,
  /^address1/,
  /^address\d/,
  /correspondenc|correspond[eê]ncia|publipostage/,
]

function groupOf(key: string, name: string): string | null {
  return PLACE.test(key) ? `${sideOf(key)}/${ADDRESSES.findIndex(address => address.test(name))}` : null
}

export type Addresses = readonly (readonly { readonly group: string; readonly columns: readonly number[] }[])[]

/** The addresses of the person and those of the company, each in order of precedence. */
export function readAddresses(columns: readonly Column[]): Addresses {
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

/** For a person to read. */
const HEADERS_NAMED = 3

/**
 * Returns a function that explains when the column at an index is read at all: where the columns that come before it are empty.
 * Null for a column that is always read.
 */
export function precedenceExplainer(meaning: HeaderMeaning): (index: number) => string | null {
  const columns = readColumns(meaning, keysOf(meaning))
  const addresses = readAddresses(columns)
  /** Key and address → the first columns of it. */
  const first = new Map<string, number[]>()
  const explained = new Map<number, string>()
  for (const { key, group, index, by } of columns) {
    const same = `${key} ${group}`
    const before = first.get(same) ?? []
    const earlier = group === null ? before : [...earlierAddresses(addresses, group), ...before]
    if (earlier.length > 0) explained.set(index, whereEmpty(earlier, by !== null, meaning))
    if (before.length <= HEADERS_NAMED) first.set(same, [...before, index])
  }
  return index => explained.get(index) ?? null
}

function earlierAddresses(addresses: Addresses, group: string): readonly number[] {
  const of = addresses.find(side => side.some(address => address.group === group)) ?? []
  return of
    .slice(
      0,
      of.findIndex(address => address.group === group),
    )
    .flatMap(({ columns }) => columns)
}

function whereEmpty(earlier: readonly number[], byCell: boolean, { columns }: HeaderMeaning): string {
  const names = earlier
    .slice(0, HEADERS_NAMED)
    .map(index => columns[index]!.header.trim().slice(0, HEADER_SHOWN).toWellFormed())
  const last = earlier.length > HEADERS_NAMED ? 'others' : names.pop()!
  const all = names.length === 0 ? last : `${names.join(', ')} and ${last}`
  if (byCell) return `read where the same field has no value from ${all}`
  return `read where ${all} ${earlier.length === 1 ? 'is' : 'are'} empty`
}

const HEADER_SHOWN = 60
