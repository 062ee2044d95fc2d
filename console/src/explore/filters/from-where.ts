/**
 * Takes a `where` apart into what the search box and the filter panel show. Nothing is lost: a part that the panel has no control
 * for, or that is wrong, becomes a condition of the kind `vql`, which holds it as it was.
 */
import type { Range, Where } from '../../api/records.ts'
import { type Condition, type Group, type Item, type RangeCondition, TEXT_TYPES, type TextType } from '../view-state.ts'

type Json = Readonly<Record<string, unknown>>
type Side = 'must' | 'must_not'

export function fromWhere(where: Where): { readonly search: string; readonly filter: Group } {
  const json: unknown = where
  if (!isObject(json)) return { search: '', filter: all(isEmpty(json) ? [] : [vql({ and: [json] })]) }
  const { search, ...rest } = json
  if (typeof search === 'string' && search.trim() !== '') return { search, filter: all(itemsOf(rest)) }
  return { search: '', filter: all(itemsOf(json)) }
}

/** `and` comes last, so that a condition that has a place in the `where` itself gets it again on the way back. */
function itemsOf(where: Json): Item[] {
  const { keyword_match, text_matches, range_query, exists, or, not, and, ...others } = where
  return [
    ...partItems('keyword_match', keyword_match, isObject, keywordItems),
    ...partItems('text_matches', text_matches, Array.isArray, textItems),
    ...partItems('range_query', range_query, isObject, rangeItems),
    ...partItems('exists', exists, Array.isArray, existsItems),
    ...Object.entries(others).flatMap(([name, value]) => (isEmpty(value) ? [] : [vql(one(name, value))])),
    ...orItems(or),
    ...notItems(not),
    ...andItems(and),
  ]
}

/** Reads both sides of a part with `read`. A side of a wrong shape, or a part with other keys, is kept as VQL. */
function partItems<Content>(
  name: string,
  part: unknown,
  hasShape: (side: unknown) => side is Content,
  read: (content: Content, side: Side) => Item[],
): Item[] {
  if (isEmpty(part)) return []
  if (!isObject(part)) return [vql(one(name, part))]
  return Object.entries(part).flatMap(([side, content]) => {
    if (isEmpty(content)) return []
    if ((side === 'must' || side === 'must_not') && hasShape(content)) return read(content, side)
    return [vql(one(name, one(side, content)))]
  })
}

function keywordItems(fields: Json, side: Side): Item[] {
  return Object.entries(fields).flatMap(([key, value]): Item[] => {
    if (isEmpty(value)) return []
    const list: unknown[] = Array.isArray(value) ? value : [value]
    if (!list.every(isKeyword)) return [vql({ keyword_match: one(side, one(key, value)) })]
    return [{ kind: 'values', key, values: list.map(String), ...notOn(side) }]
  })
}

/** Numbers beyond these are not the same as their digits. */
function isKeyword(value: unknown): value is string | number {
  return typeof value === 'string' || (Number.isSafeInteger(value) && (value as number) >= 0)
}

function rangeItems(fields: Json, side: Side): Item[] {
  return Object.entries(fields).flatMap(([key, value]): Item[] => {
    if (isEmpty(value)) return []
    const range = isObject(value) ? readRange(key, value, side) : null
    if (range === 'empty') return []
    return [range ?? vql({ range_query: one(side, one(key, value)) })]
  })
}

function readRange(key: string, bounds: Json, side: Side): RangeCondition | 'empty' | null {
  const given = Object.entries(bounds).filter(([, bound]) => !isEmpty(bound))
  const known = given.every(
    ([name, bound]) =>
      ['gte', 'gt', 'lte', 'lt'].includes(name) && (typeof bound === 'string' || Number.isFinite(bound)),
  )
  if (!known) return null
  if (given.length === 0) return 'empty'
  const names = given.map(([name]) => name)
  const twoLower = names.includes('gte') && names.includes('gt')
  const twoUpper = names.includes('lte') && names.includes('lt')
  if (twoLower || twoUpper) return null
  return { kind: 'range', key, ...(Object.fromEntries(given) as Range), ...notOn(side) }
}

