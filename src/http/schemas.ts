/** Schemas shared by several routes. Those of records are derived from the registry of fields. */
import { type TSchema, Type } from 'typebox'
import type { Problem } from '../errors.ts'
import { CASES, type Case, FIELDS, type Field, type Service } from '../fields.ts'
import { ORDER_DIRECTIONS } from '../vql/parse-order.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_REACH } from '../vql/parse-page.ts'
import { RANGE_OPERATORS } from '../vql/parse-range.ts'
import { MATCH_OPERATORS, MAX_SLOP, SEARCH_TYPE_SYNONYMS, SEARCH_TYPES } from '../vql/parse-text-match.ts'
import type { App } from './parts.ts'
import type { RowJson } from './row-json.ts'

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** A reference to a schema added by `addSchemas`, for replies and documentation. */
function reference<T>(name: string) {
  return Type.Unsafe<T>({ $ref: `${name}#` })
}

export const companyQuery = reference<unknown>('CompanyQuery')
export const contactQuery = reference<unknown>('ContactQuery')
export const exportQuery = reference<unknown>('ExportQuery')
export const companyRow = reference<RowJson>('Company')
export const contactRow = reference<RowJson>('Contact')
export const whereBody = reference<unknown>('Where')
export const problems = Type.Unsafe<readonly Problem[]>(Type.Array(reference<Problem>('Problem')))

export const errorReplies = {
  '4xx': { $ref: 'Error#', description: 'The request is invalid; `error` says what is wrong and what to do.' },
  '5xx': { $ref: 'Error#', description: 'The server cannot process the request; a 503 can be retried.' },
}

export const serviceParams = Type.Object({
  service: Type.String({ description: '`company` or `contact`', examples: ['contact'] }),
})
export const uuidParams = Type.Object({
  uuid: Type.String({
    description: '8-4-4-4-12 hexadecimal digits',
    examples: ['a1b2c3d4-e5f6-7890-abcd-ef1234567890'],
  }),
})
export const readHeaders = Type.Object({
  'x-connectra-min-seq': Type.Optional(
    Type.String({
      description:
        'The `X-Connectra-Seq` of a write. The reply waits until searches see this write; if that takes too long, it is a 503.',
    }),
  ),
})

function storedValue(field: Field): TSchema {
  const description = field.displayName
  if (field.kind === 'date') return Type.String({ description, format: 'date-time' })
  if (field.name === 'uuid') return Type.String({ description, format: 'uuid' })
  if (field.name === 'id') return Type.Integer({ description })
  if (field.kind === 'integer') return Type.Unsafe({ type: ['integer', 'null'], description })
  if (field.kind === 'list') return Type.Unsafe({ type: ['array', 'null'], items: { type: 'string' }, description })
  return Type.Unsafe({ type: ['string', 'null'], description })
}

/** The values that a client may send for a field. docs/fields.md describes how they are cleaned. */
function sentValue(field: Field): TSchema {
  const description = field.displayName
  if (field.kind === 'integer') return Type.Unsafe({ type: ['integer', 'string', 'null'], description })
  if (field.kind === 'list')
    return Type.Unsafe({ type: ['array', 'string', 'null'], items: { type: 'string' }, description })
  return Type.Unsafe({ type: ['string', 'null'], description })
}

const cursor = Type.Array(Type.String(), {
  description: 'The position of the row in the sort order; send it as `cursor` to continue after it',
})

function rowSchema(service: Service, extra: Record<string, TSchema> = {}): TSchema {
  const fields = FIELDS[service].map(field => [field.name, Type.Optional(storedValue(field))])
  return Type.Object({ ...Object.fromEntries(fields), ...extra, cursor: Type.Optional(cursor) })
}

/** The schema of one record of a batch. */
export function recordSchema(service: Service): TSchema {
  const uuid = Type.Optional(
    Type.String({ description: 'The uuid of the record; by default it is derived from the identity' }),
  )
  const fields = FIELDS[service].filter(field => field.settable)
  return Type.Object({
    uuid,
    ...Object.fromEntries(fields.map(field => [field.name, Type.Optional(sentValue(field))])),
  })
}

/** The schema of one CSV-like row, with the keys of companies and contacts. */
export function rowOfCsvSchema(): TSchema {
  const fields = [...FIELDS.company, ...FIELDS.contact].filter(field => field.rowKey !== null)
  const cell = (field: Field) =>
    Type.Optional(
      Type.Unsafe<unknown>({
        ...sentValue(field),
        description: `${field.service === 'company' ? 'Company' : 'Contact'}: ${field.displayName}`,
      }),
    )
  return Type.Object(Object.fromEntries(fields.map(field => [field.rowKey!, cell(field)])))
}

