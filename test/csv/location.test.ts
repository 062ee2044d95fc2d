/** Locations, and the cells of rows without a person or a company. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keysOf } from '../../src/csv/columns.ts'
import { splitLocation } from '../../src/csv/compound.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { rowReader } from '../../src/csv/row.ts'
import { parseRow } from '../../src/records/parse/parse-row.ts'

test('a location is split as far as its parts are known', () => {
  /** street | postal code | city | state | country */
  const PLACES: Readonly<Record<string, string>> = {
    Germany: '||||Germany',
    Deutschland: '||||Deutschland',
    'United States': '||||United States',
    USA: '||||USA',
    Texas: '|||Texas|',
    'Austin, Texas': '||Austin|Texas|',
    'Austin, TX': '||Austin|TX|',
    'Milano, MI': '||Milano|MI|',
    'Berlin, Germany': '||Berlin||Germany',
    'Berlin, Deutschland': '||Berlin||Deutschland',
    'Paris, France': '||Paris||France',
    'Atlanta, Georgia': '||Atlanta|Georgia|',
    'Tbilisi, Tbilisi, Georgia': '||Tbilisi|Tbilisi|Georgia',
    'California, United States': '|||California|United States',
    'TX, USA': '|||TX|USA',
    'England, United Kingdom': '|||England|United Kingdom',
    'New York, United States': '||New York||United States',
    'Singapore, Singapore': '||Singapore||Singapore',
    '10115 Berlin, Germany': '|10115|Berlin||Germany',
    'San Francisco, California, United States': '||San Francisco|California|United States',
    'Austin, TX, US': '||Austin|TX|US',
    'Berlin, Berlin, Germany': '||Berlin|Berlin|Germany',
    '1 Main St, Austin, USA': '1 Main St||Austin||USA',
    'Hauptstr. 5, 10115 Berlin, Germany': 'Hauptstr. 5|10115|Berlin||Germany',
    '1 Main St, Austin, Texas, United States': '1 Main St||Austin|Texas|United States',
    '1 Main St, Austin, TX 78701, USA': '1 Main St|78701|Austin|TX|USA',
    '1 Main St, Suite 5, Austin, TX 78701, USA': '1 Main St, Suite 5|78701|Austin|TX|USA',
    '1 Main St, Austin, TX 78701': '1 Main St|78701|Austin|TX|',
    '1 Main St, Austin, TX, 78701, USA': '1 Main St|78701|Austin|TX|USA',
    'Greater Manchester, Manchester, England, United Kingdom': 'Greater Manchester||Manchester|England|United Kingdom',
    'Austin, TX 78701': '|78701|Austin|TX|',
    'London, SW1A 1AA': '|SW1A 1AA|London||',
    'Berlin, 10115': '|10115|Berlin||',
    'West Falls Church, Virginia[2]': '||West Falls Church|Virginia|',
    '10 Downing St, London SW1A 2AA, UK': '10 Downing St|SW1A 2AA|London||UK',
    'London SW1A 2AA, UK': '|SW1A 2AA|London||UK',
    'Hauptstr. 5, Germany': 'Hauptstr. 5||||Germany',
    '1 Main St, Austin': '1 Main St||Austin||',
    'Toronto, ON, CA': '||Toronto|ON|CA',
    'Mumbai, Maharashtra, IN': '||Mumbai|Maharashtra|IN',
    '1 King St, Toronto, ON, CA': '1 King St||Toronto|ON|CA',
    '1 King St, Toronto, ON M5V 2T6, CA': '1 King St|ON M5V 2T6|Toronto||CA',
    'Hauptstr. 5, 10115 Berlin, DE': 'Hauptstr. 5|10115|Berlin||DE',
    '1 Main St, Los Angeles, CA 90012': '1 Main St|90012|Los Angeles|CA|',
    '1 Main St, Los Angeles, California': '1 Main St||Los Angeles|California|',
    // The state, or the country of the same code or name.
    '1 Main St, Los Angeles, CA': '',
    '1 Main St, Suite 5, Boston, MA': '',
    '1 Main St, Los Angeles 90012, CA': '',
    '12 MG Road, Bangalore, IN': '',
    'Hauptstr. 5, Berlin, DE': '',
    '1 Main St, Atlanta, Georgia': '',
    '29 Palms, CA': '',
    'Sydney NSW 2000, Australia': '',
    '1 George St, Sydney NSW 2000, Australia': '',
    'Austin, TX (HQ)': '',
    '1 Main St, Austin TX 78701': '',
    '10001, New York': '',
    // Unknown.
    Berlin: '',
    Georgia: '',
    'Greater Boston Area': '',
    'New York': '',
    Remote: '',
    'a, b, c': '',
    'a, b, c, d': '',
    'Austin, Travis County, Texas': '',
    ', Texas': '',
    'Texas,': '',
    '1, 2, 3, 4, 5, 6, 7, USA': '',
  }
  for (const [text, expected] of Object.entries(PLACES)) {
    const place = splitLocation(text)
    const found = place && [place.street, place.postalCode, place.city, place.state, place.country]
    assert.equal(found?.map(part => part ?? '').join('|') ?? '', expected, text)
  }
})

