import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { identityOf, uuid5 } from '../../src/records/parse/identity.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import type { Values } from '../../src/records/record.ts'
import { anyText } from '../helpers/any-text.ts'

function companyUuid(values: Values): string | null {
  return identityOf('company', values)?.uuid ?? null
}

function contactUuid(values: Values): string | null {
  return identityOf('contact', values)?.uuid ?? null
}

// Computed with Python: uuid.uuid5(uuid.NAMESPACE_URL, …)
const ACME = '8304fdc9-a598-5900-909b-f5175893b7c4'

test('the identity of a company is its name and LinkedIn URL', () => {
  assert.equal(uuid5('acme corporationhttps://linkedin.com/company/acme-corp'), ACME)
  assert.equal(companyUuid({ name: 'Acme Corporation', linkedin_url: 'https://linkedin.com/company/acme-corp' }), ACME)
})

test('case, white space and surrounding punctuation do not matter', () => {
  for (const name of ['  ACME\tCorporation ', '"Acme Corporation"', '→ Acme Corporation!', 'ACME CORPORATION.'])
    assert.equal(companyUuid({ name, linkedin_url: 'HTTPS://LinkedIn.com/company/acme-corp/' }), ACME, name)
  assert.notEqual(
    companyUuid({ name: 'Acme-Corporation', linkedin_url: 'https://linkedin.com/company/acme-corp' }),
    ACME,
  )
})

test('the identity of a contact is its names and LinkedIn URL, without separators', () => {
  assert.equal(
    contactUuid({
      first_name: 'John',
      last_name: 'Doe',
      linkedin_url: 'https://linkedin.com/in/johndoe',
      email: 'j@x.com',
    }),
    JOHN,
  )
  assert.equal(contactUuid({ first_name: 'Ἀλέξανδρος', last_name: 'ΠΑΠΑΔΟΠΟΥΛΟΣ' }), GREEK)
  assert.equal(
    contactUuid({ first_name: '王', last_name: '小明', linkedin_url: 'https://linkedin.com/in/王' }),
    CHINESE,
  )
})

const JOHN = '6aa7dce4-330b-52d2-b4c5-605eb4e65a23'
const GREEK = '1031e42f-cdd0-555a-ac87-0bb5b391c4bb'
const CHINESE = '7a5547e2-7cbd-5b6f-b30e-84d8fa574c57'

test('without a LinkedIn URL, the e-mail or the domain of the website or the domain column is used', () => {
  assert.equal(
    contactUuid({ first_name: 'John', last_name: 'Doe', email: 'john@acme.com' }),
    uuid5('johndoejohn@acme.com'),
  )
  assert.equal(companyUuid({ name: 'Acme', website: 'https://www.acme.com/about' }), uuid5('acmeacme.com'))
  assert.equal(companyUuid({ name: 'Acme', normalized_domain: 'acme.com' }), uuid5('acmeacme.com'))
  assert.equal(
    companyUuid({ name: 'Acme', website: 'https://acme.com', normalized_domain: 'other.com' }),
    uuid5('acmeacme.com'),
  )
  assert.equal(companyUuid({ name: 'Acme' }), uuid5('acme'))
  assert.equal(
    companyUuid({ name: 'Acme', website: 'https://acme.com', linkedin_url: 'linkedin.com/company/acme' }),
    uuid5('acmelinkedin.com/company/acme'),
  )
})

const BOSS = { first_name: 'Ann', last_name: 'Lee' }
const ACME_ID = 'A1B2C3D4-e5f6-7890-abcd-ef1234567890'

test('without a LinkedIn URL and an e-mail, the company or else the first phone in E.164 is used', () => {
  const phones = { mobile_phone: '030 1', work_direct_phone: '+4930901820', other_phone: '+14155550100' }
  assert.equal(contactUuid({ ...BOSS, company_id: ACME_ID, ...phones }), uuid5(`annlee${ACME_ID.toLowerCase()}`))
  assert.deepEqual(identityOf('contact', BOSS, ACME_ID.toLowerCase()), {
    uuid: contactUuid({ ...BOSS, company_id: ACME_ID }),
    isWeak: false,
  })
  assert.equal(contactUuid({ ...BOSS, ...phones }), uuid5('annlee4930901820'))
  assert.equal(contactUuid({ ...BOSS, other_phone: '+14155550100' }), uuid5('annlee14155550100'))
  assert.equal(contactUuid({ mobile_phone: '+14155550100' }), uuid5('14155550100'))
  assert.equal(contactUuid({ ...BOSS, mobile_phone: '030 1' }), uuid5('annlee'))
  assert.equal(contactUuid({ ...BOSS, mobile_phone: '+14155550100 ext. 5' }), uuid5('annlee14155550100'))
  assert.equal(contactUuid({ ...BOSS, ...phones, company_id: ACME_ID, email: 'a@b.co' }), uuid5('annleea@b.co'))
})

test('a record that nothing but its name identifies is stored with a warning', () => {
  const company = ACME_ID.toLowerCase()
  const weak = parseRecords('contact', [
    BOSS,
    { last_name: 'Lee', mobile_phone: '030 1' },
    { company_id: company, title: 'CEO' },
    { ...BOSS, uuid: company },
    { ...BOSS, email: 'a@b.co' },
    { ...BOSS, company_id: company },
    { ...BOSS, mobile_phone: '+14155550100' },
  ])
  assert.equal(weak.writes.filter(write => write !== null).length, 7)
  assert.deepEqual(
    weak.warnings.map(({ index, field, code }) => [index, field, code]),
    [
      [0, 'first_name', 'ERR_WEAK_IDENTITY'],
      [1, 'mobile_phone', 'ERR_INVALID_VALUE'],
      [1, 'last_name', 'ERR_WEAK_IDENTITY'],
      [2, null, 'ERR_WEAK_IDENTITY'],
    ],
  )
  const { warnings } = parseRecords('company', [{ name: 'Acme' }, { name: 'Acme', website: 'acme.com' }])
  assert.deepEqual(
    warnings.map(({ index, field, code }) => [index, field, code]),
    [[0, 'name', 'ERR_WEAK_IDENTITY']],
  )
})

test('a record without letters and digits has no identity', () => {
  assert.equal(companyUuid({ name: '?!' }), null)
  assert.equal(contactUuid({ first_name: '', title: 'CEO' }), null)
  assert.equal(contactUuid({}), null)
})

test('long names are hashed like short ones', () => {
  assert.equal(uuid5('x'.repeat(5000)), LONG)
})

const LONG = '49c95a22-2bd9-5a87-b7a6-e504427ec696'

test('a record that is read and sent back has the same identity', () => {
  const name = fc.oneof(fc.string({ unit: 'grapheme' }), anyText())
  fc.assert(
    fc.property(name, name, fc.webUrl(), (first_name, last_name, linkedin_url) => {
      const [sent] = parseRecords('contact', [{ first_name, last_name, linkedin_url }]).writes
      const [back] = parseRecords('contact', [sent!.values]).writes
      assert.equal(back!.uuid, sent!.uuid)
      assert.deepEqual(back!.values, sent!.values)
    }),
    { numRuns: 1000 },
  )
})
