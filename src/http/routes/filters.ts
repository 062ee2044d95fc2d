/** The filters of a service and their values, from which a front end builds its filter panels. */
import { type TSchema, Type } from 'typebox'
import type { Database } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import { type Field, filterType, queryableNames, resolveField, type Service } from '../../fields.ts'
import { failure, isEmpty, readObject, show } from '../../json/read.ts'
import { fetchValues } from '../../records/read/fetch.ts'
import { lowerCase } from '../../records/values/clean.ts'
import type { Facet } from '../../search/engine.ts'
import { fold } from '../../text/fold.ts'
import { nearest } from '../../text/nearest.ts'
import { titleCase } from '../../text/title-case.ts'
import { DEFAULT_QUERY_LIMITS, openBudget } from '../../vql/limits.ts'
import { parsePage } from '../../vql/parse-page.ts'
import { parseWhere } from '../../vql/parse-where.ts'
import { endOfReply } from '../connections/end-of-reply.ts'
import type { App, ServerParts } from '../parts.ts'
import { awaitRequestedWrites } from '../read-your-writes.ts'
import { SCHEMA_NAMES } from '../schemas/names.ts'
import { reference, strings, withNulls } from '../schemas/parts.ts'
import { limitSchema, pageSchema } from '../schemas/query.ts'
import { readHeaders, serviceParams, success } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

const SERVICES: readonly { readonly service: Service; readonly path: string }[] = [
  { service: 'company', path: '/companies' },
  { service: 'contact', path: '/contacts' },
]

const KEYS = ['filter_key', 'search_text', 'page', 'limit', 'where', 'service']

/** The body of a request for the values of a filter of one of these services. */
function bodyFor(services: readonly Service[]): TSchema {
  const oneOf = (suffix: string) => {
    const [first, ...others] = services.map(service => reference(`${SCHEMA_NAMES[service]}${suffix}`))
    return others.length === 0 ? first! : Type.Union([first!, ...others])
  }
  return withNulls(
    Type.Object(
      {
        filter_key: oneOf('FilterKey'),
        search_text: Type.Optional(Type.String({ description: 'Only values that contain this text' })),
        page: Type.Optional(pageSchema()),
        limit: Type.Optional(limitSchema()),
        where: Type.Optional(oneOf('Where')),
        service: Type.Optional(Type.String({ description: 'Ignored; the path names the service' })),
      },
      { additionalProperties: false },
    ),
  )
}

const bound = Type.Optional(
  Type.Unsafe({
    type: ['number', 'string', 'null'],
    description: 'Of a `range` filter: a number, or a date in ISO 8601; null without values',
  }),
)

const listSchema = {
  tags: ['Filters'],
  description: 'Every field that can be filtered, with the type of its filter.',
  response: success({
    data: Type.Array(
      Type.Object({
        key: Type.String(),
        service: strings(['company', 'contact']),
        filter_type: strings(['keyword', 'text', 'range']),
        display_name: Type.String(),
        active: Type.Boolean(),
      }),
    ),
  }),
}

const dataSchema = {
  tags: ['Filters'],
  description:
    'Most frequent values first. For a filter of the type `range`, `data` is empty and `min` and `max` are set.',
  headers: readHeaders,
  response: success({
    data: Type.Array(Type.Object({ value: Type.String(), display_value: Type.String(), count: Type.Integer() })),
    min: bound,
    max: bound,
  }),
}

export function filterRoutes(app: App, parts: ServerParts): void {
  app.get(
    '/common/:service/filters',
    {
      schema: {
        ...listSchema,
        operationId: 'listFilters',
        summary: 'List the filters of a service',
        params: serviceParams,
      },
    },
    async request => ({ success: true as const, data: listFilters(knownService(request.params.service)) }),
  )
  app.post(
    '/common/:service/filters/data',
    {
      schema: {
        ...dataSchema,
        operationId: 'listFilterValues',
        summary: 'List the values of a filter',
        params: serviceParams,
        body: bodyFor(['company', 'contact']),
      },
      validatorCompiler: checkedByHandler,
    },
    async (request, reply) => {
      const service = knownService(request.params.service)
      await awaitRequestedWrites(request, parts.engine)
      return await filterData(parts, service, request.body, endOfReply(reply.raw))
    },
  )
  for (const { service, path } of SERVICES) {
    app.get(
      `${path}/filters`,
      {
        schema: {
          ...listSchema,
          operationId: `${service}Filters`,
          summary: `List the filters of the service ${service}`,
        },
      },
      async () => ({ success: true as const, data: listFilters(service) }),
    )
    app.post(
      `${path}/filters/data`,
      {
        schema: {
          ...dataSchema,
          operationId: `${service}FilterValues`,
          summary: `List the values of a filter of the service ${service}`,
          body: bodyFor([service]),
        },
        validatorCompiler: checkedByHandler,
      },
      async (request, reply) => {
        await awaitRequestedWrites(request, parts.engine)
        return await filterData(parts, service, request.body, endOfReply(reply.raw))
      },
    )
  }
}

