/** The columns of a list: which there are, what they select, and what a row has in them. */
import type { Filter, Order, RecordRow, Service, Value } from '../../api/records.ts'
import { COMPANY_FIELDS, CONTACT_FIELDS, type FieldInfo, type Kind } from './fields.ts'

export interface Column {
  /** As in `order_by` and exports. */
  readonly name: string
  readonly label: string
  readonly kind: Kind
  /** The name of the field in its record. */
  readonly field: string
  /** Whether it is a field of the contact's company. */
  readonly ofCompany: boolean
  readonly sortable: boolean
  readonly editable: boolean
  readonly width: number
}

/** First and last name together: a column of the console. The API sorts by it. */
export const FULL_NAME = 'full_name'
const FULL_NAME_PARTS = ['first_name', 'last_name']

const FIELDS: Readonly<Record<Service, Readonly<Record<string, FieldInfo>>>> = {
  contact: CONTACT_FIELDS,
  company: COMPANY_FIELDS,
}
const SYSTEM_FIELDS = ['id', 'uuid', 'created_at', 'updated_at']

const DEFAULT_COLUMNS: Readonly<Record<Service, readonly string[]>> = {
  contact: [
    FULL_NAME,
    'title',
    'company_name',
    'country',
    'email',
    'email_status',
    'seniority',
    'departments',
    'company_employees_count',
    'company_industries',
    'work_direct_phone',
    'linkedin_url',
  ],
  company: [
    'name',
    'normalized_domain',
    'industries',
    'employees_count',
    'country',
    'city',
    'annual_revenue',
    'total_funding',
    'technologies',
    'keywords',
    'linkedin_url',
  ],
}

/** Every column of a service. Fields that only the server knows are shown as text. */
export function listColumns(service: Service, filters: ReadonlyMap<string, Filter>): readonly Column[] {
  const names = new Set([...knownNames(service), ...filters.keys()])
  return [...names].map(name => describeColumn(service, name, filters.get(name)))
}

function knownNames(service: Service): readonly string[] {
  const own = Object.keys(FIELDS[service])
  if (service === 'company') return own
  const ofCompany = Object.keys(COMPANY_FIELDS).filter(name => !SYSTEM_FIELDS.includes(name))
  return [FULL_NAME, ...own, ...ofCompany.map(companyAlias)]
}

/** The name of a company's field in a query of contacts. */
function companyAlias(field: string): string {
  return field.startsWith('company_') ? field : `company_${field}`
}

/** Pixels. What a header has besides its label, and a letter of the label: a header is not cut off at first. */
const HEADER_WIDTH = 56
const LETTER_WIDTH = 6.5

function describeColumn(service: Service, name: string, filter: Filter | undefined): Column {
  if (service === 'contact' && name === FULL_NAME)
    return {
      name,
      label: 'Name',
      kind: 'text',
      field: name,
      ofCompany: false,
      sortable: true,
      editable: false,
      width: 220,
    }
  const own = FIELDS[service][name]
  const ofCompany = !own && service === 'contact' && name.startsWith('company_')
  const field = ofCompany ? companyFieldOf(name) : name
  const {
    kind,
    width,
    readOnly = false,
  } = own ?? FIELDS[ofCompany ? 'company' : service][field] ?? unknownField(filter)
  const label = filter?.display_name ?? name.replaceAll('_', ' ')
  return {
    name,
    label,
    kind,
    field,
    ofCompany,
    sortable: kind !== 'list',
    editable: !readOnly && !ofCompany,
    width: Math.max(width, HEADER_WIDTH + label.length * LETTER_WIDTH),
  }
}

function unknownField(filter: Filter | undefined): FieldInfo {
  return { kind: filter?.filter_type === 'range' ? 'integer' : 'text', width: 160, readOnly: true }
}

function companyFieldOf(name: string): string {
  return name in COMPANY_FIELDS ? name : name.slice('company_'.length)
}