/** The values of a row and its warnings, as `field: what`. */
function read(cells: Readonly<Record<string, string>>) {
  const meaning = readHeader(Object.keys(cells))
  const row = rowReader(meaning)(Object.values(cells))!
  const keys = keysOf(meaning)
  const values = Object.fromEntries(
    row.values.flatMap((value, at) => (value === undefined ? [] : [[keys[at]!, value]])),
  )
  return { values, warnings: (row.warnings ?? []).map(({ message }) => message), dropped: row.dropped ?? [] }
}

test('a location that is not stored is reported', () => {
  const person = (location: string, more: Readonly<Record<string, string>> = {}) =>
    read({ Email: 'a@x.co', Location: location, ...more })
  assert.deepEqual(person('Germany').warnings, [])
  assert.deepEqual(person('Greater Boston Area').warnings, [
    'location "Greater Boston Area" cannot be split into city, state and country with certainty; the value is ignored',
  ])
  assert.deepEqual(person('1 Main St, Austin, TX 78701, USA').warnings, [
    'location "1 Main St, 78701" has no field; the value is ignored',
  ])
  const two = person('Columbus, Ohio; Detroit, Michigan')
  assert.deepEqual(
    [two.values.city, two.values.state, two.warnings],
    ['Columbus', 'Ohio', ['location "Detroit, Michigan" is another location; the value is ignored']],
  )
  assert.deepEqual(person('Austin, Texas', { City: 'Austin' }).values.state, 'Texas')
  assert.deepEqual(person('Austin, Texas', { City: 'Dallas' }), {
    values: { email: 'a@x.co', location: 'Austin, Texas', city: 'Dallas' },
    warnings: ['location "Austin, Texas" is not the city, state and country of the row; the value is ignored'],
    dropped: [],
  })
  assert.deepEqual(person('Berlin', { City: 'berlin' }).warnings, [])
  assert.deepEqual(person('Austin, Texas', { City: 'Austin', State: 'TX' }).warnings.length, 1)
  const company = read({ Company: 'Acme', HQ: '1 Main St, Austin, TX 78701, USA' })
  assert.deepEqual(
    [company.values.company_address, company.values.company_city, company.warnings],
    ['1 Main St, 78701', 'Austin', []],
  )
  const other = read({ Company: 'Acme', HQ: '1 Main St, Austin, TX, USA', 'Company Address': 'Box 7' })
  assert.deepEqual([other.values.company_address, other.warnings.length], ['Box 7', 1])
})

test('a full name is reported if it is not the first and last name of the row', () => {
  const name = (first: string, last: string, full: string) => {
    const { values, dropped, warnings } = read({ 'First Name': first, 'Last Name': last, 'Full Name': full })
    return [values.first_name, values.last_name, dropped.length, warnings.length]
  }
  assert.deepEqual(name('Ada', 'Byron', 'Ada A. Byron'), ['Ada', 'Byron', 0, 0])
  assert.deepEqual(name('Ada', 'Byron', 'Mary Smith'), ['Ada', 'Byron', 1, 0])
  assert.deepEqual(name('', '', 'Dr. Ada Byron'), ['Ada', 'Byron', 0, 1])
  const beside = read({ 'First Name': 'Ada', Name: 'Byron' })
  assert.deepEqual([beside.values.first_name, beside.values.last_name], ['Ada', 'Byron'])
})

test('a last name of the row is not repeated in the first name', () => {
  const NAMES: readonly (readonly [last: string, full: string, first: string | undefined])[] = [
    ['Byron', 'Ada Byron', 'Ada'],
    ['Byron', 'Byron', undefined],
    ['BYRON', 'Ada Byron', 'Ada'],
    ['Byron', 'Ada', 'Ada'],
    ['García López', 'María García López', 'María'],
    ['García López', 'García López, María', 'María'],
    ['King Byron', 'Ada King Byron', 'Ada'],
    ['van Beethoven', 'Ludwig van Beethoven', 'Ludwig'],
    ['Beethoven', 'Ludwig van Beethoven', 'Ludwig van'],
    ['Byron', 'Dr. Ada Byron, PhD', 'Ada'],
    ['Ott', 'Anna Knott', 'Anna'],
    ['Lee', 'Ann Lee ', 'Ann'],
  ]
  for (const [last, full, first] of NAMES) {
    const { values } = read({ 'First Name': '', 'Last Name': last, 'Full Name': full })
    assert.deepEqual([values.first_name, values.last_name], [first, last], full)
  }
})

