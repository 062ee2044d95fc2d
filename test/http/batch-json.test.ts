import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type RawRecord, readBatchJson } from '../../src/http/batch/batch-json.ts'

const LIMITS = { maxKeys: 1000, maxBatch: 50 }

/** The whole value, with its records parsed. */
async function readAll(text: string | Buffer): Promise<unknown> {
  const parsed = (value: unknown) =>
    Array.isArray(value) ? value.map((record, index) => (record as RawRecord).parse(index)) : value
  const json = await readBatchJson(Buffer.from(text), LIMITS)
  if (Array.isArray(json) || typeof json !== 'object' || json === null) return parsed(json)
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, parsed(value)]))
}

const error = { code: 'ERR_INVALID_JSON' }

/** Long strings are scanned in another way than short ones. */
const longText = fc
  .array(fc.constantFrom('x'.repeat(60), 'é'.repeat(30), 'x', '"', '\\', '{', ','))
  .map(parts => parts.join(''))
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 3 }), longText)

test('Reading the records one by one gives what reading the whole body gives', async () => {
  const body = fc.oneof(anyValue, fc.array(anyValue), fc.dictionary(fc.string(), fc.array(anyValue)))
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('', ' ', '\n  '), async (json, space) => {
      const text = JSON.stringify(json, null, space)
      assert.deepEqual(await readAll(text), JSON.parse(text))
    }),
  )
})

test('A body with an error anywhere is refused, as by JSON.parse', async () => {
  const body = fc.oneof(fc.array(anyValue), fc.dictionary(fc.string(), fc.array(anyValue)))
  const letter = fc.constantFrom('', ',', '[', ']', '{', '}', '"', ':', '1', ' ', '\\', '\0')
  await fc.assert(
    fc.asyncProperty(body, fc.nat(), fc.nat(2), letter, async (json, at, length, inserted) => {
      const whole = JSON.stringify(json)
      const place = at % whole.length
      const text = whole.slice(0, place) + inserted + whole.slice(place + length)
      let expected: unknown
      try {
        expected = text.trim() === '' ? undefined : JSON.parse(text)
      } catch {
        await assert.rejects(readAll(text), error, text)
        return
      }
      assert.deepEqual(await readAll(text), expected, text)
    }),
    { numRuns: 500 },
  )
})

test('An error names its record; a byte order mark is skipped only at the beginning; an empty body is undefined', async () => {
  await assert.rejects(readAll('[{}, {"a": }]'), /^ConnectraError: .*not valid JSON: record 1: Unexpected token/)
  assert.deepEqual(await readAll('\uFEFF[{}]'), [{}])
  await assert.rejects(readAll('[\uFEFF{}]'), error)
  await assert.rejects(readAll(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])), /it is not UTF-8/)
  assert.equal(await readAll(' \n'), undefined)
})

test('Of a batch with too many records only the number is right', async () => {
  const many = Array.from({ length: 60 }, (_, place) => place)
  assert.equal(((await readBatchJson(Buffer.from(JSON.stringify(many)), LIMITS)) as unknown[]).length, 60)
  const { data } = (await readBatchJson(Buffer.from(JSON.stringify({ data: many })), LIMITS)) as { data: unknown[] }
  assert.equal(data.length, 60)
})

test('A record with too many bytes or values is not parsed; too much outside of records is refused', async () => {
  const flaws = async (json: unknown) =>
    ((await readBatchJson(Buffer.from(JSON.stringify(json)), LIMITS)) as RawRecord[]).map(record => record.flaw)
  assert.deepEqual(await flaws([{ a: 1 }, { keywords: Array(19_000).fill(1) }, { a: 'x'.repeat(2_000_000) }]), [
    null,
    null,
    null,
  ])
  const [values, bytes] = await flaws([{ keywords: Array(21_000).fill(1) }, { a: 'x'.repeat(2 << 20) }])
  assert.match(values!, /more than 20,000 values/)
  assert.match(bytes!, /has 2097160 bytes, more than the limit of 2097152/)
  const rest = readBatchJson(Buffer.from(JSON.stringify({ data: [{}], more: 'x'.repeat(70_000) })), LIMITS)
  await assert.rejects(rest, /more than 65536 bytes outside of its records/)
})
