import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { keysOf, precedenceExplainer } from '../../src/csv/columns.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { BEGINNING } from '../../src/csv/parse.ts'
import { rowReader } from '../../src/csv/row.ts'
import { noDamage } from '../../src/csv/text/repairs.ts'
import { recordReader } from '../../src/jobs/import/read-record.ts'
import { warningLister } from '../../src/jobs/import/warnings.ts'

/** Reads a row with these cells, given by header. Null if no cell has a value. */
function read(cells: Readonly<Record<string, string>>, headers: readonly string[] = Object.keys(cells)) {
  const meaning = readHeader(headers)
  const row = rowReader(meaning)(headers.map(header => cells[header] ?? ''))
  const keys = keysOf(meaning)
  return (
    row && Object.fromEntries(row.values.flatMap((value, place) => (value === undefined ? [] : [[keys[place], value]])))
  )
}

function headersOf(fixture: string): string[] {
  const text = readFileSync(new URL(`../fixtures/headers/${fixture}.csv`, import.meta.url), 'utf8')
  return text.trim().split('\n').at(-1)!.split(',')
}

test('of several columns of one field, the most specific non-blank one wins', () => {
  assert.deepEqual(read({ 'First Name': '', Title: 'Lead', 'Job Title': 'CTO' }), { title: 'CTO' })
  assert.deepEqual(read({ Email: 'b@x.com', 'Primary Email': 'a@x.com' }), { email: 'a@x.com' })
  assert.deepEqual(read({ 'Primary Email': ' ', Email: 'b@x.com' }), { email: 'b@x.com' })
  assert.deepEqual(read({ 'First Name': '', Title: 'Lead', 'Job Title': '' }), { title: 'Lead' })
})

test('a salutation is not read as a job title', () => {
  assert.deepEqual(read({ Title: 'Mrs', 'First Name': 'Ada' }), { first_name: 'Ada' })
  assert.deepEqual(read({ Title: 'Professor', 'First Name': 'Ada' }), { first_name: 'Ada', title: 'Professor' })
  const outlook = headersOf('outlook_2010')
  assert.deepEqual(read({ Title: 'Dr.', 'First Name': 'Ada' }, outlook), { first_name: 'Ada' })
  assert.deepEqual(read({ Title: 'Ms', 'First Name': 'Ada', 'Job Title': 'CTO' }, outlook), {
    first_name: 'Ada',
    title: 'CTO',
  })
})

test('city, state and country come from the same address', () => {
  const outlook = headersOf('outlook_2010')
  assert.deepEqual(read({ 'Business City': 'Paris', 'Home State': 'Texas', 'Home Country/Region': 'USA' }, outlook), {
    city: 'Paris',
  })
  assert.deepEqual(read({ 'Home State': 'Texas', 'Other City': 'Rome' }, outlook), { state: 'Texas' })
  const zoominfo = headersOf('zoominfo_contacts')
  assert.deepEqual(read({ 'Person City': 'Austin', Country: 'United States', 'Company City': 'Boston' }, zoominfo), {
    city: 'Austin',
    country: 'United States',
    company_city: 'Boston',
  })
})

test('the label of a phone decides which kind it is', () => {
  const google = headersOf('google_contacts_2024')
  const cells = {
    'Phone 1 - Label': 'Mobile',
    'Phone 1 - Value': '1 ::: 2',
    'Phone 2 - Label': 'Work Fax',
    'Phone 2 - Value': '3',
    'Phone 3 - Label': '* Work',
    'Phone 3 - Value': '4',
    'Phone 4 - Label': 'Main',
    'Phone 4 - Value': '5',
    'Website 1 - Label': 'Profile',
    'Website 1 - Value': 'https://ada.example',
  }
  assert.deepEqual(read(cells, google), {
    mobile_phone: '1 ::: 2',
    work_direct_phone: '4',
    other_phone: '5',
    person_website: 'https://ada.example',
  })
  assert.deepEqual(read({ 'Phone 1 - Value': '1' }, google), { work_direct_phone: '1' })
  const LABELS: Readonly<Record<string, string>> = {
    mobile_phone:
      'Mobile | * Mobile | Work Mobile | Cell | Mobil | Handy | Móvil | Celular | Portable | Cellulare | Mobiel | Gsm | Komórka',
    work_direct_phone:
      'Work | Office | Arbeit | Geschäftlich | Travail | Bureau | Trabajo | Trabalho | Lavoro | Werk | Arbete | Arbejde | Jobb | Praca',
    home_phone: 'Home | Privat | Domicile | Casa | Thuis | Hem | Hjem | Dom',
    other_phone: 'Main | Other | Google Voice | Sonstige',
    none: 'Fax | Work Fax | Home Fax | Pager | Telefax | Faks | Télécopie',
  }
  for (const [key, labels] of Object.entries(LABELS))
    for (const label of labels.split(' | '))
      assert.deepEqual(
        read({ 'First Name': 'Ada', 'Phone 1 - Label': label, 'Phone 1 - Value': '1' }),
        { first_name: 'Ada', ...(key !== 'none' && { [key]: '1' }) },
        label,
      )
})

