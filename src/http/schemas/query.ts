/** The schemas of VQL: one set for each service, because each has its own fields. `vql/` does the validation. */
import { type TSchema, Type } from 'typebox'
import { SERVICES, type Service } from '../../fields.ts'
import { ORDER_DIRECTIONS } from '../../vql/parse-order.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_REACH } from '../../vql/parse-page.ts'
import { RANGE_OPERATORS } from '../../vql/parse-range.ts'
import { MATCH_OPERATORS, MAX_SLOP, SEARCH_TYPE_SYNONYMS, SEARCH_TYPES } from '../../vql/parse-text-match.ts'
import { fieldAndFullNames, fieldNames, hasRanges, SCHEMA_NAMES } from './names.ts'
import { caseSchema, nullable, reference, strings, withNulls } from './parts.ts'

/** Used in descriptions of `page`. */
const PAGE_REACH = `\`page * limit\` may be at most ${MAX_REACH.toLocaleString('en')}`

/** `page` and `limit` have no `default` in the document: generated clients would then require them. */
export function pageSchema(more = ''): TSchema {
  return Type.Integer({ minimum: 0, maximum: MAX_REACH, description: `Default: 1, also for 0. ${PAGE_REACH}${more}` })
}

export function limitSchema(): TSchema {
  return Type.Integer({
    minimum: 0,
    maximum: MAX_LIMIT,
    description: `Default: ${DEFAULT_LIMIT}, also for 0. At most ${MAX_LIMIT}`,
  })
}

const CLOSED = { additionalProperties: false } as const

const scalar = Type.Unsafe({ type: ['string', 'number'] })

function sharedSchemas(): TSchema[] {
  return [
    Type.Union([Type.String(), Type.Number(), Type.Array(Type.String()), Type.Array(Type.Number()), Type.Null()], {
      $id: 'KeywordValues',
      description: 'One value or a list of values. Null and an empty list are no condition.',
    }),
    withNulls(
      Type.Object(Object.fromEntries(RANGE_OPERATORS.map(operator => [operator, Type.Optional(scalar)])), {
        $id: 'Range',
        ...CLOSED,
        description: 'Bounds: numbers, or dates such as `2024-01-15` or `2024-01-15T10:30:00Z`',
      }),
    ),
    Type.Union([Type.Array(Type.Unsafe({}), { maxItems: 0 }), Type.Null()], {
      $id: 'EmptyQuery',
      description: 'Counts as a query without members. Some clients encode an empty object like this.',
    }),
  ]
}

function textMatch(name: string): TSchema {
  return Type.Object(
    {
      filter_key: reference(`${name}TextKey`),
      text_value: Type.Unsafe({ type: ['string', 'null'], description: 'Null and empty text are no condition.' }),
      search_type: Type.Optional(strings([...SEARCH_TYPES, ...Object.keys(SEARCH_TYPE_SYNONYMS)], 'Default: `match`')),
      operator: Type.Optional(
        strings(MATCH_OPERATORS, 'For `match`: `and` requires all words, `or` any. Default: `and`'),
      ),
      fuzzy: Type.Optional(Type.Boolean({ description: 'For `match`: allow typing errors. Default: false' })),
      slop: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: MAX_SLOP,
          description: 'For phrases: how many other words may be in between. Default: 0',
        }),
      ),
    },
    { $id: `${name}TextMatch`, ...CLOSED, description: 'A condition on the words of a field' },
  )
}

function mapOf($id: string, names: readonly string[], value: TSchema, description: string): TSchema {
  const properties = Object.fromEntries(names.map(name => [name, Type.Optional(value)]))
  return Type.Object(properties, { $id, ...CLOSED, description })
}

