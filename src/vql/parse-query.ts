/** Parses the JSON of a request into a `Query`. */
import { CASES, type Case, type Service } from '../fields.ts'
import { failure, isEmpty, readInteger, readObject, show } from '../json/read.ts'
import { parseCursor } from './cursor.ts'
import { DEFAULT_QUERY_LIMITS, openBudget, type QueryLimits } from './limits.ts'
import { parseOrder } from './parse-order.ts'
import { parsePage } from './parse-page.ts'
import { parseCompanyConfig, parseExportSelect, parseSelect } from './parse-select.ts'
import { parseWhere } from './parse-where.ts'
import type { Query } from './query.ts'

/** `search_after` is what some clients call `cursor`. */
const KEYS = [
  'where',
  'order_by',
  'cursor',
  'search_after',
  'select_columns',
  'company_config',
  'case',
  'page',
  'limit',
]

export interface ParseOptions {
  /** For an export: columns are required and may include those of the company. No pages, no cursor, any limit. */
  readonly export?: boolean
  readonly limits?: QueryLimits
}

/**
 * Parses and validates a query. Every error message starts with a path. Throws ConnectraError: ERR_UNKNOWN_FIELD,
 * ERR_INVALID_VALUE, ERR_NOT_SORTABLE, ERR_INVALID_SEARCH_TYPE, ERR_INVALID_CURSOR, ERR_INVALID_PAGINATION,
 * ERR_PAGE_SIZE_EXCEEDED, ERR_PAGE_OUT_OF_RANGE, ERR_MISSING_SELECT_COLUMNS, ERR_QUERY_TOO_COMPLEX.
 */
export function parseQuery(service: Service, json: unknown, options: ParseOptions = {}): Query {
  const limits = options.limits ?? DEFAULT_QUERY_LIMITS
  const parts = readObject(json, '', KEYS)
  const where = parseWhere(service, parts.get('where'), 'where', limits)
  const orderBy = parseOrder({ service, budget: openBudget(limits) }, parts.get('order_by'), 'order_by')
  const common = { service, where, orderBy }
  return Object.freeze(options.export ? parseExport(common, parts) : parseSearch(common, parts))
}

type Common = Pick<Query, 'service' | 'where' | 'orderBy'>

function parseSearch(common: Common, parts: ReadonlyMap<string, unknown>): Query {
  const { service, orderBy } = common
  const page = readInteger(parts.get('page'), 'page', 0)
  const cursor = isEmpty(parts.get('cursor')) ? 'search_after' : 'cursor'
  if (page !== null && page > 1 && !isEmpty(parts.get(cursor))) {
    throw failure('ERR_INVALID_PAGINATION', 'page', 'cannot be combined with a cursor; send only one of them')
  }
  return {
    ...common,
    cursor: parseCursor(parts.get(cursor), orderBy, cursor),
    select: parseSelect(service, parts.get('select_columns'), 'select_columns'),
    // A company has no company. Ignored, because clients send the same options for both services.
    populate: service === 'company' ? null : parseCompanyConfig(parts.get('company_config'), 'company_config'),
    case: parseCase(parts.get('case'), 'case') ?? 'lower',
    ...parsePage({ page, limit: parts.get('limit') }),
  }
}

function parseExport(common: Common, parts: ReadonlyMap<string, unknown>): Query {
  for (const key of ['page', 'cursor', 'search_after']) {
    const given = parts.get(key)
    if (isEmpty(given) || given === 0) continue
    throw failure('ERR_INVALID_PAGINATION', key, 'an export has no pages; leave it out and use limit to cap the rows')
  }
  return {
    ...common,
    cursor: null,
    select: parseExportSelect(common.service, parts.get('select_columns'), 'select_columns'),
    populate: null,
    case: parseCase(parts.get('case'), 'case') ?? 'original',
    page: 1,
    limit: readInteger(parts.get('limit'), 'limit', 0) || Number.POSITIVE_INFINITY,
  }
}

/** Null if it is not given. */
function parseCase(json: unknown, path: string): Case | null {
  if (isEmpty(json)) return null
  const known = CASES.find(name => name === json)
  if (known !== undefined) return known
  throw failure('ERR_INVALID_VALUE', path, `must be "lower" or "original", not ${show(json)}`)
}
