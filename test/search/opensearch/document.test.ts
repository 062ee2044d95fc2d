import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentOf } from '../../../src/search/opensearch/document.ts'
import { indexOf } from '../../../src/search/opensearch/mapping.ts'

const uuid = 'aaaaaaaa-0000-4000-8000-000000000000'

test('the document of a company has folded values, their words, and the items of lists apart', () => {
  const record = {
    uuid,
    name: 'Straße & Söhne',
    industries: ['Computer Software', 'SOFTWARE', 'Software', '&'],
    employees_count: 0,
    created_at: 1705276800000,
    city: 'Köln',
    country: 'germany',
    address: null,
    phone_number: '+49 (0)30 901820 ext. 7',
  }
  assert.deepEqual(documentOf('company', { record, company: null }), {
    uuid: { exact: uuid },
    created_at: 1705276800000,
    name: { exact: 'strasse & sohne', words: 'strasse sohne' },
    employees_count: 0,
    industries: { exact: ['computer software', 'software', '&'], words: ['computer software', 'software'] },
    city: { exact: 'koln', words: 'koln', spelled: true },
    country: { exact: 'germany', words: 'germany' },
    phone_number: {
      exact: '+49 (0)30 901820 ext. 7',
      words: '49 0 30 901820 ext 7 4930901820',
      digits: '4930901820',
      national: ['4930901820', '30901820'],
    },
  })
})

test('the document of a contact has its full name, and the fields of its company by their names in queries', () => {
  const record = { uuid, first_name: 'José', last_name: 'del río', company_id: uuid }
  const company = { uuid, name: 'Acme', company_name_for_emails: 'Acme', employees_count: 5, created_at: 1 }
  assert.deepEqual(documentOf('contact', { record, company }), {
    uuid: { exact: uuid },
    first_name: { exact: 'jose', words: 'jose', spelled: true },
    last_name: { exact: 'del rio', words: 'del rio' },
    company_id: { exact: uuid },
    company_name: { exact: 'acme', words: 'acme' },
    company_name_for_emails: { exact: 'acme', words: 'acme' },
    company_employees_count: 5,
    full_name: { words: 'jose del rio' },
  })
})

test('a value without words is indexed as a whole only', () => {
  assert.deepEqual(documentOf('contact', { record: { uuid, title: '%' }, company: null }), {
    uuid: { exact: uuid },
    title: { exact: '%' },
  })
})

test('every part of a document is in the mapping', () => {
  const { mappings } = indexOf('contact', 3) as { mappings: { properties: Record<string, Mapping> } }
  const record = {
    uuid,
    first_name: 'A b',
    email: 'a@b.co',
    departments: ['x'],
    mobile_phone: '+14155550100',
    created_at: 1,
  }
  const company = {
    uuid,
    name: 'Acme',
    city: 'Rome',
    keywords: ['x'],
    phone_number: '+14155550100',
    employees_count: 1,
  }
  for (const [name, value] of Object.entries(documentOf('contact', { record, company }))) {
    const mapping = mappings.properties[name]
    assert.ok(mapping, name)
    if (typeof value === 'number') assert.equal(mapping.type, 'long')
    else for (const part of Object.keys(value)) assert.ok(mapping.properties?.[part], `${name}.${part}`)
  }
})

interface Mapping {
  readonly type?: string
  readonly properties?: Record<string, unknown>
}
