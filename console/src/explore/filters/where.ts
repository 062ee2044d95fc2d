/**
 * The VQL of a search box and a filter. `fromWhere` (from-where.ts) is the way back. Conditions that are not complete yet, such as
 * an empty list of values, are left out, and so are groups without a complete condition.
 */
import type { Keyword, Range, TextMatch, Where } from '../../api/records.ts'
import type { Group, Item, RangeCondition, TextCondition } from '../view-state.ts'

export function toWhere(search: string, filter: Group): Where {
  const text = search.trim()
  const where = itemToWhere(filter)
  return text === '' ? where : { search: text, ...where }
}

/** The condition or group alone. Empty if it is not complete. */
function itemToWhere(item: Item): Where {
  if (item.kind === 'vql') return item.where
  return joinAll(item.kind === 'group' && item.op === 'all' ? item.items : [item])
}

/** Whether the item restricts what is found. */
export function isComplete(item: Item): boolean {
  switch (item.kind) {
    case 'values':
      return item.values.length > 0
    case 'range':
      return Object.keys(boundsOf(item)).length > 0
    case 'text':
      return item.value.trim() !== ''
    case 'exists':
      return true
    case 'vql':
      return Object.keys(item.where).length > 0
    case 'group':
      return item.items.some(isComplete)
  }
}

/** The parts of a `where`. Each field has one place per side; what finds its place taken goes into `and`. */
interface Parts {
  readonly keywords: Sides<Map<string, Keyword | Keyword[]>>
  readonly texts: Sides<TextMatch[]>
  readonly ranges: Sides<Map<string, Range>>
  readonly exists: Sides<Set<string>>
  readonly and: Where[]
  or: Where[] | null
  not: Where | null
}

interface Sides<T> {
  readonly must: T
  readonly must_not: T
}

function joinAll(items: readonly Item[]): Where {
  const parts: Parts = {
    keywords: { must: new Map(), must_not: new Map() },
    texts: { must: [], must_not: [] },
    ranges: { must: new Map(), must_not: new Map() },
    exists: { must: new Set(), must_not: new Set() },
    and: [],
    or: null,
    not: null,
  }
  for (const item of items) if (isComplete(item)) place(parts, item)
  return assemble(parts)
}

function place(parts: Parts, item: Item): void {
  if (item.kind === 'group') {
    placeGroup(parts, item)
    return
  }
  if (item.kind === 'vql') {
    parts.and.push(item.where)
    return
  }
  const side = item.not ? 'must_not' : 'must'
  switch (item.kind) {
    case 'values': {
      const [first, ...more] = item.values
      placeAt(parts, parts.keywords[side], item, more.length === 0 ? first! : [...item.values])
      return
    }
    case 'range':
      placeAt(parts, parts.ranges[side], item, boundsOf(item))
      return
    case 'text':
      // Several texts on one field under `must` would be alternatives.
      if (side === 'must' && hasText(parts, item.key)) parts.and.push(itemToWhere(item))
      else parts.texts[side].push(textMatch(item))
      return
    case 'exists':
      parts.exists[side].add(item.key)
  }
}

function placeAt<Value>(parts: Parts, places: Map<string, Value>, item: Item & { key: string }, value: Value): void {
  if (places.has(item.key)) parts.and.push(itemToWhere(item))
  else places.set(item.key, value)
}

function placeGroup(parts: Parts, group: Group): void {
  const items = group.items.filter(isComplete)
  if (group.op !== 'none' && items.length === 1) {
    place(parts, items[0]!)
    return
  }
  if (group.op === 'all') {
    parts.and.push(joinAll(items))
    return
  }
  const wheres = items.map(itemToWhere)
  if (group.op === 'any') {
    if (areAlternatives(items) && !hasText(parts, items[0]!.key)) parts.texts.must.push(...items.map(textMatch))
    else if (parts.or === null) parts.or = wheres
    else parts.and.push({ or: wheres })
    return
  }
  const not = wheres.length === 1 ? wheres[0]! : { or: wheres }
  if (parts.not === null) parts.not = not
  else parts.and.push({ not })
}

/** Texts on one field, which VQL takes for alternatives by itself. */
function areAlternatives(items: readonly Item[]): items is readonly TextCondition[] {
  const [first] = items
  return first?.kind === 'text' && items.every(item => item.kind === 'text' && !item.not && item.key === first.key)
}

function hasText(parts: Parts, key: string): boolean {
  return parts.texts.must.some(match => match.filter_key === key)
}

function boundsOf(condition: RangeCondition): Range {
  const range: Range = {}
  for (const name of ['gte', 'gt', 'lte', 'lt'] as const) {
    const bound = condition[name]
    if (bound !== undefined && bound !== '') range[name] = bound
  }
  return range
}

function textMatch({ key, value, type, fuzzy }: TextCondition): TextMatch {
  const match: TextMatch = { filter_key: key, text_value: value, search_type: type }
  return type === 'match' && fuzzy ? { ...match, fuzzy: true } : match
}

function assemble(parts: Parts): Where {
  const where: Where = {}
  const keywords = sidesOf(parts.keywords, places => (places.size === 0 ? undefined : Object.fromEntries(places)))
  const texts = sidesOf(parts.texts, list => (list.length === 0 ? undefined : list))
  const ranges = sidesOf(parts.ranges, places => (places.size === 0 ? undefined : Object.fromEntries(places)))
  const exists = sidesOf(parts.exists, names => (names.size === 0 ? undefined : [...names]))
  if (keywords) where.keyword_match = keywords
  if (texts) where.text_matches = texts
  if (ranges) where.range_query = ranges
  if (exists) where.exists = exists
  if (parts.and.length > 0) where.and = parts.and
  if (parts.or) where.or = parts.or
  if (parts.not) where.not = parts.not
  return where
}

function sidesOf<From, To>(
  { must, must_not }: Sides<From>,
  write: (side: From) => To | undefined,
): { must?: To; must_not?: To } | undefined {
  const [wanted, unwanted] = [write(must), write(must_not)]
  if (wanted === undefined && unwanted === undefined) return undefined
  return { ...(wanted !== undefined && { must: wanted }), ...(unwanted !== undefined && { must_not: unwanted }) }
}
