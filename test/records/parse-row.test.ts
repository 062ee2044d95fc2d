import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../../src/fields.ts'
import { uuid5 } from '../../src/records/parse/identity.ts'
import { parseFieldCells, parseRow } from '../../src/records/parse/parse-row.ts'
import { FIELD_KEYS, rowKeys } from '../../src/records/parse/row-keys.ts'

function parseFieldRow(service: Service, row: Readonly<Record<string, string>>, index: number) {
  return parseFieldCells(
    service,
    FIELD_KEYS[service].map(key => row[key]),
    index,
  )
}

const UUID = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890'

test('a row describes a company and a contact that belongs to it', () => {
  const { company, contact, problems, warnings } = parseRow(
    {
      company: 'Acme Corporation',
      company_linkedin_url: 'https://linkedin.com/company/acme-corp',
      email: 'john.doe@acme.com',
      first_name: 'John',
      last_name: 'Doe',
      title: 'Senior Software Engineer',
      departments: 'Engineering, Product',
      employees: '500',
      industry: 'Technology, Software',
      company_city: 'San Francisco',
      company_state: 'California',
      company_country: 'United States',
      mobile_phone: '+1-555-123-4567',
      person_linkedin_url: 'https://linkedin.com/in/johndoe',
    },
    0,
  )
  assert.deepEqual([problems, warnings], [[], []])
  const companyUuid = uuid5('acme corporationhttps://linkedin.com/company/acme-corp')
  assert.deepEqual(company, {
    uuid: companyUuid,
    emailDomain: 'acme.com',
    values: {
      name: 'Acme Corporation',
      employees_count: 500,
      industries: ['Technology', 'Software'],
      city: 'San Francisco',
      state: 'California',
      country: 'United States',
      linkedin_url: 'https://linkedin.com/company/acme-corp',
    },
  })
  assert.deepEqual(contact, {
    uuid: uuid5('johndoehttps://linkedin.com/in/johndoe'),
    values: {
      first_name: 'John',
      last_name: 'Doe',
      company_id: companyUuid,
      email: 'john.doe@acme.com',
      title: 'Senior Software Engineer',
      departments: ['Engineering', 'Product'],
      linkedin_url: 'https://linkedin.com/in/johndoe',
      mobile_phone: '+15551234567',
    },
  })
})

test('an empty or null cell keeps the stored value, and unknown columns are ignored', () => {
  const { company, contact } = parseRow(
    { company: 'Acme', website: '', employees: null, email: ' ', shoe_size: 45, name: 'x', uuid: UUID },
    0,
  )
  assert.deepEqual(company, { uuid: uuid5('acme'), values: { name: 'Acme' } })
  assert.equal(contact, null)
})

test('a company needs a name, a LinkedIn URL, a website or a domain', () => {
  assert.equal(
    parseRow({ company_city: 'Berlin', employees: '5', industry: 'Software', email: 'a@acme.com' }, 0).company,
    null,
  )
  for (const row of [
    { company: 'Acme' },
    { company_linkedin_url: 'linkedin.com/company/acme' },
    { website: 'acme.com' },
    { company_domain: 'acme.com' },
  ])
    assert.notEqual(parseRow(row, 0).company, null)
})

test('a contact needs a name, an e-mail or a LinkedIn URL of a person', () => {
  assert.equal(
    parseRow({ company: 'Acme', title: 'CEO', city: 'Berlin', mobile_phone: '+4930901820' }, 0).contact,
    null,
  )
  for (const row of [
    { first_name: 'A' },
    { last_name: 'B' },
    { email: 'a@b.com' },
    { person_linkedin_url: 'linkedin.com/in/a' },
  ])
    assert.notEqual(parseRow(row, 0).contact, null)
})

test('a row without a company or a contact is an error', () => {
  for (const row of [{}, { title: 'CEO' }, { company: '  ' }, { company: '-' }, { email: 'nobody' }]) {
    const { problems } = parseRow(row, 3)
    assert.deepEqual(
      problems.map(problem => [problem.index, problem.code]),
      [[3, 'ERR_MISSING_IDENTITY']],
    )
  }
})

test("a company without a readable name does not reject the row's contact", () => {
  assert.equal(parseRow({ company: 'Acme', first_name: '-', person_linkedin_url: '?' }, 0).contact, null)
  const { company, contact, problems, warnings } = parseRow({ company: '-', email: 'a@b.com' }, 0)
  assert.deepEqual([company, problems], [null, []])
  assert.equal(contact!.uuid, uuid5('a@b.com'))
  assert.deepEqual(
    warnings.map(({ field, code }) => [field, code]),
    [['company', 'ERR_PLACEHOLDER']],
  )
  const marks = parseRow({ company: '!!!', email: 'a@b.com' }, 0)
  assert.deepEqual([marks.company, marks.warnings.map(({ code }) => code)], [null, ['ERR_MISSING_IDENTITY']])
})