/** The visible columns. Names that no longer exist are left out; without any left, these are the default columns. */
export function chooseColumns(
  service: Service,
  all: readonly Column[],
  names: readonly string[] | null,
): readonly Column[] {
  const byName = new Map(all.map(column => [column.name, column]))
  const find = (chosen: readonly string[]) => [...new Set(chosen)].flatMap(name => byName.get(name) ?? [])
  const chosen = find(names ?? [])
  return chosen.length > 0 ? chosen : find(DEFAULT_COLUMNS[service])
}

/** Fields that every row has, because they name it. */
const NAMING: Readonly<Record<Service, readonly string[]>> = {
  contact: ['uuid', 'first_name', 'last_name', 'email'],
  company: ['uuid', 'name', 'normalized_domain'],
}

export interface Selected {
  readonly select_columns: readonly string[]
  readonly company_config?: { readonly populate: true; readonly select_columns: readonly string[] }
}

/** What a search must select for these columns. The order of the columns makes no difference, so that moving one needs no request. */
export function selectFor(service: Service, columns: readonly Column[]): Selected {
  const own = columns.filter(({ ofCompany, name }) => !ofCompany && name !== FULL_NAME).map(({ field }) => field)
  const ofCompany = columns.filter(column => column.ofCompany).map(({ field }) => field)
  const select_columns = [...new Set([...NAMING[service], ...own])].sort()
  if (ofCompany.length === 0) return { select_columns }
  return { select_columns, company_config: { populate: true, select_columns: ofCompany.sort() } }
}

/** The names of the columns in a file. */
export function exportNames(columns: readonly Column[]): readonly string[] {
  return [...new Set(columns.flatMap(({ name }) => (name === FULL_NAME ? FULL_NAME_PARTS : [name])))]
}

export function cellValue(row: RecordRow, column: Pick<Column, 'name' | 'field' | 'ofCompany'>): Value {
  if (column.name === FULL_NAME) return fullName(row) || null
  const record = column.ofCompany ? row.company : row
  return (record?.[column.field] ?? null) as Value
}

function fullName(row: RecordRow): string {
  return FULL_NAME_PARTS.map(name => row[name])
    .filter(Boolean)
    .join(' ')
}

/** What a person would call the record. */
export function nameOf(service: Service, row: RecordRow): string {
  if (service === 'contact') return fullName(row) || String(row.email ?? '') || 'Unnamed contact'
  return String(row.name ?? row.normalized_domain ?? 'Unnamed company')
}

/** A click on a header: ascending, descending, not sorted. `further`: after the orders there are, and not instead of them. */
export function toggleOrder(order: readonly Order[], name: string, further: boolean): readonly Order[] {
  const before = order.find(item => item.order_by === name)
  const kept = further ? order : order.filter(item => item.order_by === name)
  if (!before) return [...kept, { order_by: name, order_direction: 'asc' }]
  if (before.order_direction === 'desc') return kept.filter(item => item !== before)
  return kept.map(item => (item === before ? { ...item, order_direction: 'desc' } : item))
}

const DIRECTIONS = {
  integer: { asc: 'smallest first', desc: 'largest first' },
  date: { asc: 'oldest first', desc: 'newest first' },
  text: { asc: 'A to Z', desc: 'Z to A' },
} as const

/** "Company employees, largest first, then Name, A to Z" */
export function describeOrder(order: readonly Order[], all: readonly Column[]): string {
  const parts = order.map(({ order_by, order_direction }) => {
    const column = all.find(({ name }) => name === order_by)
    const words = column?.kind === 'integer' || column?.kind === 'date' ? DIRECTIONS[column.kind] : DIRECTIONS.text
    return `${column?.label ?? order_by}, ${words[order_direction]}`
  })
  return parts.join(', then ')
}

/** `to` is an index among the names as they are; the column comes before the one that is there. */
export function moveColumn(names: readonly string[], name: string, to: number): readonly string[] {
  const from = names.indexOf(name)
  const rest = names.filter(other => other !== name)
  rest.splice(to > from ? to - 1 : to, 0, name)
  return rest
}