/** Values of both records and warnings as `field code`. */
function parse(row: Readonly<Record<string, string>>) {
  const { company, contact, warnings, problems } = parseRow(row, 0)
  const reported = warnings.flatMap(({ field, code }) => (code === 'ERR_WEAK_IDENTITY' ? [] : [`${field} ${code}`]))
  return { company: company?.values, contact: contact?.values, warnings: reported, problems: problems.length }
}

test('phone and place of a row without a person belong to its company', () => {
  const acme = { company: 'Acme', company_domain: 'acme.com' }
  const { company, contact, warnings } = parse({
    ...acme,
    work_direct_phone: '030 901820',
    city: 'Berlin',
    country: 'Germany',
  })
  assert.deepEqual(company, {
    name: 'Acme',
    normalized_domain: 'acme.com',
    phone_number: '+4930901820',
    city: 'Berlin',
    country: 'Germany',
  })
  assert.deepEqual([contact, warnings], [undefined, []])
  const ROWS: readonly (readonly [
    Readonly<Record<string, string>>,
    Readonly<Record<string, string>>,
    readonly string[],
  ])[] = [
    [{ city: 'Rome', company_country: 'Italy' }, { country: 'Italy' }, ['city ERR_MISSING_IDENTITY']],
    [
      { work_direct_phone: '+14155550100', company_phone: '+14155550101' },
      { phone_number: '+14155550101' },
      ['work_direct_phone ERR_MISSING_IDENTITY'],
    ],
    [{ work_direct_phone: '0' }, {}, ['work_direct_phone ERR_INVALID_VALUE']],
    [{ work_direct_phone: 'n/a' }, {}, ['work_direct_phone ERR_PLACEHOLDER']],
    [{ title: 'CEO' }, {}, ['title ERR_MISSING_IDENTITY']],
    [{ mobile_phone: '+14155550100' }, {}, ['mobile_phone ERR_MISSING_IDENTITY']],
    [
      { seniority: 'c_suite', departments: 'Sales' },
      {},
      ['seniority ERR_MISSING_IDENTITY', 'departments ERR_MISSING_IDENTITY'],
    ],
    [{ email: 'nobody', city: 'Rome' }, { city: 'Rome' }, ['email ERR_INVALID_VALUE']],
    [{ first_name: '-', city: 'Rome' }, { city: 'Rome' }, ['first_name ERR_PLACEHOLDER']],
    [{ first_name: '!?', city: 'Rome' }, { city: 'Rome' }, ['null ERR_MISSING_IDENTITY']],
    [{ city: ' ', country: 'Italy' }, { country: 'Italy' }, []],
    [{ person_twitter_url: 'x.com/ada' }, {}, ['person_twitter_url ERR_MISSING_IDENTITY']],
  ]
  for (const [cells, more, reported] of ROWS) {
    const found = parse({ ...acme, ...cells })
    assert.deepEqual(found.company, { name: 'Acme', normalized_domain: 'acme.com', ...more }, JSON.stringify(cells))
    assert.deepEqual([...found.warnings].sort(), [...reported].sort(), JSON.stringify(cells))
  }
  // With a person they are the person's.
  const both = parse({ ...acme, first_name: 'Ada', city: 'Rome', work_direct_phone: '+14155550100' })
  assert.deepEqual([both.company!.city, both.contact!.city, both.company!.phone_number], [undefined, 'Rome', undefined])
})

test('values of a company that the row does not name are reported', () => {
  const ada = { first_name: 'Ada', email: 'ada@x.co' }
  const ROWS: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
    [{ employees: '5' }, ['employees ERR_MISSING_IDENTITY']],
    [
      { company_city: 'Rome', industry: 'Software' },
      ['industry ERR_MISSING_IDENTITY', 'company_city ERR_MISSING_IDENTITY'],
    ],
    [{ employees: 'many' }, ['employees ERR_INVALID_VALUE']],
    [{ company: '-' }, ['company ERR_PLACEHOLDER']],
    [{ company: '!?' }, ['null ERR_MISSING_IDENTITY']],
    [{ company: 'Acme', employees: '5' }, []],
    [{ employees: '' }, []],
  ]
  for (const [cells, reported] of ROWS) {
    const found = parse({ ...ada, ...cells })
    assert.equal(found.contact!.first_name, 'Ada')
    assert.deepEqual([...found.warnings].sort(), [...reported].sort(), JSON.stringify(cells))
  }
  assert.equal(parse({ employees: '5', title: 'CEO' }).problems, 1)
})
