/** Rows of each tool's export, and rows of real data, imported without a mapping. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { writeCells } from '../../src/csv/write.ts'
import { openFiles, reportOf } from './files.ts'

const files = await openFiles()
const HEADERS = new URL('../fixtures/headers/', import.meta.url)
const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url))

type Values = Readonly<Record<string, unknown>>

interface Row {
  readonly cells: Readonly<Record<string, string>>
  /** The stored values of the contact and its company, or of the company alone. */
  readonly contact?: Values
  readonly company?: Values
}

const ROWS: Readonly<Record<string, Row>> = {
  'apollo_contacts_2024a.csv': {
    cells: {
      'First Name': 'Ana',
      'Last Name': 'Apollo',
      Title: 'VP Sales',
      Company: 'Apollo Foods',
      Email: 'Ana@Apollo-Foods.example',
      'Email Status': 'Verified',
      'First Phone': "'+1 512-850-5498",
      'Work Direct Phone': "'+1 512-850-5498",
      'Corporate Phone': "'+1 512-850-5499",
      '# Employees': '1200',
      Industry: 'food production',
      Keywords: 'food, retail',
      Website: 'https://apollo-foods.example',
      City: 'Austin',
      State: 'Texas',
      Country: 'United States',
      'Company City': 'Dallas',
      'Annual Revenue': '5000000',
      'Facebook Url': 'https://facebook.com/apollofoods',
      'Account Owner': 'me@us.example',
    },
    contact: {
      email: 'ana@apollo-foods.example',
      email_status: 'verified',
      title: 'VP Sales',
      work_direct_phone: '+15128505498',
      city: 'Austin',
      facebook_url: null,
    },
    company: {
      name: 'Apollo Foods',
      employees_count: 1200,
      annual_revenue: 5_000_000,
      phone_number: '+15128505499',
      city: 'Dallas',
      keywords: ['food', 'retail'],
      normalized_domain: 'apollo-foods.example',
      facebook_url: 'https://facebook.com/apollofoods',
    },
  },
  'apollo_contacts_2025.csv': {
    cells: {
      'First Name': 'Abe',
      'Last Name': 'Apollo',
      Company: 'Apollo 2025',
      'Secondary Email': 'abe@apollo-2025.example',
      'Tertiary Email': 'third@apollo-2025.example',
      Seniority: 'C suite',
      Departments: 'Engineering, Product',
      Stage: 'Cold',
      'Person Linkedin Url': 'http://www.linkedin.com/in/abe',
      'Company Linkedin Url': 'http://www.linkedin.com/company/apollo-2025',
      'Latest Funding': 'Series B',
      'Latest Funding Amount': '$12.5M',
      'Last Raised At': '2024-05-01',
      Technologies: 'Salesforce, AWS',
    },
    contact: {
      email: 'abe@apollo-2025.example',
      seniority: 'c suite',
      departments: ['Engineering', 'Product'],
      stage: 'cold',
      linkedin_url: 'http://www.linkedin.com/in/abe',
    },
    company: {
      linkedin_url: 'http://www.linkedin.com/company/apollo-2025',
      latest_funding: 'Series B',
      latest_funding_amount: 12_500_000,
      last_raised_at: '2024-05-01',
      technologies: ['Salesforce', 'AWS'],
    },
  },
  'apollo_accounts_2026.csv': {
    cells: {
      'Company Name': 'Apollo Accounts Ltd',
      'Company Name for Emails': 'Apollo Accounts',
      '# Employees': '51',
      'Company Street': '1 High Street',
      'Company Address': '1 High Street, Leeds, UK',
      'Company Country': 'United Kingdom',
      'Short Description': 'not kept',
      'Total Funding': '3000000',
    },
    company: {
      company_name_for_emails: 'Apollo Accounts',
      employees_count: 51,
      address: '1 High Street, Leeds, UK',
      country: 'United Kingdom',
      total_funding: 3_000_000,
    },
  },
  'google_contacts_2024.csv': {
    cells: {
      'First Name': 'Gina',
      'Last Name': 'Google',
      'Organization Name': 'Search & Co',
      'Organization Title': 'Librarian',
      'E-mail 1 - Label': '* ',
      'E-mail 1 - Value': 'gina@search-co.example ::: gina@home.example',
      'Phone 1 - Label': 'Mobile',
      'Phone 1 - Value': '+44 7400 123456 ::: +44 7400 123457',
      'Phone 2 - Label': 'Home Fax',
      'Phone 2 - Value': '+44 20 7946 0000',
      'Address 1 - City': 'London',
      'Address 1 - Country': 'UK',
      'Website 1 - Label': 'Work',
      'Website 1 - Value': 'search-co.example',
    },
    contact: {
      email: 'gina@search-co.example',
      title: 'Librarian',
      mobile_phone: '+447400123456',
      work_direct_phone: '+447400123457',
      home_phone: null,
      city: 'London',
      country: 'UK',
    },
    company: { name: 'Search & Co', website: 'search-co.example' },
  },
  'hubspot_companies_default_view.csv': {
    cells: {
      'Record ID': '1',
      'Company name': '1-800-DENTIST',
      'Company owner': 'Someone',
      'Phone Number': '+1 800 555 0199',
      City: 'Los Angeles',
      'Country/Region': 'United States',
      Industry: 'HOSPITAL_HEALTH_CARE',
    },
    company: {
      name: '1-800-DENTIST',
      city: 'Los Angeles',
      country: 'United States',
      industries: ['HOSPITAL_HEALTH_CARE'],
      phone_number: '+18005550199',
    },
  },
  'hubspot_contacts_2024.csv': {
    cells: {
      'First Name': 'Hugo',
      'Last Name': 'Hubspot',
      Email: 'hugo@hub.example',
      'Contact owner': 'Someone',
      'Lead Status': 'Open',
      'Lifecycle Stage': 'Lead',
      'Associated Company': '+Visión',
    },
    contact: { email: 'hugo@hub.example', stage: 'lead' },
    company: { name: '+Visión' },
  },
  'linkedin_connections_2023on.csv': {
    cells: {
      'First Name': 'Lina',
      'Last Name': 'Linked',
      URL: 'https://www.linkedin.com/in/lina',
      Company: '@once',
      Position: 'Head of Research',
      'Connected On': '07 Jun 2026',
    },
    contact: { linkedin_url: 'https://www.linkedin.com/in/lina', title: 'Head of Research', website: null },
    company: { name: '@once' },
  },
  'linkedin_connections_old.csv': {
    cells: { 'First Name': 'Otto', 'Last Name': 'Linked', 'Email Address': 'otto@l.example', Company: '10-20 Media' },
    contact: { email: 'otto@l.example' },
    company: { name: '10-20 Media' },
  },
  'outlook_2010.csv': {
    cells: {
      Title: 'Mr.',
      'First Name': 'Olaf',
      'Last Name': 'Outlook',
      Company: 'Windows & Doors',
      'Job Title': 'Glazier',
      'Business City': 'Oslo',
      'Business Country/Region': 'Norway',
      'Home City': 'Bergen',
      'Business Phone': '+47 22 12 34 56',
      'E-mail Address': 'olaf@doors.example',
      Account: '4711',
      Keywords: 'friend',
      Location: 'upstairs',
      'Web Page': 'http://doors.example',
    },
    contact: { title: 'Glazier', city: 'Oslo', country: 'Norway', work_direct_phone: '+4722123456' },
    company: { name: 'Windows & Doors', keywords: null, city: null, website: 'http://doors.example' },
  },
  'phantombuster_salesnav.csv': {
    cells: {
      profileUrl: 'https://www.linkedin.com/sales/lead/ACwAAA,NAME_SEARCH',
      fullName: 'Petra Maria Phantom',
      firstName: 'Petra Maria',
      lastName: 'Phantom',
      companyName: 'Buster GmbH',
      title: 'Geschäftsführerin',
      companyId: '1441',
      companyUrl: 'https://www.linkedin.com/sales/company/1441',
      regularCompanyUrl: 'https://www.linkedin.com/company/1441',
      companyLocation: 'Munich, Bavaria, Germany',
      location: 'Berlin, Germany',
      pastExperienceCompanyName: 'Older Ltd',
      defaultProfileUrl: 'https://www.linkedin.com/in/petra',
    },
    contact: {
      first_name: 'Petra Maria',
      linkedin_url: 'https://www.linkedin.com/in/petra',
      title: 'Geschäftsführerin',
      city: 'Berlin',
      country: 'Germany',
    },
    company: {
      name: 'Buster GmbH',
      linkedin_url: 'https://www.linkedin.com/company/1441',
      city: 'Munich',
      state: 'Bavaria',
      website: null,
    },
  },
  'pipedrive_people.csv': {
    cells: { 'Person - Name': 'Pia Pipedrive', 'Organization - Name': 'Pipes', 'Person - Email': 'pia@pipes.example' },
    contact: { first_name: 'Pia', email: 'pia@pipes.example' },
    company: { name: 'Pipes' },
  },
  'salesforce_contacts_report.csv': {
    cells: {
      Salutation: 'Dr.',
      'First Name': 'Sam',
      'Last Name': 'Salesforce',
      Title: 'CFO',
      'Mailing City': 'Graz',
      'Mailing Country': 'Austria',
      Phone: '+43 316 123456',
      Fax: '+43 316 123457',
      'Account Owner': 'Me',
      'Account Name': '#NAME?',
    },
    contact: { title: 'CFO', city: 'Graz', work_direct_phone: '+43316123456', mobile_phone: null, company_id: null },
  },
  'zoho_contacts.csv': {
    cells: {
      'Record Id': 'zcrm_1',
      'First Name': 'Zita',
      'Last Name': 'Zoho',
      'Account Name': 'Zebra',
      'Account Name.id': 'zcrm_2',
      Email: 'not an address',
      'Mailing State': 'Kerala',
    },
    contact: { email: null, state: 'Kerala' },
    company: { name: 'Zebra' },
  },
  'zoominfo_contacts.csv': {
    cells: {
      'First Name': 'Zoe',
      'Last Name': 'Zoominfo',
      'Job Title': 'CTO',
      'Management Level': 'C-Level',
      'Previous Job Title': 'Intern',
      'Previous Company Name': 'Before Inc',
      'Person City': 'Boston',
      Country: 'United States',
      'Company Name': 'Now Inc',
      'Revenue (in 000s USD)': '18,300',
      'Recent Funding Amount (in 000s USD)': '2500',
      Employees: '1,204',
      'Employee Range': '1,000 - 4,999',
      'Primary Industry': 'Software',
      'Company Street Address': '1 Main St',
      'Company Country': 'Canada',
      'Full Address': '1 Main St, Toronto',
    },
    contact: { title: 'CTO', seniority: 'c-level', city: 'Boston', country: 'United States' },
    company: {
      name: 'Now Inc',
      annual_revenue: 18_300_000,
      latest_funding_amount: 2_500_000,
      employees_count: 1204,
      industries: ['Software'],
      address: '1 Main St',
      country: 'Canada',
    },
  },
}

