import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { durationText, type Grant, signGrant, verifyGrant } from '../../src/files/signing.ts'

const secret = randomBytes(32)
const grant: Grant = { method: 'PUT', key: 'uploads/a_contacts.csv', expires: 2_000_000_000, maxBytes: 1000 }
const before = 1_999_999_999_000

function signedQuery(of: Grant = grant, by: Buffer = secret): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(signGrant(by, of)))
}

const refused = { code: 'ERR_FORBIDDEN' }

test('a signed URL grants its method on its key up to its size limit', () => {
  assert.deepEqual(verifyGrant(secret, 'PUT', grant.key, signedQuery(), before), grant)
})

test('a signature is not valid for another method, key, expiry or size limit', () => {
  const query = signedQuery()
  assert.throws(() => verifyGrant(secret, 'GET', grant.key, query, before), refused)
  assert.throws(() => verifyGrant(secret, 'PUT', 'uploads/b_contacts.csv', query, before), refused)
  assert.throws(() => verifyGrant(secret, 'PUT', grant.key, { ...query, expires: '2000000001' }, before), refused)
  assert.throws(() => verifyGrant(secret, 'PUT', grant.key, { ...query, max_bytes: '1001' }, before), refused)
})

test('a changed, missing or repeated signature is rejected', () => {
  const query = signedQuery()
  const changed = (query.signature!.startsWith('A') ? 'B' : 'A') + query.signature!.slice(1)
  for (const signature of [changed, '', query.signature!.slice(1), [query.signature, query.signature], undefined])
    assert.throws(() => verifyGrant(secret, 'PUT', grant.key, { ...query, signature }, before), refused)
  assert.throws(() => verifyGrant(secret, 'PUT', grant.key, {}, before), refused)
})

test('the signature of another installation is rejected', () => {
  assert.throws(() => verifyGrant(secret, 'PUT', grant.key, signedQuery(grant, randomBytes(32)), before), refused)
})

test('a URL is rejected from the second it expires', () => {
  assert.throws(() => verifyGrant(secret, 'PUT', grant.key, signedQuery(), grant.expires * 1000), refused)
})

test('another spelling of a signed number is rejected', () => {
  for (const expires of ['02000000000', '2e9', ' 2000000000', '2000000000.0'])
    assert.throws(() => verifyGrant(secret, 'PUT', grant.key, { ...signedQuery(), expires }, before), refused)
})

test('a duration is written in hours, minutes and seconds', () => {
  assert.equal(durationText(86_400), '24h0m0s')
  assert.equal(durationText(3_725), '1h2m5s')
})
