/** Schemas shared by several routes. Those of records are derived from the registry of fields. */
import { type TSchema, Type } from 'typebox'
import type { Problem } from '../errors.ts'
import { FIELDS, type Field, SERVICES, type Service } from '../fields.ts'
import { IGNORED_KEYS } from '../records/parse/parse-record.ts'
import type { App } from './parts.ts'
import type { RowJson } from './row-json.ts'
import { exportCounts, importCounts } from './schemas/imports.ts'
import { newJobSchemas } from './schemas/jobs.ts'
import { nameSchemas, SCHEMA_NAMES } from './schemas/names.ts'
import { nullable, reference, strings } from './schemas/parts.ts'
import { querySchemas } from './schemas/query.ts'

/** The body of a search or count. */
function queryBody(name: string) {
  return Type.Unsafe<unknown>(Type.Union([reference(name), reference('EmptyQuery')]))
}

export const companyQuery = queryBody('CompanyQuery')
export const contactQuery = queryBody('ContactQuery')
export const companyRow = reference<RowJson>('Company')
export const contactRow = reference<RowJson>('Contact')
/** As JSON text: see `serialiseReport`. */
export const problems = Type.Unsafe<string>(Type.Array(reference<Problem>('Problem')))

export const errorReplies = {
  '4xx': { $ref: 'Error#', description: 'The request is invalid; `error` says what is wrong and what to do.' },
  '5xx': { $ref: 'Error#', description: 'The server cannot process the request; a 503 can be retried.' },
}

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

function sentUuid(description: string): TSchema {
  return Type.Unsafe({ type: ['string', 'null'], pattern: `^(${UUID})?$`, description })
}

export const serviceParams = Type.Object({
  service: strings(SERVICES, 'The kind of records'),
})
export const uuidParams = Type.Object({
  uuid: Type.String({
    description: '8-4-4-4-12 hexadecimal digits',
    pattern: `^${UUID}$`,
    examples: ['a1b2c3d4-e5f6-7890-abcd-ef1234567890'],
  }),
})
export const readHeaders = Type.Object({
  'x-connectra-min-seq': Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,15}$',
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
function sentValue(field: Field, scalars: readonly string[]): TSchema {
  const description = field.displayName
  if (field.kind === 'uuid') return sentUuid(description)
  const [text, number] = [scalars, ['number', ...scalars]]
  if (field.kind === 'integer') return Type.Unsafe({ type: [...new Set(number)], description })
  if (field.kind === 'list')
    return Type.Unsafe({ type: ['array', ...text], items: { type: ['string', 'null'] }, description })
  return Type.Unsafe({ type: text, description })
}

const cursor = Type.Array(Type.String(), {
  description: 'The position of the row in the sort order; send it as `cursor` to continue after it',
})

function rowSchema(service: Service, extra: Record<string, TSchema> = {}): TSchema {
  const fields = FIELDS[service].map(field => [field.name, Type.Optional(storedValue(field))])
  return Type.Object({ ...Object.fromEntries(fields), ...extra, cursor: Type.Optional(cursor) })
}

/** The schema of one record of a batch. */
function recordSchema(service: Service): TSchema {
  const scalars = ['string', 'null']
  const fields = FIELDS[service].filter(field => field.settable)
  return Type.Object(
    {
      uuid: Type.Optional(sentUuid('The uuid of the record; by default it is derived from the identity')),
      ...Object.fromEntries(fields.map(field => [field.name, Type.Optional(sentValue(field, scalars))])),
      ...Object.fromEntries(
        [...IGNORED_KEYS].map(name => [name, Type.Optional(Type.Unsafe({ description: 'Ignored' }))]),
      ),
    },
    {
      $id: `${SCHEMA_NAMES[service]}Record`,
      additionalProperties: false,
      description: 'A field that is absent keeps its stored value; null clears it.',
    },
  )
}

/** The schema of one CSV-like row, with the keys of companies and contacts. */
function rowOfCsvSchema(): TSchema {
  const fields = [...FIELDS.company, ...FIELDS.contact].filter(field => field.rowKey !== null)
  const cell = (field: Field) =>
    Type.Optional(
      Type.Unsafe<unknown>({
        ...sentValue(field, ['string', 'number', 'null']),
        description: `${field.service === 'company' ? 'Company' : 'Contact'}: ${field.displayName}`,
      }),
    )
  return Type.Object(Object.fromEntries(fields.map(field => [field.rowKey!, cell(field)])), {
    $id: 'Row',
    additionalProperties: true,
    description: 'An empty or null cell keeps the stored value. Unknown keys are ignored and reported.',
  })
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
    ...nameSchemas(),
    ...querySchemas(),
    ...newJobSchemas(),
    recordSchema('company'),
    recordSchema('contact'),
    rowOfCsvSchema(),
    importCounts,
    exportCounts,
    problem,
    error,
  ]
  for (const schema of named) app.addSchema(schema)
}

/** The schema of a successful reply with further members. */
export function success<T extends Record<string, TSchema>>(parts: T) {
  return { 200: Type.Object({ success: Type.Literal(true), ...parts }, { description: 'Done' }) }
}