test('a web address decides whose it is', () => {
  assert.deepEqual(read({ 'First Name': 'Ada', URL: 'https://www.linkedin.com' }), {
    first_name: 'Ada',
    person_linkedin_url: 'https://www.linkedin.com',
  })
  for (const path of ['school/mit', 'edu/mit-1', 'organization/1', 'company-beta/1'])
    assert.deepEqual(read({ 'First Name': 'Ada', URL: `https://www.linkedin.com/${path}` }), {
      first_name: 'Ada',
      company_linkedin_url: `https://www.linkedin.com/${path}`,
    })
  const profile = 'https://www.linkedin.com/in/ada'
  const company = 'https://www.linkedin.com/company/acme'
  assert.deepEqual(read({ 'First Name': 'Ada', URL: profile }), { first_name: 'Ada', person_linkedin_url: profile })
  assert.deepEqual(read({ 'First Name': 'Ada', LinkedIn: company }), {
    first_name: 'Ada',
    company_linkedin_url: company,
  })
  assert.deepEqual(read({ 'First Name': 'Ada', URL: 'https://ada.example' }), {
    first_name: 'Ada',
    person_website: 'https://ada.example',
  })
  assert.deepEqual(read({ Company: 'Acme', 'Company URL': 'acme.com', URL: company }), {
    company: 'Acme',
    website: 'acme.com',
    company_linkedin_url: company,
  })
})

test("a profile outside LinkedIn is neither a LinkedIn address nor a company's website", () => {
  const profile = 'https://directory.example/profiles/1'
  assert.deepEqual(read({ 'First Name': 'Ada', 'Profile URL': profile }), { first_name: 'Ada' })
  assert.deepEqual(read({ Company: 'Acme', 'Profile URL': profile }), { company: 'Acme' })
})

test('only the public addresses of a Sales Navigator scraper are read, and its numbers are not our identifiers', () => {
  const cells = {
    profileUrl: 'https://www.linkedin.com/sales/lead/ACw,NAME',
    linkedInProfileUrl: 'https://www.linkedin.com/in/ACw',
    defaultProfileUrl: 'https://www.linkedin.com/in/ada',
    companyUrl: 'https://www.linkedin.com/sales/company/1441',
    regularCompanyUrl: 'https://www.linkedin.com/company/1441',
    companyId: '1441',
    companyName: 'Acme',
    fullName: 'Ada King Lovelace',
    location: 'London, England, United Kingdom',
    companyLocation: 'Dublin, Ireland',
  }
  assert.deepEqual(read(cells, headersOf('phantombuster_salesnav')), {
    person_linkedin_url: 'https://www.linkedin.com/in/ada',
    company_linkedin_url: 'https://www.linkedin.com/company/1441',
    company: 'Acme',
    full_name: 'Ada King Lovelace',
    first_name: 'Ada King',
    last_name: 'Lovelace',
    location: 'London, England, United Kingdom',
    city: 'London',
    state: 'England',
    country: 'United Kingdom',
    company_location: 'Dublin, Ireland',
    company_city: 'Dublin',
    company_country: 'Ireland',
  })
})

test('a full name fills an empty first or last name', () => {
  const names = (cells: Record<string, string>) => {
    const { first_name, last_name } = read(cells)!
    return [first_name, last_name]
  }
  assert.deepEqual(names({ 'Full Name': 'Cher' }), ['Cher', undefined])
  assert.deepEqual(names({ 'Full Name': ' Ana  María  Núñez ' }), ['Ana  María', 'Núñez'])
  assert.deepEqual(names({ 'First Name': 'Bob', 'Last Name': '', 'Full Name': 'Robert Ross' }), ['Bob', 'Ross'])
})

test('a location is split into city, state and country', () => {
  const place = (location: string) => {
    const { company_city, company_state, company_country } = read({ Company: 'A', 'Company Location': location })!
    return [company_city, company_state, company_country]
  }
  assert.deepEqual(place('Saint Paul, Minnesota'), ['Saint Paul', 'Minnesota', undefined])
  assert.deepEqual(place('Atlanta, Georgia, United States'), ['Atlanta', 'Georgia', 'United States'])
  assert.deepEqual(place('Atlanta, Georgia'), ['Atlanta', 'Georgia', undefined])
  assert.deepEqual(place('San Diego, CA'), ['San Diego', 'CA', undefined])
  assert.deepEqual(place('Pristina, Kosovo'), ['Pristina', undefined, 'Kosovo'])
  assert.deepEqual(place('Austin, USA'), ['Austin', undefined, 'USA'])
  for (const other of ['a, b, c, d', ', Texas']) assert.deepEqual(place(other), [undefined, undefined, undefined])
})

