/** `where`: the conditions of a query. */
import type { Service } from '../fields.ts'
import { at, isEmpty, readList, readObject } from '../json/read.ts'
import { ALL, and, not, or } from './conditions.ts'
import { readGroups } from './groups.ts'
import { DEFAULT_QUERY_LIMITS, openBudget, type QueryLimits } from './limits.ts'
import { parseKeywordMatch } from './parse-keyword-match.ts'
import { parseRangeQuery } from './parse-range.ts'
import { parseSearch } from './parse-search.ts'
import { parseTextMatches } from './parse-text-match.ts'
import type { Condition } from './query.ts'
import { readField, type Scope } from './read-field.ts'

const KEYS = ['search', 'text_matches', 'keyword_match', 'range_query', 'exists', 'and', 'or', 'not']

/**
 * Parses the conditions in `json`, all of which must hold. Returns `all` if there are none. `path` is the path of `json` in
 * the request and is used in messages. Throws ConnectraError: ERR_UNKNOWN_FIELD, ERR_INVALID_VALUE,
 * ERR_INVALID_SEARCH_TYPE, ERR_QUERY_TOO_COMPLEX.
 */
export function parseWhere(
  service: Service,
  json: unknown,
  path = 'where',
  limits: QueryLimits = DEFAULT_QUERY_LIMITS,
): Condition {
  return parseConditions({ service, budget: openBudget(limits) }, json, path, 1) ?? ALL
}

/** Returns null if there is no condition. An empty `where` within `or` is dropped, like any other empty part. */
function parseConditions(scope: Scope, json: unknown, path: string, depth: number): Condition | null {
  if (isEmpty(json)) return null
  scope.budget.check('depth', depth, path)
  const parts = readObject(json, path, KEYS)
  const nested = (key: string): (Condition | null)[] =>
    readList(parts.get(key), at(path, key)).map((where, index) => {
      const here = at(at(path, key), index)
      scope.budget.spend('clauses', 1, here)
      return parseConditions(scope, where, here, depth + 1)
    })
  return and([
    parseSearch(scope, parts.get('search'), at(path, 'search')),
    parseTextMatches(scope, parts.get('text_matches'), at(path, 'text_matches')),
    parseKeywordMatch(scope, parts.get('keyword_match'), at(path, 'keyword_match')),
    parseRangeQuery(scope, parts.get('range_query'), at(path, 'range_query')),
    parseExists(scope, parts.get('exists'), at(path, 'exists')),
    ...nested('and'),
    or(nested('or')),
    not(parseConditions(scope, parts.get('not'), at(path, 'not'), depth + 1)),
  ])
}

function parseExists(scope: Scope, json: unknown, path: string): Condition | null {
  const { must, mustNot } = readGroups(json, path)
  const exist = (names: unknown, namesPath: string): Condition[] =>
    readList(names, namesPath).map((name, index) => {
      const here = at(namesPath, index)
      scope.budget.spend('clauses', 1, here)
      return Object.freeze({ type: 'exists', field: readField(scope, name, here) })
    })
  return and([...exist(must, at(path, 'must')), ...exist(mustNot, at(path, 'must_not')).map(not)])
}