test('every header has a row', async () => {
  assert.deepEqual(Object.keys(ROWS).sort(), (await readdir(HEADERS)).sort())
})

for (const [name, { cells, contact, company }] of Object.entries(ROWS))
  test(`a row under the header of ${name} is stored as a person would expect`, async () => {
    const text = (await readFile(new URL(name, HEADERS), 'utf8')).trimEnd()
    const header = text
      .split('\n')
      .at(-1)!
      .split(',')
      .map(one => one.trim().replaceAll('"', ''))
    const unknown = Object.keys(cells).filter(one => !header.includes(one))
    assert.deepEqual(unknown, [])
    const job = await files.importText(`${text}\r\n${writeCells(header.map(one => cells[one] ?? ''))}`)
    const { rowsRead, rowsStored } = job.progress
    assert.deepEqual([job.status, rowsRead, rowsStored], ['completed', 1, 1])
    if (contact !== undefined) {
      const lastName = cells['Last Name'] ?? cells.lastName ?? 'Pipedrive'
      const [person] = await files.rows(
        `SELECT * FROM contacts WHERE last_name = '${lastName}' AND uuid = (SELECT uuid FROM contacts ORDER BY id DESC LIMIT 1)`,
      )
      assert.deepEqual(those(contact, person), contact)
      if (company === undefined) return
      const [employer] = await files.rows(`SELECT * FROM companies WHERE uuid = '${person?.company_id}'`)
      assert.deepEqual(those(company, employer), company)
    } else {
      const [record] = await files.rows('SELECT * FROM companies ORDER BY id DESC LIMIT 1')
      assert.deepEqual(those(company!, record), company)
    }
  })

