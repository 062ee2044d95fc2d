/** Building blocks of schemas. */
import { type TSchema, Type } from 'typebox'
import { CASES, type Case } from '../../fields.ts'

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** A reference to a schema added by `addSchemas`, for replies and documentation. */
export function reference<T>(name: string) {
  return Type.Unsafe<T>({ $ref: `${name}#` })
}

/** One of these strings. Unlike Type.Enum it states its type, which some code generators need. */
export function strings<const T extends string>(values: readonly T[], description?: string) {
  return Type.Unsafe<T>({ type: 'string', enum: [...values], ...(description === undefined ? {} : { description }) })
}

/** How names of people and places are answered. */
export function caseSchema(byDefault: Case) {
  return strings(CASES, `The case of names of people and places; \`original\`: as written. Default: \`${byDefault}\``)
}

/** The schema of an object whose optional members may also be null, as clients send them for "not set". */
export function withNulls(schema: TSchema): TSchema {
  const { properties, required = [] } = schema as unknown as {
    readonly properties: Readonly<Record<string, TSchema>>
    readonly required?: readonly string[]
  }
  const all = Object.entries(properties).map(([name, part]) =>
    required.includes(name) ? ([name, part] as const) : ([name, Type.Optional(orNull(part))] as const),
  )
  return Type.Unsafe({ ...schema, properties: Object.fromEntries(all) })
}

/** The description stays at the top, where documentation shows it. */
function orNull(schema: TSchema): TSchema {
  const { type, anyOf, description, ...rest } = schema as unknown as Record<string, unknown>
  const about = description === undefined ? {} : { description }
  if (typeof type === 'string' && rest.enum === undefined && type !== 'object' && type !== 'array')
    return Type.Unsafe({ ...rest, ...about, type: [type, 'null'] })
  if (Array.isArray(type)) return Type.Unsafe({ ...rest, ...about, type: [...new Set([...type, 'null'])] })
  if (Array.isArray(anyOf)) return Type.Unsafe({ ...rest, ...about, anyOf: [...anyOf, { type: 'null' }] })
  return Type.Unsafe({ ...about, anyOf: [{ ...rest, ...(type === undefined ? {} : { type }) }, { type: 'null' }] })
}
