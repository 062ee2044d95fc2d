import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../src/text/nearest.ts'

const names = ['id', 'uuid', 'first_name', 'last_name', 'country', 'company_country', 'city', 'mobile_phone']

for (const [name, expected] of [
  ['countri', 'country'],
  ['Country', 'country'],
  ['firstName', 'first_name'],
  ['first-name', 'first_name'],
  ['ctiy', 'city'],
  ['compny_country', 'company_country'],
  ['mobilephone', 'mobile_phone'],
  ['phone', 'mobile_phone'],
  ['name', 'first_name'],
] as const) {
  test(`nearest to ${name} is ${expected}`, () => {
    assert.equal(nearest(name, names), expected)
  })
}

test('there is a nearest name for any input, however strange or long', () => {
  for (const name of ['', '%%%', '__proto__', 'x'.repeat(1_000_000), '中'.repeat(100)]) {
    assert.ok(names.includes(nearest(name, names)!))
  }
  assert.equal(nearest('a', []), undefined)
})