function those(expected: Values, row: Values | undefined): Values {
  return Object.fromEntries(Object.keys(expected).map(key => [key, row?.[key]]))
}

test('the members of the US Congress are imported', async () => {
  await files.importText(await fixture('congress-legislators-current.csv'))
  const [maria] = await files.rows(`SELECT * FROM contacts WHERE last_name = 'Cantwell'`)
  const expected = {
    first_name: 'Maria',
    state: 'WA',
    website: 'https://www.cantwell.senate.gov',
    twitter_url: 'SenatorCantwell',
    facebook_url: 'senatorcantwell',
    company_id: null,
    title: null,
  }
  assert.deepEqual(those(expected, maria), expected)
})

test('the companies listed in Vienna are imported', async () => {
  const job = await files.importText(await fixture('finance-database-vienna.csv'))
  assert.deepEqual(
    reportOf(job).warnings.map(({ code, field, count }) => [code, field, count]),
    [['ERR_WEAK_IDENTITY', 'company', 189]],
  )
  const [amgen] = await files.rows(`SELECT * FROM companies WHERE name = 'Amgen Inc.'`)
  const expected = {
    city: 'Thousand Oaks',
    state: 'CA',
    country: 'United States',
    website: 'http://www.amgen.com',
    normalized_domain: 'amgen.com',
    industries: ['Pharmaceuticals'],
    keywords: null,
  }
  assert.deepEqual(those(expected, amgen), expected)
})