/** Under `must`, several texts on one field are alternatives. */
function textItems(list: readonly unknown[], side: Side): Item[] {
  const items = list.flatMap(entry => {
    if (isEmpty(entry) || (isObject(entry) && isEmpty(entry.text_value))) return []
    const item = readText(entry, side) ?? vql({ text_matches: one(side, [entry]) })
    return [{ item, key: isObject(entry) ? entry.filter_key : undefined }]
  })
  if (side === 'must_not') return items.map(({ item }) => item)
  return [...Map.groupBy(items, ({ key }) => key).values()].flatMap((same): Item[] =>
    same.length === 1 ? [same[0]!.item] : [{ kind: 'group', op: 'any', items: same.map(({ item }) => item) }],
  )
}

const TEXT_KEYS = ['filter_key', 'text_value', 'search_type', 'fuzzy', 'operator', 'slop']
const TEXT_TYPE_NAMES: ReadonlyMap<unknown, TextType> = new Map<unknown, TextType>([
  ...TEXT_TYPES.map(type => [type, type] as const),
  ['exact', 'match_phrase'],
  ['shuffle', 'match'],
])

/** Null for an entry with options that the panel has no control for. Options that its type ignores do not count. */
function readText(entry: unknown, side: Side): Condition | null {
  if (!isObject(entry) || Object.keys(entry).some(name => !TEXT_KEYS.includes(name))) return null
  const { filter_key: key, text_value: value, search_type, fuzzy, operator, slop } = entry
  if (typeof key !== 'string' || key === '' || typeof value !== 'string' || value.trim() === '') return null
  const type = isEmpty(search_type) ? 'match' : TEXT_TYPE_NAMES.get(search_type)
  if (type === undefined) return null
  const text = { kind: 'text', key, type, value, ...notOn(side) } as const
  if (type === 'match') {
    if (!isEmpty(operator) && operator !== 'and') return null
    if (!isEmpty(fuzzy) && typeof fuzzy !== 'boolean') return null
    return fuzzy === true ? { ...text, fuzzy } : text
  }
  return type !== 'substring' && !isEmpty(slop) && slop !== 0 ? null : text
}

function existsItems(names: readonly unknown[], side: Side): Item[] {
  return [...new Set(names)].map(name =>
    typeof name === 'string' && name !== ''
      ? { kind: 'exists', key: name, ...notOn(side) }
      : vql({ exists: one(side, [name]) }),
  )
}

function andItems(list: unknown): Item[] {
  if (isEmpty(list)) return []
  if (!Array.isArray(list)) return [vql({ and: list })]
  return list.flatMap((where: unknown) =>
    isEmpty(where) ? [] : isObject(where) ? joined(where) : [vql({ and: [where] })],
  )
}

function orItems(list: unknown): Item[] {
  if (isEmpty(list)) return []
  if (!Array.isArray(list)) return [vql({ or: list })]
  const wheres: unknown[] = list.filter(where => !isEmpty(where))
  if (!wheres.every(isObject)) return [vql({ or: list })]
  const items = wheres.flatMap(joined)
  return items.length < 2 ? items : [{ kind: 'group', op: 'any', items }]
}

function notItems(where: unknown): Item[] {
  if (isEmpty(where)) return []
  if (!isObject(where)) return [vql({ not: where })]
  const [item] = joined(where)
  if (item === undefined) return []
  return [{ kind: 'group', op: 'none', items: item.kind === 'group' && item.op === 'any' ? item.items : [item] }]
}

/** The `where` as one item, or none if it has no condition. */
function joined(where: Json): Item[] {
  const items = itemsOf(where)
  return items.length < 2 ? items : [all(items)]
}

function all(items: readonly Item[]): Group {
  return { kind: 'group', op: 'all', items }
}

function vql(where: Json): Condition {
  return { kind: 'vql', where: where as Where }
}

function notOn(side: Side): { not?: true } {
  return side === 'must_not' ? { not: true } : {}
}

/** Also for the key `__proto__`, which is a key like any other. */
function one(key: string, value: unknown): Json {
  return Object.fromEntries([[key, value]])
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** What the server takes for "not given". */
function isEmpty(json: unknown): boolean {
  if (json === undefined || json === null || json === '') return true
  return typeof json === 'object' && Object.keys(json).length === 0
}