const textMatch = Type.Object({
  filter_key: Type.String({ description: 'A text, keyword or list field' }),
  text_value: Type.String(),
  search_type: Type.Optional(Type.Enum([...SEARCH_TYPES, ...Object.keys(SEARCH_TYPE_SYNONYMS)], { default: 'match' })),
  operator: Type.Optional(
    Type.Enum([...MATCH_OPERATORS], { default: 'and', description: 'match: `and` requires all words, `or` any' }),
  ),
  fuzzy: Type.Optional(Type.Boolean({ default: false, description: 'match: allow typing errors' })),
  slop: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_SLOP,
      default: 0,
      description: 'Phrases: how many other words may be in between',
    }),
  ),
})
const scalar = Type.Union([Type.String(), Type.Number()])
const keywords = Type.Record(Type.String(), Type.Union([scalar, Type.Array(scalar)]))
const range = Type.Object(Object.fromEntries(RANGE_OPERATORS.map(operator => [operator, Type.Optional(scalar)])))
const ranges = Type.Record(Type.String(), range)

function mustAndMustNot(part: TSchema, description: string): TSchema {
  return Type.Optional(Type.Object({ must: Type.Optional(part), must_not: Type.Optional(part) }, { description }))
}

const where = Type.Object(
  {
    text_matches: mustAndMustNot(
      Type.Array(textMatch),
      'Conditions on words. Conditions on the same key are alternatives; conditions on different keys must all hold.',
    ),
    keyword_match: mustAndMustNot(keywords, 'Conditions on whole values: the value is one of those given.'),
    range_query: mustAndMustNot(ranges, 'Conditions on numbers and dates.'),
    exists: mustAndMustNot(Type.Array(Type.String()), 'Fields that have a value.'),
    and: Type.Optional(Type.Array(reference<object>('Where'))),
    or: Type.Optional(Type.Array(reference<object>('Where'))),
    not: Type.Optional(reference<object>('Where')),
  },
  { $id: 'Where', description: 'All parts must hold. Without parts, every record matches.' },
)

const populate = Type.Optional(
  Type.Object(
    { populate: Type.Optional(Type.Boolean()), select_columns: Type.Optional(Type.Array(Type.String())) },
    { description: 'Adds `company` to each row' },
  ),
)

/** Used in descriptions of `page`. */
export const PAGE_REACH = `\`page * limit\` may be at most ${MAX_REACH.toLocaleString('en')}`
export const pageLimit = Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }))

const order = Type.Object({
  order_by: Type.String({ description: 'A sortable field: any field except lists' }),
  order_direction: Type.Optional(Type.Enum([...ORDER_DIRECTIONS], { default: 'asc' })),
})

export function caseSchema(byDefault: Case) {
  const description = 'The case of names of people and places; `original`: as written'
  return Type.Optional(Type.Enum([...CASES], { default: byDefault, description }))
}

/** A query in VQL. */
function querySchema(extra: Record<string, TSchema>, options: { readonly $id: string }) {
  const page = { description: `${PAGE_REACH}; beyond that, use \`cursor\``, minimum: 1, default: 1 }
  return Type.Object(
    {
      where: Type.Optional(reference<object>('Where')),
      order_by: Type.Optional(Type.Array(order)),
      cursor: Type.Optional(
        Type.Array(Type.String(), { description: 'The `cursor` of the last row of the previous page' }),
      ),
      select_columns: Type.Optional(Type.Array(Type.String(), { description: 'Default: all fields' })),
      case: caseSchema('lower'),
      ...extra,
      page: Type.Optional(Type.Integer(page)),
      limit: pageLimit,
    },
    options,
  )
}

/** The query of an export: no pages. */
function exportQuerySchema() {
  return Type.Object(
    {
      where: Type.Optional(reference<object>('Where')),
      order_by: Type.Optional(Type.Array(order)),
      select_columns: Type.Array(Type.String(), {
        'x-missing': 'ERR_MISSING_SELECT_COLUMNS',
        description: 'The columns; for contacts also fields of the company, as `company_<field>`',
      }),
      case: caseSchema('original'),
      limit: Type.Optional(Type.Integer({ minimum: 1, description: 'Default: all rows' })),
    },
    { $id: 'ExportQuery' },
  )
}

const problem = Type.Object(
  {
    index: Type.Optional(Type.Integer({ description: 'The position of the record in the request; the first is 0' })),
    field: nullable(Type.String()),
    code: Type.String(),
    message: Type.String(),
  },
  { $id: 'Problem' },
)

const error = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.String({ description: '`ERR_CODE: what is wrong and what to do`' }),
    request_id: Type.String(),
    details: Type.Optional(Type.Array(reference<object>('Problem'))),
  },
  { $id: 'Error' },
)

export function addSchemas(app: App): void {
  const company = rowSchema('company')
  const populated = Type.Optional(nullable(reference<object>('Company')))
  const contact = rowSchema('contact', { company: populated })
  const named = [
    { $id: 'Company', ...company },
    { $id: 'Contact', ...contact },
    where,
    querySchema({}, { $id: 'CompanyQuery' }),
    exportQuerySchema(),
    querySchema({ company_config: populate }, { $id: 'ContactQuery' }),
    problem,
    error,
  ]
  for (const schema of named) app.addSchema(schema)
}

/** The schema of a successful reply with further members. */
export function success<T extends Record<string, TSchema>>(parts: T) {
  return { 200: Type.Object({ success: Type.Literal(true), ...parts }, { description: 'Done' }) }
}