test("a contact without e-mail and LinkedIn URL is told apart by its company_id, else by the row's company", () => {
  const row = { first_name: 'Ann', last_name: 'Lee', title: 'CEO' }
  const of = (more: Readonly<Record<string, string>>) => parseRow({ ...row, ...more }, 4)
  const acme = of({ company: 'Acme', website: 'acme.com', mobile_phone: '+14155550100' })
  assert.equal(acme.contact!.uuid, uuid5(`annlee${uuid5('acmeacme.com')}`))
  assert.equal(of({ company: 'Acme', website: 'acme.com', company_id: UUID }).contact!.uuid, uuid5(`annlee${UUID}`))
  assert.equal(of({ mobile_phone: '+14155550100' }).contact!.uuid, uuid5('annlee14155550100'))
  assert.deepEqual(acme.warnings, [])
  const withoutPhone = of({ mobile_phone: '4.15E+09', home_phone: '+4930901820' })
  assert.equal(withoutPhone.contact!.uuid, uuid5('annlee4930901820'))
  assert.deepEqual(
    withoutPhone.warnings.map(({ field, code }) => [field, code]),
    [['mobile_phone', 'ERR_INVALID_VALUE']],
  )
  const weak = (more: Readonly<Record<string, string>>) =>
    of(more).warnings.map(({ index, field, code }) => [index, field, code])
  assert.deepEqual(weak({}), [[4, 'first_name', 'ERR_WEAK_IDENTITY']])
  assert.deepEqual(weak({ company: 'Acme' }), [[4, 'company', 'ERR_WEAK_IDENTITY']])
})

test('company_id names the company of the contact, whether or not the row describes it', () => {
  const { company, contact } = parseRow({ company: 'Acme', email: 'a@b.com', company_id: UUID }, 0)
  assert.equal(contact!.values.company_id, UUID)
  assert.deepEqual(company, { uuid: uuid5('acme'), values: { name: 'Acme' } })
  assert.equal(parseRow({ email: 'a@b.com', company_id: UUID }, 0).contact!.values.company_id, UUID)
  assert.equal(parseRow({ email: 'a@b.com', company_id: 'acme' }, 0).problems[0]!.code, 'ERR_INVALID_UUID')
})

test("the domain of an e-mail fills the company's, unless it is a public provider's, and is not part of the identity", () => {
  const domainOf = (email: string) => parseRow({ company: 'Acme', email }, 0).company!.emailDomain
  assert.equal(domainOf('john@mail.acme.co.uk'), 'acme.co.uk')
  for (const email of [
    'j@gmail.com',
    'j@yahoo.co.uk',
    'j@hotmail.fr',
    'j@web.de',
    'j@qq.com',
    'j@icloud.com',
    'j@proton.me',
  ])
    assert.equal(domainOf(email), undefined)
  assert.equal(parseRow({ company: 'Acme', email: 'j@acme.com' }, 0).company!.uuid, uuid5('acme'))
})

test('a bad number is a warning, but a value that is too long rejects the row', () => {
  const bad = parseRow({ company: 'Acme', employees: '-5', annual_revenue: '10-50', total_funding: true }, 2)
  assert.deepEqual(bad.company!.values, { name: 'Acme' })
  assert.deepEqual(
    bad.warnings.map(({ index, field, code }) => [index, field, code]),
    [
      ...['employees', 'annual_revenue', 'total_funding'].map(field => [2, field, 'ERR_INVALID_VALUE']),
      [2, 'company', 'ERR_WEAK_IDENTITY'],
    ],
  )
  const long = parseRow({ company: 'Acme', email: 'a@b.com', title: 'x'.repeat(2001) }, 2)
  assert.deepEqual([long.company, long.contact, long.warnings], [null, null, []])
  assert.deepEqual(
    long.problems.map(({ index, field, code }) => [index, field, code]),
    [[2, 'title', 'ERR_VALUE_TOO_LONG']],
  )
})

test('cells may be strings, numbers and arrays', () => {
  const { company } = parseRow({ company: 365, employees: 12.6, keywords: ['a, b', 5], industry: 'x, y' }, 0)
  assert.deepEqual(company!.values, {
    name: '365',
    employees_count: 13,
    keywords: ['a, b', '5'],
    industries: ['x', 'y'],
  })
})

