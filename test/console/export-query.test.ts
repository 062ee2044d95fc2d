import './session/stand-ins.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  estimateBytes,
  fileName,
  measureSample,
  parseLimit,
  writeExport,
} from '../../console/src/explore/export/export-query.ts'
import { keepLastChoice, readLastChoice } from '../../console/src/explore/export/last-choice.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('the size of a file is estimated from its first rows', () => {
  const csv = measureSample(bytes('name,city\nAda,Rome\nBjörn,Köln\n'), 'csv')
  assert.deepEqual(csv, { head: 10, body: 22, rows: 2 })
  assert.equal(estimateBytes(csv, 2000), 10 + 22_000)
  assert.deepEqual(measureSample(bytes('{"a":1}\n{"a":2}\n'), 'ndjson'), { head: 0, body: 16, rows: 2 })
  assert.equal(estimateBytes(measureSample(bytes('name\n'), 'csv'), 0), 5)
})

test('the query of an export says only what differs from the default', () => {
  assert.deepEqual(writeExport({}, [], { columns: ['uuid'], limit: null, lowerCase: false }), {
    where: {},
    select_columns: ['uuid'],
  })
  const order = [{ order_by: 'last_name', order_direction: 'desc' }] as const
  assert.deepEqual(writeExport({}, order, { columns: ['uuid'], limit: 5, lowerCase: true }), {
    where: {},
    select_columns: ['uuid'],
    order_by: order,
    limit: 5,
    case: 'lower',
  })
})

test('a limit is a whole number of rows, or nothing', () => {
  assert.deepEqual(parseLimit(' '), { limit: null })
  assert.deepEqual(parseLimit('10,000'), { limit: 10_000 })
  for (const text of ['0', '-1', '1.5', 'many', '1e3']) assert.equal(parseLimit(text), null)
})

test('a file is named by what it has and its day', () => {
  assert.equal(fileName('company', 'ndjson', new Date(2026, 0, 5)), 'companies-2026-01-05.ndjson')
})

test('the next export begins with what was chosen for the last one, whatever is stored', () => {
  const first = { columns: null, format: 'csv', bom: false, lowerCase: false } as const
  assert.deepEqual(readLastChoice('contact'), first)
  const choice = { columns: ['email', 'title'], format: 'ndjson', bom: true, lowerCase: true } as const
  keepLastChoice('contact', choice)
  assert.deepEqual(readLastChoice('contact'), choice)
  assert.deepEqual(readLastChoice('company'), first)
  for (const json of ['{', 'null', '[]', '{"columns":5,"format":"xlsx","bom":1}']) {
    localStorage.setItem('connectra.export.contact', json)
    assert.deepEqual(readLastChoice('contact'), first)
  }
})
