/**
 * The registry of the fields of both services. Validation, SQL, the index, filter metadata, CSV mapping and the documentation
 * are derived from it. To add a field, add it here and in a migration; no other code refers to it by name.
 */
export const SERVICES = ['company', 'contact'] as const
export type Service = (typeof SERVICES)[number]

export function isService(name: unknown): name is Service {
  return SERVICES.some(service => service === name)
}

/** text: free text that is searched by words. keyword: a value that is compared as a whole. list: several keywords. */
export type Kind = 'text' | 'keyword' | 'list' | 'integer' | 'date' | 'uuid'

/** The case in which a reply or a file has values that are stored as written: in lower case, or as written. */
export const CASES = ['lower', 'original'] as const
export type Case = (typeof CASES)[number]

/** The `filter_type` of a filter. */
export type FilterType = 'keyword' | 'text' | 'range'

export interface Field {
  readonly service: Service
  /** The name in JSON and VQL, and of the column. */
  readonly name: string
  readonly kind: Kind
  readonly displayName: string
  /** Stored in lower case. */
  readonly lowercase: boolean
  /**
   * lower: stored as written, but JSON replies have it in lower case unless the query asks for `"case": "original"`. An
   * upsert that changes nothing but the case is mostly ignored (records/values/case.ts).
   */
  readonly answered: 'stored' | 'lower'
  /** Additional cleaning of values. */
  readonly format: 'email' | 'phone' | 'domain' | 'website' | 'linkedin' | null
  /** The maximum size in UTF-8 bytes of a value, or of one item of a list. */
  readonly maxBytes: number
  /** Whether a client can set the field. If not, it is accepted in a record and ignored. */
  readonly settable: boolean
  /** Whether PostgreSQL computes the value from other fields of the record (a generated column), so that nobody sets it. */
  readonly computed: boolean
  /** The key of the field in CSV-like rows. Null if rows cannot contain it. */
  readonly rowKey: string | null
  /** How filter values are displayed. code: in title case, except that values of up to three letters are in capitals. */
  readonly display: 'stored' | 'title' | 'code'
}

export const MAX_LIST_ITEMS = 1000
/** UTF-8 bytes of all items of a list. */
export const MAX_LIST_BYTES = 64_000
/** UTF-8 bytes of all fields of a record. No record can have more, because the limits of its fields add up to less. */
export const MAX_RECORD_BYTES = 256_000
const SHORT = 2000
const LONG = 8000

type Extra = Partial<Omit<Field, 'service' | 'name' | 'kind' | 'displayName'>>

function define(service: Service, name: string, kind: Kind, displayName: string, extra: Extra = {}): Field {
  return Object.freeze({
    service,
    name,
    kind,
    displayName,
    lowercase: false,
    answered: 'stored',
    format: null,
    maxBytes: SHORT,
    settable: true,
    computed: false,
    rowKey: name,
    display: 'stored',
    ...extra,
  })
}

/** Fields of every record, set by the system. (A client may send `uuid`, but only to identify the record, not to set it.) */
function systemFields(service: Service): Field[] {
  const system: Extra = { settable: false, rowKey: null }
  return [
    define(service, 'id', 'integer', 'ID', system),
    define(service, 'uuid', 'uuid', 'UUID', system),
    define(service, 'created_at', 'date', 'Created', system),
    define(service, 'updated_at', 'date', 'Updated', system),
  ]
}

const lower = { lowercase: true } as const
const linkedin = { lowercase: true, format: 'linkedin' } as const
const status = { lowercase: true, display: 'title' } as const
/** Computed from `country`, see migrations/0005_country_code.sql. */
const code = { settable: false, computed: true, rowKey: null } as const
const person = { answered: 'lower' } as const
const city = { answered: 'lower', display: 'title' } as const
const region = { answered: 'lower', display: 'code' } as const

