import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseJson } from '../../src/http/parse-json.ts'

const LIMITS = { keys: 1000, recordBytes: 10_000, recordKeys: 500 }
/** So small that nearly every comma between two records ends a portion. */
const PORTION = 4

function parse(text: string | Buffer, limits = LIMITS): Promise<unknown> {
  return parseJson(Buffer.from(text), limits, PORTION)
}

const json = fc.json({ maxDepth: 4 })
const spaces = fc.constantFrom('', ' ', '\n', '\t ')
const list = fc.array(json, { maxLength: 8 }).map(items => `[${items.join(',')}]`)
const wrapped = fc
  .tuple(fc.string(), list, fc.string(), json, spaces)
  .map(
    ([key, value, other, more, space]) =>
      `${space}{${JSON.stringify(key)}:${value}${space},${JSON.stringify(other)}:${more}}`,
  )

test('the result is that of JSON.parse, whatever the body is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, list, wrapped), async text => {
      assert.deepEqual(await parse(text), JSON.parse(text))
    }),
  )
})

test('what JSON.parse rejects is rejected', async () => {
  const change = fc.tuple(
    fc.oneof(list, wrapped),
    fc.nat(),
    fc.constantFrom('', '[', ']', '{', '}', ',', '"', ':', '1'),
  )
  await fc.assert(
    fc.asyncProperty(change, async ([text, at, replacement]) => {
      const place = at % text.length
      const changed = text.slice(0, place) + replacement + text.slice(place + 1)
      let expected: unknown
      try {
        expected = changed.trim() === '' ? undefined : JSON.parse(changed)
      } catch {
        await assert.rejects(parse(changed), { code: 'ERR_INVALID_JSON' })
        return
      }
      assert.deepEqual(await parse(changed), expected)
    }),
    { numRuns: 500 },
  )
})

test('mistakes that look like a list in portions are rejected, and the message says where', async () => {
  for (const text of [
    '[1,,2]',
    '[1,2,]',
    '[,1]',
    '[1],[2]',
    '[{"a":1],{"b":2}]',
    '{"data":[1,2}',
    '{"data":[1,2]]',
    '[1,2] 3',
  ])
    await assert.rejects(parse(text), { code: 'ERR_INVALID_JSON' }, text)
  const quote = Buffer.from('"')
  const where: readonly (readonly [string | Buffer, string])[] = [
    ['[{"a":1},{"b":2},\n{"c":}]', `record 2: Unexpected token '}', "\n{"c":}" is not valid JSON`],
    ['[{"a":1},{"b":2} 5]', 'record 1: Unexpected non-whitespace character after JSON at position 8 (line 1 column 9)'],
    ['[1,2,3,4,5,,6]', 'record 5 is missing: there is nothing between two commas'],
    ['[1,2,3,4,5,6,]', 'record 6 is missing: there is nothing between two commas'],
    [
      Buffer.concat([Buffer.from('[1,2,3,'), quote, Buffer.from([0xff]), quote, Buffer.from(']')]),
      'record 3: it is not UTF-8',
    ],
    ['{"data":[1,2,3,4], x}', 'Expected double-quoted property name after the list'],
    ['{"a":1 "data":[1,2,3,4]}', `Expected ',' or '}' after property value before the list`],
    [
      `[${'"0123456789",'.repeat(1000)}`,
      'its list of records does not end: the body may be incomplete, or a quotation mark missing',
    ],
  ]
  for (const [text, reason] of where)
    await assert.rejects(parse(text), { code: 'ERR_INVALID_JSON', message: `the body is not valid JSON: ${reason}` })
})

test('a key that occurs twice, or is special, has the value that JSON.parse gives it', async () => {
  for (const text of [
    '{"a":[1,2,3,4],"a":[]}',
    '{"a":[1,2,3,4],"\\u0061":[]}',
    '{"a":[1,2,3,4],"a":[1]}',
    '{"a":[],"a":[1,2,3,4]}',
    '{"a":[1,2],"a":3}',
    '{"__proto__":[1,2]}',
    '{"a":[[1,2],[3,4]],"b":[5,6]}',
  ])
    assert.deepEqual(await parse(text), JSON.parse(text))
  assert.equal(Object.getPrototypeOf(await parse('{"__proto__":[1,2]}')), Object.prototype)
  assert.equal(await parse('  '), undefined)
  assert.deepEqual(await parse('\ufeff[1,2,3]'), [1, 2, 3])
})

test('bodies and records that are too expensive are rejected before they are parsed', async () => {
  const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')}}`
  const refused = (message: RegExp) => ({ code: 'ERR_PAYLOAD_TOO_LARGE', message })
  await assert.rejects(parse(keys(1001)), refused(/the body has more than 1,000 keys/))
  await assert.rejects(parse(`[[${'[],'.repeat(1000)}[]]]`), refused(/the body has more than 1,000 lists and objects/))
  await assert.rejects(parse(`[${'1,'.repeat(1001)}1]`), refused(/the body has more than 1,000 records/))
  for (const text of [`{"data":[1,2,3,4],"x":"${'x'.repeat(10_001)}"}`, `{"x":{"data":["${'x'.repeat(10_001)}"]}}`])
    await assert.rejects(parse(text), refused(/not in its list of records/))
  await assert.rejects(parse(`[${keys(3)},${keys(501)}]`), refused(/record 1 has more than 500 keys/))
  await assert.rejects(
    parse(`{"data":[1,"${'x'.repeat(10_001)}"]}`, { ...LIMITS, recordBytes: 10_000 }),
    refused(/record 1 has/),
  )
  await assert.rejects(parse('['.repeat(10_001), { ...LIMITS, keys: 20_000 }), {
    code: 'ERR_INVALID_JSON',
    message: /nested more than 10,000/,
  })
})