test('numbers in scaled columns have a scale', () => {
  const row = rowReader(readHeader(['Company', 'Revenue (in 000s USD)']))(['Acme', '1,200'])
  assert.equal(row?.scales?.get('annual_revenue'), 1000)
  assert.ok(row?.values.includes('1,200'))
})

test('a row whose known cells are all blank is null', () => {
  assert.equal(read({ 'Connected On': '07 Jun 2026' }, headersOf('linkedin_connections_2023on')), null)
})

test("a spreadsheet's error is an empty cell", () => {
  assert.deepEqual(read({ Email: 'a@x.com', Company: '#NAME?', City: '#N/A ' }), { email: 'a@x.com' })
  assert.deepEqual(read({ Company: '#NAME', City: '#1' }), { company: '#NAME', company_city: '#1' })
  assert.deepEqual(read({ uuid: '1', name: '#NAME?' }), { uuid: '1', name: '#NAME?' })
})

test('a placeholder is a blank cell, so that the next column of the field or the next address counts, and is reported', () => {
  assert.deepEqual(read({ 'Primary Email': 'N/A', Email: 'b@x.com', Title: '-' }), { email: 'b@x.com' })
  assert.deepEqual(read({ 'First Name': 'undefined', 'Last Name': 'None', 'Full Name': 'Ada None' }), {
    first_name: 'Ada',
    last_name: 'None',
    full_name: 'Ada None',
  })
  const outlook = headersOf('outlook_2010')
  assert.deepEqual(read({ 'Business City': '-', 'Home City': 'Rome', 'Home Country/Region': 'NA' }, outlook), {
    city: 'Rome',
    country: 'NA',
  })
  assert.deepEqual(read({ uuid: '1', name: 'N/A' }), { uuid: '1', name: 'N/A' })
  assert.equal(read({ Email: 'N/A', Company: '#SPILL!' }), null)
  const meaning = readHeader(['Email', 'LinkedIn', 'Location', 'Company'])
  const row = rowReader(meaning)(['a@x.com', "'-", 'n/a', 'Freelance'])
  assert.deepEqual(
    row?.unread?.toSorted((a, b) => a.index - b.index),
    [
      { index: 1, key: 'person_linkedin_url', cell: '-', why: null },
      { index: 2, key: 'location', cell: 'n/a', why: null },
      { index: 3, key: 'company', cell: 'Freelance', why: null },
    ],
  )
})

test('a cell that the rule of its column does not read is reported', () => {
  const NOT_LINKEDIN = 'is not a LinkedIn address'
  const CELLS: readonly (readonly [header: string, cell: string, why: string | undefined, beside?: string])[] = [
    ['Profile URL', 'https://directory.example/1', NOT_LINKEDIN],
    ['Profile URL', 'https://notlinkedin.com/in/ada', NOT_LINKEDIN],
    ['Profile', 'active', NOT_LINKEDIN],
    ['Profile URL', 'https://www.linkedin.com/in/ada', undefined],
    ['URL', 'https://www.google.com/maps/place/x', 'is a place on a map, not a website'],
    ['URL', 'https://ada.example', undefined],
    ['LinkedIn', 'https://www.linkedin.com/company/acme', undefined],
    ['Title', 'Mrs.', 'is a salutation, not a job title'],
    ['Title', 'Frau Dr.', 'is a salutation, not a job title'],
    ['Title', 'Prof. Dr. med.', 'is a salutation, not a job title'],
    ['Title', 'Mr. & Mrs.', 'is a salutation, not a job title'],
    ['Title', 'Señora', 'is a salutation, not a job title'],
    ['Title', 'M.', 'is a salutation, not a job title'],
    ['Title', 'Doctor', undefined],
    ['Title', 'Professor', undefined],
    ['Title', 'Professor of Law', undefined],
    ['Title', 'Sr. Manager', undefined],
    ['Title', 'Dr. of Physics', undefined],
    ['Country Code', '+49', 'is a calling code, not a country'],
    ['Country Code', 'DE', undefined],
    ['Company ID', '1441', 'is not a UUID'],
    ['Phone 1 - Value', '+4930901820', 'is the number of a fax or pager', 'Work Fax'],
    ['Phone 1 - Value', '+4930901820', 'is the number of a fax or pager', 'Pager'],
    ['Phone 1 - Value', '+4930901820', undefined, 'Work'],
  ]
  for (const [header, cell, why, label = ''] of CELLS) {
    const meaning = readHeader(['First Name', header, 'Phone 1 - Label'])
    const key = meaning.columns[1]!.key!
    const row = rowReader(meaning)(['Ada', cell, label])
    assert.deepEqual(row?.unread, why && [{ index: 1, key, cell, why }], `${header}: ${cell}`)
  }
  const companies = readHeader(['Company', 'LinkedIn'])
  assert.equal(
    rowReader(companies)(['Acme', 'https://www.linkedin.com/in/ada'])?.unread?.[0]?.why,
    'is the LinkedIn address of a person, in a file of companies',
  )
  assert.equal(rowReader(companies)(['', 'https://www.linkedin.com/in/ada']), null)
})

