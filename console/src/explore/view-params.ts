/**
 * A list in its address: `#/contacts?search=ann&filter=[…]&order=-created_at`. Saved views keep the same parameters. People edit
 * addresses and old links stay around, so everything is checked.
 */
import type { Order, Where } from '../api/query.ts'
import { PATHS, type Service } from '../api/services.ts'
import {
  type Condition,
  GROUP_OPS,
  type Group,
  type Item,
  NO_FILTER,
  TEXT_TYPES,
  type ViewState,
} from './view-state.ts'

type Params = Readonly<Record<string, unknown>>

/** The server's bound for nested conditions. */
const MAX_DEPTH = 32
const FIELD = /^[a-z0-9_]+$/i
/** `-` in front: descending. */
const ORDER = /^-?[a-z0-9_]+$/i

export function parseView(service: Service, params: Params): ViewState {
  const names = listIn(params.columns, FIELD)
  return {
    service,
    search: textIn(params.search),
    filter: parseFilter(params.filter) ?? NO_FILTER,
    order: listIn(params.order, ORDER).map(parseOrder),
    columns: names.length === 0 ? null : [...new Set(names)],
    open: textIn(params.open) || null,
  }
}

/** Whether the address has a filter that cannot be read. Then more is shown than whoever made the link meant. */
export function isFilterBroken(params: Params): boolean {
  return params.filter !== undefined && parseFilter(params.filter) === null
}

/** The parameters of what changes. `undefined` takes one out of the address, as for what is the default. */
export function writeView(changes: Partial<Omit<ViewState, 'service'>>): Params {
  const { search, filter, order, columns, open } = changes
  return {
    ...(search !== undefined && { search: search || undefined }),
    ...(filter !== undefined && { filter: filter.items.length === 0 ? undefined : filter.items }),
    ...(order !== undefined && { order: order.map(writeOrder).join(',') || undefined }),
    ...(columns !== undefined && { columns: columns?.join(',') || undefined }),
    ...(open !== undefined && { open: open ?? undefined }),
  }
}

/** A link to the list with this filter. */
export function linkToList(service: Service, filter: Group): string {
  const path = `#${PATHS[service]}`
  const items = filter.op === 'all' ? filter.items : [filter]
  return items.length === 0 ? path : `${path}?filter=${encodeURIComponent(JSON.stringify(items))}`
}

/** The items of the group at the top. Null if anything is wrong with one of them. */
function parseFilter(json: unknown): Group | null {
  if (json === undefined) return NO_FILTER
  const items = parseItems(json, 1)
  return items === null ? null : { kind: 'group', op: 'all', items }
}

function parseItems(json: unknown, depth: number): Item[] | null {
  if (!Array.isArray(json) || depth > MAX_DEPTH) return null
  const items = json.map(item => parseItem(item, depth))
  return items.every(item => item !== null) ? items : null
}

function parseItem(json: unknown, depth: number): Item | null {
  if (!isObject(json)) return null
  if (json.kind === 'vql') return isObject(json.where) ? { kind: 'vql', where: json.where as Where } : null
  if (json.kind === 'group') {
    const op = GROUP_OPS.find(name => name === json.op)
    const items = parseItems(json.items, depth + 1)
    return op === undefined || items === null ? null : { kind: 'group', op, items }
  }
  return parseCondition(json)
}

function parseCondition(json: Params): Condition | null {
  const { kind, key } = json
  if (typeof key !== 'string' || key === '') return null
  const not = json.not === true ? ({ not: true } as const) : {}
  switch (kind) {
    case 'values': {
      const values: unknown = json.values
      if (!Array.isArray(values) || !values.every(isScalar)) return null
      return { kind: 'values', key, values: values.map(String), ...not }
    }
    case 'range': {
      const bounds = ['gte', 'gt', 'lte', 'lt'].flatMap(name => (json[name] === undefined ? [] : [[name, json[name]]]))
      if (!bounds.every(([, bound]) => isScalar(bound))) return null
      return { kind: 'range', key, ...(Object.fromEntries(bounds) as object), ...not }
    }
    case 'text': {
      const type = TEXT_TYPES.find(name => name === json.type)
      if (type === undefined || !isScalar(json.value)) return null
      return { kind: 'text', key, type, value: String(json.value), ...(json.fuzzy === true && { fuzzy: true }), ...not }
    }
    case 'exists':
      return { kind: 'exists', key, ...not }
    default:
      return null
  }
}

function parseOrder(text: string): Order {
  const desc = text.startsWith('-')
  return { order_by: desc ? text.slice(1) : text, order_direction: desc ? 'desc' : 'asc' }
}

function writeOrder({ order_by, order_direction }: Order): string {
  return order_direction === 'desc' ? `-${order_by}` : order_by
}

/** The parts of a text between commas that look as they should. */
function listIn(json: unknown, part: RegExp): string[] {
  return textIn(json)
    .split(',')
    .filter(text => part.test(text))
}

/** In an address `123` and `true` are no strings. */
function textIn(json: unknown): string {
  return isScalar(json) || typeof json === 'boolean' ? String(json) : ''
}

function isScalar(json: unknown): json is string | number {
  return typeof json === 'string' || typeof json === 'number'
}

function isObject(json: unknown): json is Params {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