test("each phone is read as one of the person's or the company's country", () => {
  const { company, contact } = parseRow(
    {
      company: 'Acme',
      company_country: 'US',
      company_phone: '415 555 0100',
      email: 'a@b.com',
      country: 'Germany',
      mobile_phone: '030 901820',
      home_phone: '030 901820 x5',
    },
    0,
  )
  assert.equal(company!.values.phone_number, '+14155550100')
  assert.equal(contact!.values.mobile_phone, '+4930901820')
  assert.equal(contact!.values.home_phone, '+4930901820 ext. 5')
})

test('further phones of a cell fill the empty phone fields of the record, and those without a place are reported', () => {
  const read = (row: Readonly<Record<string, string>>) => {
    const { contact, warnings } = parseRow({ email: 'a@b.com', country: 'Germany', ...row }, 0)
    const { mobile_phone, work_direct_phone, home_phone, other_phone } = contact!.values
    return [
      [mobile_phone, work_direct_phone, home_phone, other_phone],
      warnings.map(({ field, message }) => [field, message]),
    ]
  }
  const [a, b, c, d, e] = ['+4930901820', '+4930901821', '+4930901822', '+4930901823', '+4930901824']
  assert.deepEqual(read({ mobile_phone: `${a} / ${b}` }), [[a, b, undefined, undefined], []])
  assert.deepEqual(read({ other_phone: `${a}; ${b}` }), [[b, undefined, undefined, a], []])
  assert.deepEqual(read({ home_phone: `${a}, ${b}`, mobile_phone: c }), [[c, b, a, undefined], []])
  assert.deepEqual(read({ mobile_phone: `${a} | ${b}`, work_direct_phone: `${c} or ${d}` }), [[a, c, b, d], []])
  assert.deepEqual(read({ mobile_phone: `${a} / ${b}`, home_phone: b }), [[a, undefined, b, undefined], []])
  assert.deepEqual(read({ mobile_phone: `${a};${b};${c};${d};${e}` }), [
    [a, b, c, d],
    [
      [
        'mobile_phone',
        `mobile_phone has more than one number, and no phone field is left for "${e}"; it is not stored`,
      ],
    ],
  ])
  assert.deepEqual(read({ mobile_phone: '030-123456 / 123457' }), [
    ['+4930123456', '123457', undefined, undefined],
    [
      [
        'mobile_phone',
        'mobile_phone "030-123456 / 123457" has more than one value: "123457" is not a valid phone number',
      ],
    ],
  ])
  const { company, warnings } = parseRow({ company: 'Acme', company_phone: `${a} / ${b}` }, 0)
  assert.equal(company!.values.phone_number, a)
  assert.deepEqual(
    warnings.map(({ field, code }) => [field, code]),
    [
      ['company_phone', 'ERR_INVALID_VALUE'],
      ['company', 'ERR_WEAK_IDENTITY'],
    ],
  )
})

test('a column of a file may scale its numbers', () => {
  const { company } = parseRow({ company: 'Acme', annual_revenue: '1,200' }, 0, {
    file: true,
    scales: new Map([['annual_revenue', 1000]]),
  })
  assert.equal(company!.values.annual_revenue, 1200000)
})

test('the row keys are those that are documented', () => {
  assert.equal(rowKeys().get('person_website')!.name, 'website')
  assert.equal(rowKeys().get('industry')!.name, 'industries')
  assert.equal(rowKeys().has('uuid'), false)
})

test('a row of our own export is read by field names, including its uuid', () => {
  const { contact, company } = parseFieldRow(
    'contact',
    {
      uuid: UUID,
      first_name: 'john',
      company_id: UUID,
      departments: 'R&D; Ops',
      title: 'CEO ::: CTO',
      website: 'x.com',
      city: '',
      created_at: 'x',
    },
    0,
  )
  assert.equal(company, null)
  const said = Object.entries(contact!.values).filter(([, value]) => value !== undefined)
  assert.deepEqual(Object.fromEntries(said), {
    first_name: 'john',
    company_id: UUID,
    departments: ['R&D; Ops'],
    title: 'CEO ::: CTO',
    website: 'x.com',
  })
  assert.equal(contact!.uuid, UUID)
  assert.equal(parseFieldRow('company', { uuid: 'x', name: 'Acme' }, 0).problems[0]!.code, 'ERR_INVALID_UUID')
  assert.equal(parseFieldRow('company', { name: 'Acme' }, 0).company!.uuid, uuid5('acme'))
})