test('the warning about a cell that is not read names its column and value, not those that are used', () => {
  const headers = ['First Name', 'Title', 'Job Title', 'City', 'Town']
  const meaning = readHeader(headers)
  const damage = { signs: { ampersands: [], twice: [] }, damage: noDamage(), undecodable: null }
  const record = { cells: ['Ada', 'Mrs.', 'CTO', 'N/A', 'Rome'], line: 2, end: BEGINNING }
  const outcome = recordReader(headers, meaning, damage)(record, false)
  assert.ok(outcome.becomes === 'stored')
  assert.deepEqual(outcome.contact!.values.title, 'CTO')
  assert.deepEqual(
    warningLister(meaning)(record, outcome).flatMap(({ code, column, value, message }) =>
      code === 'ERR_WEAK_IDENTITY' ? [] : [[code, column, value, message]],
    ),
    [
      ['ERR_INVALID_VALUE', 'Title', 'Mrs.', 'title "Mrs." is a salutation, not a job title; the value is ignored'],
      ['ERR_PLACEHOLDER', 'City', 'N/A', 'city "N/A" is a placeholder; it counts as empty'],
    ],
  )
})

test('formulas and links around a cell go', () => {
  assert.deepEqual(
    read({
      Company: '=HYPERLINK("https://acme.example","Acme")',
      Website: '=HYPERLINK("https://acme.example","Acme")',
      'Company Phone': '="+442079460958"',
      Email: '=""',
      LinkedIn: '[Ada](https://www.linkedin.com/in/ada)',
    }),
    {
      company: 'Acme',
      website: 'https://acme.example',
      company_phone: '+442079460958',
      person_linkedin_url: 'https://www.linkedin.com/in/ada',
    },
  )
  assert.deepEqual(read({ uuid: '1', name: '="x"' }), { uuid: '1', name: '="x"' })
})

test('the apostrophe that guards against formulas is removed', () => {
  assert.deepEqual(read({ Company: "'@once", Website: "''=x", 'Company Phone': "'+1 512-850-5498" }), {
    company: '@once',
    website: "'=x",
    company_phone: '+1 512-850-5498',
  })
  assert.deepEqual(read({ Company: "'t Hooft" }), { company: "'t Hooft" })
})

test('values of columns that come second are reported as dropped, unless the first column has the same value', () => {
  const headers = [
    'Primary Email',
    'Email',
    'Personal Email',
    'Mailing City',
    'Home City',
    'Home Country',
    'Phone 1 - Value',
  ]
  const meaning = readHeader([...headers, 'Work Phone'])
  const readRow = rowReader(meaning)
  const dropped = (...cells: string[]) => readRow(cells)?.dropped?.map(index => [...headers, 'Work Phone'][index])
  assert.equal(dropped('a@x.co', '', '', 'Rome', '', '', '1', ''), undefined)
  assert.equal(dropped('', 'a@x.co', '', '', 'Rome', 'Italy', '', ''), undefined)
  assert.deepEqual(dropped('a@x.co', ' A@x.co', 'b@x.co', '', '', '', '', ''), ['Personal Email'])
  assert.deepEqual(dropped('a@x.co', 'b@x.co', '#N/A', 'Rome', 'rome', 'Italy', '1', '2'), [
    'Email',
    'Home Country',
    'Phone 1 - Value',
  ])
  const explain = precedenceExplainer(meaning)
  assert.deepEqual(
    meaning.columns.map((_, index) => explain(index)),
    [
      null,
      'read where Primary Email is empty',
      'read where Primary Email and Email are empty',
      null,
      'read where Mailing City is empty',
      'read where Mailing City is empty',
      'read where the same field has no value from Work Phone',
      null,
    ],
  )
})
