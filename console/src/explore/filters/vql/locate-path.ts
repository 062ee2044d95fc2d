/** Finds the place in the text of a `where` that an error of the server is about. */
import type { JsonNode } from './json-tree.ts'

interface Span {
  readonly start: number
  readonly end: number
}

/**
 * `path` is that of the server (`where.and[0].keyword_match.must.contry`), or a message that begins with one. Returns the deepest
 * part of it that is in the text, because a path may name what is missing. Null if it is not about the `where`.
 */
export function locatePath(root: JsonNode, path: string): Span | null {
  if (!/^where(?![\w$])/.test(path)) return null
  let rest = path.slice('where'.length)
  let node = root
  let span: Span = { start: root.start, end: root.end }
  while (true) {
    const step = stepInto(node, rest)
    if (step === null) return span
    node = step.node
    span = step.span
    rest = step.rest
  }
}

interface Step {
  readonly node: JsonNode
  readonly span: Span
  readonly rest: string
}

function stepInto(node: JsonNode, rest: string): Step | null {
  const [index, digits] = /^\[(\d+)\]/.exec(rest) ?? []
  if (index !== undefined) {
    const item = node.items?.[Number(digits)]
    return item === undefined ? null : { node: item, span: item, rest: rest.slice(index.length) }
  }
  if (!rest.startsWith('.')) return null
  // Names of fields may hold dots, so the longest member that fits is meant.
  const [member] = (node.members ?? [])
    .filter(({ key }) => rest.startsWith(key, 1) && /^(?:[.[:]|$)/.test(rest.slice(1 + key.length)))
    .toSorted((one, other) => other.key.length - one.key.length)
  if (member === undefined) return null
  return {
    node: member.node,
    span: { start: member.keyStart, end: member.node.end },
    rest: rest.slice(1 + member.key.length),
  }
}
