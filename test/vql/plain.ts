/** Conditions as short, plain data for comparisons. */
import assert from 'node:assert/strict'
import { ConnectraError } from '../../src/errors.ts'
import type { Field, Service } from '../../src/fields.ts'
import type { Condition } from '../../src/vql/query.ts'

/** A leaf is an object whose first key is its type, with the field name as its value (`company.name` for a joined field). */
export function plain(service: Service, condition: Condition): unknown {
  assert.ok(Object.isFrozen(condition), 'a condition is frozen')
  const name = (field: Field): string => (field.service === service ? field.name : `${field.service}.${field.name}`)
  switch (condition.type) {
    case 'all':
    case 'none':
      return condition.type
    case 'and':
    case 'or':
      return { [condition.type]: condition.of.map(part => plain(service, part)) }
    case 'not':
      return { not: plain(service, condition.of) }
    case 'range':
      return { range: name(condition.field), ranges: condition.ranges.map(({ from, to }) => [from, to]) }
    default: {
      const { type, field, ...rest } = condition
      const { followedBy, ...others } = { followedBy: undefined, ...rest }
      return { [type]: name(field), ...others, ...(followedBy === undefined ? {} : { followedBy: name(followedBy) }) }
    }
  }
}

/** Asserts that `parse` fails with this code, and that the message starts with the path and contains `named`. */
export function expectFailure(parse: () => unknown, code: string, path: string, named: string): void {
  assert.throws(parse, error => {
    assert.ok(error instanceof ConnectraError, String(error))
    assert.equal(error.code, code, error.message)
    assert.ok(error.message.startsWith(path === '' ? 'the body ' : `${path}: `), error.message)
    assert.ok(error.message.includes(named), error.message)
    return true
  })
}