const companyFields: readonly Field[] = [
  ...systemFields('company'),
  define('company', 'name', 'text', 'Company Name', { rowKey: 'company' }),
  define('company', 'employees_count', 'integer', 'Employees', { rowKey: 'employees' }),
  define('company', 'annual_revenue', 'integer', 'Annual Revenue'),
  define('company', 'total_funding', 'integer', 'Total Funding'),
  define('company', 'latest_funding_amount', 'integer', 'Latest Funding Amount'),
  define('company', 'industries', 'list', 'Industries', { rowKey: 'industry' }),
  define('company', 'keywords', 'list', 'Keywords'),
  define('company', 'technologies', 'list', 'Technologies'),
  define('company', 'address', 'text', 'Address', { rowKey: 'company_address', maxBytes: LONG }),
  define('company', 'city', 'keyword', 'City', { ...city, rowKey: 'company_city' }),
  define('company', 'state', 'keyword', 'State', { ...region, rowKey: 'company_state' }),
  define('company', 'country', 'keyword', 'Country', { ...region, rowKey: 'company_country' }),
  define('company', 'country_code', 'keyword', 'Country Code', code),
  define('company', 'linkedin_url', 'keyword', 'LinkedIn URL', { ...linkedin, rowKey: 'company_linkedin_url' }),
  define('company', 'website', 'text', 'Website', { format: 'website' }),
  define('company', 'normalized_domain', 'keyword', 'Domain', { ...lower, format: 'domain', rowKey: 'company_domain' }),
  define('company', 'facebook_url', 'text', 'Facebook URL'),
  define('company', 'twitter_url', 'text', 'Twitter URL'),
  define('company', 'company_name_for_emails', 'text', 'Company Name for Emails'),
  define('company', 'latest_funding', 'text', 'Latest Funding', { maxBytes: LONG }),
  define('company', 'last_raised_at', 'text', 'Last Raised', { maxBytes: LONG }),
  define('company', 'phone_number', 'keyword', 'Phone Number', { format: 'phone', rowKey: 'company_phone' }),
]

const contactFields: readonly Field[] = [
  ...systemFields('contact'),
  define('contact', 'first_name', 'text', 'First Name', person),
  define('contact', 'last_name', 'text', 'Last Name', person),
  define('contact', 'company_id', 'uuid', 'Company ID'),
  define('contact', 'email', 'keyword', 'Email', { ...lower, format: 'email' }),
  define('contact', 'title', 'text', 'Title'),
  define('contact', 'departments', 'list', 'Departments', { display: 'title' }),
  define('contact', 'email_status', 'keyword', 'Email Status', status),
  define('contact', 'seniority', 'keyword', 'Seniority Level', { lowercase: true, display: 'code' }),
  define('contact', 'stage', 'keyword', 'Stage', status),
  define('contact', 'city', 'keyword', 'City', city),
  define('contact', 'state', 'keyword', 'State', region),
  define('contact', 'country', 'keyword', 'Country', region),
  define('contact', 'country_code', 'keyword', 'Country Code', code),
  define('contact', 'linkedin_url', 'keyword', 'LinkedIn URL', { ...linkedin, rowKey: 'person_linkedin_url' }),
  define('contact', 'mobile_phone', 'keyword', 'Mobile Phone', { format: 'phone' }),
  define('contact', 'work_direct_phone', 'keyword', 'Work Direct Phone', { format: 'phone' }),
  define('contact', 'home_phone', 'keyword', 'Home Phone', { format: 'phone' }),
  define('contact', 'other_phone', 'keyword', 'Other Phone', { format: 'phone' }),
  define('contact', 'facebook_url', 'text', 'Facebook URL', { rowKey: 'person_facebook_url' }),
  define('contact', 'twitter_url', 'text', 'Twitter URL', { rowKey: 'person_twitter_url' }),
  define('contact', 'website', 'text', 'Website', { format: 'website', rowKey: 'person_website' }),
]

/** All fields of a service, system fields first, in the order of the columns. */
export const FIELDS: Readonly<Record<Service, readonly Field[]>> = { company: companyFields, contact: contactFields }

const byName: Readonly<Record<Service, ReadonlyMap<string, Field>>> = {
  company: new Map(companyFields.map(field => [field.name, field])),
  contact: new Map(contactFields.map(field => [field.name, field])),
}

