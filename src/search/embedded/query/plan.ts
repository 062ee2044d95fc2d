/**
 * Normalizes a condition before it is compiled. Nested `and`s and `or`s are flattened. In a query of contacts, conditions on
 * companies are gathered into as few joins as possible, so that `company size and company industry` is joined only once.
 */
import type { Service } from '../../../fields.ts'
import type { Condition, Leaf } from '../../../vql/query.ts'

export type Node =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'and'; readonly of: readonly Node[] }
  | { readonly type: 'or'; readonly of: readonly Node[] }
  | { readonly type: 'not'; readonly of: Node }
  | { readonly type: 'leaf'; readonly leaf: Leaf }
  | Join

/** Contacts whose company is alive and satisfies `of`, all of whose leaves are about companies. */
export interface Join {
  readonly type: 'join'
  readonly of: Node
}

const ALL: Node = { type: 'all' }
const NONE: Node = { type: 'none' }

export function planCondition(service: Service, condition: Condition): Node {
  const node = simplify(condition)
  return service === 'contact' ? gatherJoins(node) : node
}

function simplify(condition: Condition): Node {
  switch (condition.type) {
    case 'all':
      return ALL
    case 'none':
      return NONE
    case 'and':
      return combine('and', condition.of.map(simplify))
    case 'or':
      return combine('or', condition.of.map(simplify))
    case 'not':
      return negate(simplify(condition.of))
    default:
      return { type: 'leaf', leaf: condition }
  }
}

function combine(type: 'and' | 'or', of: readonly Node[]): Node {
  const neutral = type === 'and' ? 'all' : 'none'
  const absorbing = type === 'and' ? 'none' : 'all'
  const flat = of.flatMap(node => (node.type === type ? node.of : [node])).filter(node => node.type !== neutral)
  if (flat.some(node => node.type === absorbing)) return type === 'and' ? NONE : ALL
  if (flat.length === 0) return type === 'and' ? ALL : NONE
  return flat.length === 1 ? flat[0] : { type, of: flat }
}

function negate(node: Node): Node {
  if (node.type === 'all') return NONE
  if (node.type === 'none') return ALL
  return node.type === 'not' ? node.of : { type: 'not', of: node }
}

function gatherJoins(node: Node): Node {
  if (isAboutCompanies(node)) return join(node)
  if (node.type === 'and' || node.type === 'or') {
    const company = node.of.filter(isAboutCompanies)
    const others = node.of.filter(child => !isAboutCompanies(child)).map(gatherJoins)
    return combine(node.type, company.length === 0 ? others : [...others, join(combine(node.type, company))])
  }
  return node.type === 'not' ? negate(gatherJoins(node.of)) : node
}

function isAboutCompanies(node: Node): boolean {
  if (node.type === 'and' || node.type === 'or') return node.of.every(isAboutCompanies)
  if (node.type === 'not') return isAboutCompanies(node.of)
  return node.type === 'leaf' && node.leaf.field.service === 'company'
}

/**
 * A contact without a live company satisfies no leaf on companies. If the condition as a whole holds for such a contact
 * (`not industry X`), the join is made on the negated condition, and the result is every other contact.
 */
function join(node: Node): Node {
  return holdsWithoutCompany(node) ? negate({ type: 'join', of: negate(node) }) : { type: 'join', of: node }
}

function holdsWithoutCompany(node: Node): boolean {
  if (node.type === 'and') return node.of.every(holdsWithoutCompany)
  if (node.type === 'or') return node.of.some(holdsWithoutCompany)
  return node.type === 'not' ? !holdsWithoutCompany(node.of) : node.type === 'all'
}