/** Some clients send the plural, which is also the path. */
function knownService(name: string): Service {
  const known = SERVICES.find(({ service, path }) => name === service || `/${name}` === path)
  if (known !== undefined) return known.service
  throw new ConnectraError('ERR_UNKNOWN_SERVICE', `unknown service ${show(name)}: use "company" or "contact"`)
}

function listFilters(service: Service) {
  return queryableNames(service).map(key => {
    const field = resolveField(service, key)!
    return {
      key,
      service,
      filter_type: filterType(field),
      display_name: displayName(service, field),
      active: true,
    }
  })
}

function displayName(service: Service, field: Field): string {
  if (field.service === service || field.displayName.startsWith('Company ')) return field.displayName
  return `Company ${field.displayName}`
}

async function filterData({ engine, database }: ServerParts, service: Service, json: unknown, signal: AbortSignal) {
  const parts = readObject(json, '', KEYS)
  const field = readFilter(service, parts.get('filter_key'))
  const text = readText(parts.get('search_text'), 'search_text')
  openBudget(DEFAULT_QUERY_LIMITS).check('textLength', text.length, 'search_text')
  const contains = fold(text).trim()
  const { page, limit } = parsePage({ page: parts.get('page'), limit: parts.get('limit') })
  const where = parseWhere(service, parts.get('where'))
  if (filterType(field) === 'range') {
    const extent = await engine.extent(service, field, where, signal)
    return {
      success: true as const,
      data: [],
      min: shownBound(field, extent?.min),
      max: shownBound(field, extent?.max),
    }
  }
  const facet = { service, field, where, contains, offset: (page - 1) * limit, limit }
  const facets = await engine.facet(facet, signal)
  const spellings = await fetchSpellings(database, service, parts.get('filter_key') as string, facets)
  const data = facets.map(({ folded, uuid, spelled, count }) => {
    const written = spellings(uuid, folded) ?? folded
    const value = field.answered === 'lower' ? lowerCase(written) : written
    const display = spelled === null ? null : spellings(spelled, folded)
    return { value, display_value: display ?? displayValue(field, value, written), count }
  })
  return { success: true as const, data }
}

function readFilter(service: Service, name: unknown): Field {
  if (isEmpty(name)) throw failure('ERR_UNKNOWN_FILTER', 'filter_key', 'is missing: send the name of a filter')
  if (typeof name !== 'string') throw failure('ERR_INVALID_VALUE', 'filter_key', `must be a name, not ${show(name)}`)
  const field = resolveField(service, name)
  if (field) return field
  const known = nearest(name, queryableNames(service))
  throw failure('ERR_UNKNOWN_FILTER', 'filter_key', `unknown filter ${show(name)}; did you mean "${known}"?`)
}

function readText(json: unknown, path: string): string {
  if (isEmpty(json)) return ''
  if (typeof json === 'string') return json
  throw failure('ERR_INVALID_VALUE', path, `must be text, not ${show(json)}`)
}

/**
 * Returns a function that finds the spelling of a folded value in one of the records of `facets`; undefined if that record has
 * since changed or been deleted.
 */
async function fetchSpellings(
  database: Database,
  service: Service,
  key: string,
  facets: readonly Facet[],
): Promise<(uuid: string, folded: string) => string | undefined> {
  const rows = await fetchValues(
    database,
    service,
    ['uuid', key],
    [...new Set(facets.flatMap(({ uuid, spelled }) => (spelled === null ? [uuid] : [uuid, spelled])))],
  )
  const values = new Map(rows.map(([uuid, value]) => [uuid, [value].flat()]))
  return (uuid, folded) =>
    values.get(uuid)?.find(item => typeof item === 'string' && fold(item) === folded) as string | undefined
}

function shownBound(field: Field, value: number | undefined): number | string | null {
  if (value === undefined) return null
  return field.kind === 'date' ? new Date(value).toISOString() : value
}

/**
 * The value for display, if no record has it in a spelling with both cases. `written`: as one of the records has it. In states,
 * countries and seniorities, a value of up to three letters is an abbreviation.
 */
function displayValue(field: Field, value: string, written: string): string {
  if (field.display === 'stored') return written
  if (field.display === 'code' && /^\p{L}{1,3}$/u.test(value)) return value.toUpperCase()
  return titleCase(value) || value
}