export function findField(service: Service, name: string): Field | undefined {
  return byName[service].get(name)
}

/**
 * The name of a company field in a query or an export of contacts: `company_<field>`, except for `company_name_for_emails`,
 * which already has the prefix. Null for system fields, which are not available there.
 */
export function companyFieldAlias(field: Field): string | null {
  if (field.service !== 'company' || isSystemField(field)) return null
  return field.name.startsWith('company_') ? field.name : `company_${field.name}`
}

/** Whether the field has nothing to do with what a client sends: `id`, `uuid` and the times. */
function isSystemField(field: Field): boolean {
  return !field.settable && !field.computed
}

const byCompanyAlias: ReadonlyMap<string, Field> = new Map(
  companyFields.flatMap(field => {
    const alias = companyFieldAlias(field)
    return alias === null ? [] : [[alias, field] as const]
  }),
)

/**
 * The field that `name` refers to in a query of `service`. For contacts, it may be a field of their company
 * (`company_country`), in which case the returned field belongs to the service `company`.
 */
export function resolveField(service: Service, name: string): Field | undefined {
  return findField(service, name) ?? (service === 'contact' ? byCompanyAlias.get(name) : undefined)
}

/** A column of every record that can be selected but not searched. It is always null, because deleted records are never returned. */
export const DELETED_AT = 'deleted_at'

const deletedAt: Readonly<Record<Service, Field>> = {
  company: define('company', DELETED_AT, 'date', 'Deleted', { settable: false, rowKey: null }),
  contact: define('contact', DELETED_AT, 'date', 'Deleted', { settable: false, rowKey: null }),
}

/** The field that `name` refers to in `select_columns`: as in a query, or `deleted_at`. */
export function findSelectable(service: Service, name: string): Field | undefined {
  return name === DELETED_AT ? deletedAt[service] : resolveField(service, name)
}

/** All names that `resolveField` accepts, own fields first. */
export function queryableNames(service: Service): readonly string[] {
  const own = FIELDS[service].map(field => field.name)
  return service === 'company' ? own : [...own, ...byCompanyAlias.keys()]
}

/**
 * First and last name as one text. It is not stored, so it cannot be selected, and has no filter of its own. Text matches,
 * `keyword_match` and `order_by` accept it.
 */
export const FULL_NAME: Field = define('contact', 'full_name', 'text', 'Full Name', { settable: false, rowKey: null })

/** Its parts, in the order of the text. It is sorted by the last one first. */
export const FULL_NAME_PARTS: readonly [Field, Field] = [
  byName.contact.get('first_name')!,
  byName.contact.get('last_name')!,
]

/** As `resolveField`, for a place that accepts the full name, too. */
export function resolveText(service: Service, name: string): Field | undefined {
  return service === 'contact' && name === FULL_NAME.name ? FULL_NAME : resolveField(service, name)
}

/** The names that `resolveText` accepts. */
export function textNames(service: Service): readonly string[] {
  return service === 'contact' ? [...queryableNames(service), FULL_NAME.name] : queryableNames(service)
}

/** The fields with phone numbers, in the order of the columns. */
export const PHONE_FIELDS: Readonly<Record<Service, readonly Field[]>> = {
  company: companyFields.filter(({ format }) => format === 'phone'),
  contact: contactFields.filter(({ format }) => format === 'phone'),
}

/** The fields that `where.search` looks in, by their names in a query. It also looks for numbers in phones of the service. */
export const SEARCHED_FIELDS: Readonly<Record<Service, readonly string[]>> = {
  company: ['name', 'normalized_domain', 'city', 'country', 'industries'],
  contact: ['first_name', 'last_name', 'title', 'email', 'company_name', 'company_normalized_domain'],
}

export function isSortable(field: Field): boolean {
  return field.kind !== 'list'
}

export function filterType(field: Field): FilterType {
  if (field.kind === 'integer' || field.kind === 'date') return 'range'
  return field.kind === 'text' ? 'text' : 'keyword'
}
