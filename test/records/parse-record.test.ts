import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIELDS, type Field, MAX_LIST_BYTES, MAX_RECORD_BYTES, SERVICES } from '../../src/fields.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import { parseRow } from '../../src/records/parse/parse-row.ts'

const UUID = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890'

function codes(problems: readonly { index?: number; field: string | null; code: string }[]) {
  return problems.map(({ index, field, code }) => [index, field, code])
}

test('an explicit uuid overrides the identity, and may be of any version', () => {
  const { writes } = parseRecords('company', [
    { uuid: UUID.toUpperCase(), name: 'Acme' },
    { uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  ])
  assert.deepEqual(
    writes.map(write => write?.uuid),
    [UUID, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  )
})

test('a malformed uuid is an error, an empty one is ignored', () => {
  for (const uuid of ['a1b2c3d4', `${UUID}0`, UUID.replaceAll('-', ''), `{${UUID}}`, 5, {}]) {
    const { writes, rejected } = parseRecords('company', [{ uuid, name: 'Acme' }])
    assert.deepEqual(writes, [null])
    assert.deepEqual(codes(rejected), [[0, 'uuid', 'ERR_INVALID_UUID']])
  }
  for (const uuid of ['', null]) assert.equal(parseRecords('company', [{ uuid, name: 'Acme' }]).rejected.length, 0)
})

test('null, an empty string and an empty list clear a field, an absent field keeps its value', () => {
  const { writes } = parseRecords('company', [
    { uuid: UUID, name: null, city: ' ', keywords: [], industries: [''], employees_count: '' },
  ])
  assert.deepEqual(writes[0]!.values, {
    name: null,
    city: null,
    keywords: null,
    industries: null,
    employees_count: null,
  })
})

test('an unknown field is rejected by name, with the nearest known one', () => {
  const { writes, rejected } = parseRecords('contact', [{ first_nam: 'John', email: 'j@x.com' }, { email: 'k@x.com' }])
  assert.equal(writes[0], null)
  assert.notEqual(writes[1], null)
  assert.deepEqual(codes(rejected), [[0, 'first_nam', 'ERR_UNKNOWN_FIELD']])
  assert.match(rejected[0]!.message, /first_name/)
})

test('keys of a response that a client cannot set are ignored', () => {
  const read = { id: 7, created_at: 'x', updated_at: null, cursor: ['a'], company: { name: 'Acme' }, email: 'j@x.com' }
  const { writes, rejected } = parseRecords('contact', [read])
  assert.deepEqual(rejected, [])
  assert.deepEqual(writes[0]!.values, { email: 'j@x.com' })
})

test('properties that every object inherits are unknown fields', () => {
  const hostile = JSON.parse('{"name":"Acme","__proto__":{"city":"x"},"constructor":1,"toString":null}')
  const { rejected } = parseRecords('company', [hostile])
  assert.deepEqual(
    rejected.map(problem => problem.field),
    ['__proto__', 'constructor', 'toString'],
  )
})

test('a record must be an object', () => {
  const { writes, rejected } = parseRecords('company', [null, 'Acme', 5, ['Acme'], { name: 'Acme' }])
  assert.deepEqual(
    writes.map(write => write === null),
    [true, true, true, true, false],
  )
  assert.deepEqual(
    codes(rejected),
    [0, 1, 2, 3].map(index => [index, null, 'ERR_INVALID_VALUE']),
  )
})

test('a record without an identity is an error', () => {
  const { rejected } = parseRecords('contact', [{ title: 'CEO' }, { first_name: '--' }, {}])
  assert.deepEqual(
    codes(rejected),
    [0, 1, 2].map(index => [index, null, 'ERR_MISSING_IDENTITY']),
  )
})

test('an ignored value is a warning, keeps the stored value and is not part of the identity', () => {
  const { writes, rejected, warnings } = parseRecords('contact', [
    { first_name: 'A', email: 'nobody' },
    { email: 'nobody' },
  ])
  assert.deepEqual(writes[0]!.values, { first_name: 'A' })
  assert.deepEqual(codes(warnings), [
    [0, 'email', 'ERR_INVALID_VALUE'],
    [0, 'first_name', 'ERR_WEAK_IDENTITY'],
    [1, 'email', 'ERR_INVALID_VALUE'],
  ])
  assert.deepEqual(codes(rejected), [[1, null, 'ERR_MISSING_IDENTITY']])
})

test('a record that is far too long is refused before its values are cleaned, and says which value is the longest', () => {
  const long = Object.fromEntries(
    ['address', 'city', 'state', 'name', 'country', 'website'].map(name => [name, ' '.repeat(90_000)]),
  )
  const { rejected } = parseRecords('company', [
    { ...long, keywords: ['x'.repeat(95_000)] },
    { ...long, name: 'Acme' },
  ])
  assert.deepEqual(codes(rejected), [[0, 'keywords', 'ERR_VALUE_TOO_LONG']])
  const { problems } = parseRow({ email: 'a@b.co', company_address: 'x'.repeat(600_000) }, 5)
  assert.deepEqual(codes(problems), [[5, 'company_address', 'ERR_VALUE_TOO_LONG']])
})

test('the limits of the fields keep a record within its own limit', () => {
  const bytesOf = ({ kind, maxBytes }: Field) => (kind === 'list' ? MAX_LIST_BYTES : maxBytes)
  for (const service of SERVICES)
    assert.ok(FIELDS[service].reduce((sum, field) => sum + bytesOf(field), 0) <= MAX_RECORD_BYTES, service)
})

test('company_id must be a UUID', () => {
  const { writes, rejected } = parseRecords('contact', [
    { email: 'j@x.com', company_id: 'acme' },
    { email: 'k@x.com', company_id: UUID.toUpperCase() },
  ])
  assert.deepEqual(codes(rejected), [[0, 'company_id', 'ERR_INVALID_UUID']])
  assert.equal(writes[1]!.values.company_id, UUID)
})

test('further phones fill absent phone fields, but not those that the record clears', () => {
  const { writes, warnings } = parseRecords('contact', [
    { email: 'a@b.co', other_phone: '+4930901820; +4930901821', mobile_phone: null },
  ])
  assert.deepEqual(warnings, [])
  assert.deepEqual(writes[0]!.values, {
    email: 'a@b.co',
    mobile_phone: null,
    work_direct_phone: '+4930901821',
    other_phone: '+4930901820',
  })
})

test("a phone is read as one of its record's country, in any order of the fields", () => {
  const { writes } = parseRecords('company', [
    { phone_number: '(415) 555-0100', name: 'Acme', country: 'United States' },
  ])
  assert.deepEqual(writes[0]!.values, { phone_number: '+14155550100', name: 'Acme', country: 'United States' })
})
