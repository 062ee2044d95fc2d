/** Compiles a planned condition into a matcher for one segment. Each kind of leaf is implemented in its own function. */
import type { Leaf } from '../../../vql/query.ts'
import { joinMatcher } from './join.ts'
import { always, and, type Matcher, metered, NEVER, not, or } from './matcher.ts'
import { phoneMatcher } from './phone-matcher.ts'
import { phraseOfTwoMatcher } from './phrase-of-two.ts'
import type { Join, Node } from './plan.ts'
import type { Part, Reader } from './reader.ts'
import { matchMatcher, phraseMatcher, substringMatcher } from './text-matchers.ts'
import { existsMatcher, rangeMatcher, termsMatcher } from './value-matchers.ts'

export function compile(part: Part, node: Node): Matcher {
  const { size } = part.segment
  const { scratch, meter } = part.reader
  switch (node.type) {
    case 'all':
      return always(size, scratch)
    case 'none':
      return NEVER
    case 'and':
      return and(
        node.of.map(child => compile(part, child)),
        size,
        scratch,
      )
    case 'or':
      return or(
        node.of.map(child => compile(part, child)),
        size,
        scratch,
      )
    case 'not':
      return not(compile(part, node.of), size, scratch)
    case 'join':
      return joinMatcher(part, node, companyMatchers(part.reader, node))
    case 'leaf':
      meter.spend(COMPILE)
      return metered(compileLeaf(part, node.leaf), meter)
  }
}

/** The cost of compiling most leaves, in nanoseconds: a look-up of one value in a dictionary. */
const COMPILE = 1000

/** The condition of a join, compiled for each segment of companies. Done once and used for all segments of contacts. */
export function companyMatchers(reader: Reader, node: Join): readonly Matcher[] {
  let matchers = reader.joins.get(node)
  if (matchers === undefined) {
    matchers = reader.companies.map(part => compile(part, node.of))
    reader.joins.set(node, matchers)
  }
  return matchers
}

function compileLeaf(part: Part, leaf: Leaf): Matcher {
  switch (leaf.type) {
    case 'terms':
      return termsMatcher(part, leaf)
    case 'range':
      return rangeMatcher(part, leaf)
    case 'exists':
      return existsMatcher(part, leaf)
    case 'match':
      return matchMatcher(part, leaf)
    case 'phrase':
      return leaf.followedBy === undefined ? phraseMatcher(part, leaf) : phraseOfTwoMatcher(part, leaf, leaf.followedBy)
    case 'substring':
      return substringMatcher(part, leaf)
    case 'phone':
      return phoneMatcher(part, leaf)
  }
}
