import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareUtf8 } from '../../src/text/order.ts'
import { anyText } from '../helpers/any-text.ts'

const units = fc.constantFrom('a', 'b', 'é', '中', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10001}', '\u{10ffff}')
const strings = fc.oneof(fc.string({ unit: units, maxLength: 6 }), anyText({ maxLength: 6 }))

test('texts are compared by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(strings, strings, (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 5000 },
  )
})