function where(name: string): TSchema {
  const groups = (part: TSchema, description: string) =>
    Type.Optional(
      withNulls(Type.Object({ must: Type.Optional(part), must_not: Type.Optional(part) }, { ...CLOSED, description })),
    )
  const self = reference(`${name}Where`)
  return Type.Object(
    {
      search: Type.Optional(
        Type.Unsafe({
          type: ['string', 'null'],
          description:
            'What a person types into a search box: every word is the beginning of a word of one of the main fields, or part of a phone.',
        }),
      ),
      text_matches: groups(
        Type.Array(reference(`${name}TextMatch`)),
        'Conditions on words. Conditions on the same key are alternatives; conditions on different keys must all hold.',
      ),
      keyword_match: groups(
        reference(`${name}Keywords`),
        'Conditions on whole values: the value is one of those given.',
      ),
      range_query: groups(reference(`${name}Ranges`), 'Conditions on numbers and dates.'),
      exists: groups(Type.Array(reference(`${name}FilterKey`)), 'Fields that have a value.'),
      and: Type.Optional(Type.Array(self, { description: 'All of these must hold.' })),
      or: Type.Optional(Type.Array(self, { description: 'At least one of these must hold.' })),
      not: Type.Optional(self),
    },
    { $id: `${name}Where`, ...CLOSED, description: 'All parts must hold. Without parts, every record matches.' },
  )
}

function order(name: string): TSchema {
  const order_direction = Type.Optional(strings(ORDER_DIRECTIONS, 'Default: `asc`'))
  return Type.Object(
    { order_by: reference(`${name}SortKey`), order_direction },
    { $id: `${name}Order`, ...CLOSED, description: 'Missing values come last in both directions.' },
  )
}

function query(service: Service, name: string): TSchema {
  const companyConfig = Type.Object(
    {
      populate: Type.Optional(Type.Boolean({ description: 'Default: false' })),
      select_columns: Type.Optional(
        Type.Array(reference('CompanyColumn'), { description: 'Default: all fields of the company' }),
      ),
    },
    {
      ...CLOSED,
      description: service === 'contact' ? 'Adds `company` to each row' : 'Ignored: a company has no company.',
    },
  )
  return Type.Object(
    {
      where: Type.Optional(reference(`${name}Where`)),
      order_by: Type.Optional(
        Type.Array(reference(`${name}Order`), { description: 'Rows that are equal in these are sorted by `uuid`.' }),
      ),
      cursor: Type.Optional(
        Type.Array(Type.String(), { description: 'The `cursor` of the last row of the previous page' }),
      ),
      select_columns: Type.Optional(Type.Array(reference(`${name}Column`), { description: 'Default: all fields' })),
      company_config: Type.Optional(withNulls(companyConfig)),
      case: Type.Optional(caseSchema('lower')),
      page: Type.Optional(pageSchema('; beyond that, use `cursor`')),
      limit: Type.Optional(limitSchema()),
    },
    { $id: `${name}Query`, ...CLOSED, description: `A query of ${service === 'company' ? 'companies' : 'contacts'}` },
  )
}

/** The query of an export: no pages. */
function exportQuery(name: string): TSchema {
  return Type.Object(
    {
      where: Type.Optional(reference(`${name}Where`)),
      order_by: Type.Optional(Type.Array(reference(`${name}Order`))),
      select_columns: Type.Array(reference(`${name}ExportColumn`), {
        minItems: 1,
        description: 'The columns of the file, in this order',
      }),
      case: Type.Optional(caseSchema('original')),
      limit: Type.Optional(Type.Integer({ minimum: 0, description: 'Default: all rows, also for 0' })),
    },
    { $id: `${name}ExportQuery`, ...CLOSED, description: 'A query without pages' },
  )
}

export function querySchemas(): TSchema[] {
  const perService = SERVICES.flatMap(service => {
    const name = SCHEMA_NAMES[service]
    return [
      withNulls(textMatch(name)),
      mapOf(`${name}Keywords`, fieldAndFullNames(service), reference('KeywordValues'), 'Values by field'),
      mapOf(`${name}Ranges`, fieldNames(service, hasRanges), nullable(reference('Range')), 'Bounds by field'),
      ...[where(name), order(name), query(service, name), exportQuery(name)].map(withNulls),
    ]
  })
  return [...sharedSchemas(), ...perService]
}
