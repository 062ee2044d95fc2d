/** Headers of real files are read as a person would expect. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { decode } from '../../src/csv/encoding.ts'
import type { HeaderMeaning } from '../../src/csv/header/meaning.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { openCsv } from '../../src/csv/read.ts'

const FIXTURES = new URL('../fixtures/', import.meta.url)

async function fixtureMeaning(name: string): Promise<HeaderMeaning> {
  const file = await openCsv(decode(createReadStream(new URL(name, FIXTURES))))
  return readHeader(file.header.cells)
}

/** Header → key, without ignored columns. */
function keys(meaning: HeaderMeaning): Record<string, string> {
  return Object.fromEntries(meaning.columns.flatMap(({ header, key }) => (key === null ? [] : [[header, key]])))
}

const APOLLO_PERSON = {
  'First Name': 'first_name',
  'Last Name': 'last_name',
  Title: 'title',
  Email: 'email',
  'Email Status': 'email_status',
  Seniority: 'seniority',
  Departments: 'departments',
  'Work Direct Phone': 'work_direct_phone',
  'Home Phone': 'home_phone',
  'Mobile Phone': 'mobile_phone',
  'Other Phone': 'other_phone',
  Stage: 'stage',
  'Person Linkedin Url': 'person_linkedin_url',
  City: 'city',
  State: 'state',
  Country: 'country',
}
const APOLLO_COMPANY = {
  'Company Name for Emails': 'company_name_for_emails',
  '# Employees': 'employees',
  Industry: 'industry',
  Keywords: 'keywords',
  Website: 'website',
  'Company Linkedin Url': 'company_linkedin_url',
  'Facebook Url': 'facebook_url',
  'Twitter Url': 'twitter_url',
  'Company Address': 'company_address',
  'Company City': 'company_city',
  'Company State': 'company_state',
  'Company Country': 'company_country',
  'Company Phone': 'company_phone',
  Technologies: 'technologies',
  'Annual Revenue': 'annual_revenue',
  'Total Funding': 'total_funding',
  'Latest Funding': 'latest_funding',
  'Latest Funding Amount': 'latest_funding_amount',
  'Last Raised At': 'last_raised_at',
}

/** The expected meaning of each file, read without a mapping. */
const EXPECTED: Readonly<Record<string, { service: string; keys: Record<string, string> }>> = {
  'headers/apollo_accounts_2026.csv': {
    service: 'company',
    keys: { 'Company Name': 'company', ...APOLLO_COMPANY, 'Company Street': 'company_address' },
  },
  'headers/apollo_contacts_2024a.csv': {
    service: 'contact',
    keys: { ...APOLLO_PERSON, Company: 'company', ...APOLLO_COMPANY, 'Corporate Phone': 'company_phone' },
  },
  'headers/apollo_contacts_2025.csv': {
    service: 'contact',
    keys: {
      ...APOLLO_PERSON,
      Company: 'company',
      ...APOLLO_COMPANY,
      'Corporate Phone': 'company_phone',
      'Secondary Email': 'email',
      'Tertiary Email': 'email',
    },
  },
  'headers/google_contacts_2024.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      'Organization Name': 'company',
      'Organization Title': 'title',
      'Organization Department': 'departments',
      'E-mail 1 - Value': 'email',
      'E-mail 2 - Value': 'email',
      'E-mail 3 - Value': 'email',
      'Phone 1 - Value': 'work_direct_phone',
      'Phone 2 - Value': 'work_direct_phone',
      'Phone 3 - Value': 'work_direct_phone',
      'Phone 4 - Value': 'work_direct_phone',
      'Address 1 - City': 'city',
      'Address 1 - Region': 'state',
      'Address 1 - Country': 'country',
      'Address 2 - City': 'city',
      'Address 2 - Region': 'state',
      'Address 2 - Country': 'country',
      'Website 1 - Value': 'website',
    },
  },
  'headers/hubspot_companies_default_view.csv': {
    service: 'company',
    keys: {
      'Company name': 'company',
      'Phone Number': 'company_phone',
      City: 'company_city',
      'Country/Region': 'company_country',
      Industry: 'industry',
    },
  },
  'headers/hubspot_contacts_2024.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      Email: 'email',
      'Phone Number': 'work_direct_phone',
      'Lifecycle Stage': 'stage',
      'Associated Company': 'company',
    },
  },
  'headers/linkedin_connections_2023on.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      URL: 'person_website',
      'Email Address': 'email',
      Company: 'company',
      Position: 'title',
    },
  },
  'headers/linkedin_connections_old.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      'Email Address': 'email',
      Company: 'company',
      Position: 'title',
    },
  },
  'headers/outlook_2010.csv': {
    service: 'contact',
    keys: {
      Title: 'title',
      'First Name': 'first_name',
      'Last Name': 'last_name',
      Company: 'company',
      Department: 'departments',
      'Job Title': 'title',
      'Business City': 'city',
      'Business State': 'state',
      'Business Country/Region': 'country',
      'Home City': 'city',
      'Home State': 'state',
      'Home Country/Region': 'country',
      'Other City': 'city',
      'Other State': 'state',
      'Other Country/Region': 'country',
      'Business Phone': 'work_direct_phone',
      'Business Phone 2': 'work_direct_phone',
      'Primary Phone': 'work_direct_phone',
      'Company Main Phone': 'company_phone',
      'Home Phone': 'home_phone',
      'Home Phone 2': 'home_phone',
      'Mobile Phone': 'mobile_phone',
      'Other Phone': 'other_phone',
      'E-mail Address': 'email',
      'E-mail 2 Address': 'email',
      'E-mail 3 Address': 'email',
      'Web Page': 'website',
    },
  },
  'headers/phantombuster_salesnav.csv': {
    service: 'contact',
    keys: {
      profileUrl: 'person_linkedin_url',
      fullName: 'full_name',
      firstName: 'first_name',
      lastName: 'last_name',
      companyName: 'company',
      title: 'title',
      companyId: 'company_id',
      companyUrl: 'website',
      regularCompanyUrl: 'company_linkedin_url',
      industry: 'industry',
      companyLocation: 'company_location',
      location: 'location',
      name: 'full_name',
      linkedInProfileUrl: 'person_linkedin_url',
      defaultProfileUrl: 'person_linkedin_url',
    },
  },
  'headers/pipedrive_people.csv': {
    service: 'contact',
    keys: { 'Person - Name': 'full_name', 'Organization - Name': 'company', 'Person - Email': 'email' },
  },
  'headers/salesforce_contacts_report.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      Title: 'title',
      'Mailing City': 'city',
      'Mailing State/Province': 'state',
      'Mailing Country': 'country',
      Phone: 'work_direct_phone',
      Mobile: 'mobile_phone',
      Email: 'email',
      'Account Name': 'company',
    },
  },
  'headers/zoho_contacts.csv': {
    service: 'contact',
    keys: {
      'First Name': 'first_name',
      'Last Name': 'last_name',
      'Account Name': 'company',
      Email: 'email',
      Mobile: 'mobile_phone',
      'Mailing City': 'city',
      'Mailing State': 'state',
    },
  },
  'headers/zoominfo_contacts.csv': {
    service: 'contact',
    keys: {
      'Last Name': 'last_name',
      'First Name': 'first_name',
      'Job Title': 'title',
      'Management Level': 'seniority',
      'Job Function': 'departments',
      Department: 'departments',
      'Direct Phone Number': 'work_direct_phone',
      'Email Address': 'email',
      'Mobile phone': 'mobile_phone',
      'LinkedIn Contact Profile URL': 'person_linkedin_url',
      'Person City': 'city',
      'Person State': 'state',
      Country: 'country',
      'Company Name': 'company',
      Website: 'website',
      'Company HQ Phone': 'company_phone',
      'Revenue (in 000s USD)': 'annual_revenue',
      Employees: 'employees',
      'Primary Industry': 'industry',
      'All Industries': 'industry',
      'LinkedIn Company Profile URL': 'company_linkedin_url',
      'Facebook Company Profile URL': 'facebook_url',
      'Twitter Company Profile URL': 'twitter_url',
      'Total Funding Amount (in 000s USD)': 'total_funding',
      'Recent Funding Amount (in 000s USD)': 'latest_funding_amount',
      'Recent Funding Round': 'latest_funding',
      'Recent Funding Date': 'last_raised_at',
      'Company Street Address': 'company_address',
      'Company City': 'company_city',
      'Company State': 'company_state',
      'Company Country': 'company_country',
    },
  },
  'congress-legislators-current.csv': {
    service: 'contact',
    keys: {
      last_name: 'last_name',
      first_name: 'first_name',
      full_name: 'full_name',
      state: 'state',
      url: 'person_website',
      phone: 'work_direct_phone',
      twitter: 'person_twitter_url',
      facebook: 'person_facebook_url',
    },
  },
  'finance-database-vienna.csv': {
    service: 'company',
    keys: {
      name: 'company',
      sector: 'industry',
      industry_group: 'industry',
      industry: 'industry',
      country: 'company_country',
      state: 'company_state',
      city: 'company_city',
      website: 'website',
    },
  },
  'sp500-constituents.csv': {
    service: 'company',
    keys: {
      Security: 'company',
      'GICS Sector': 'industry',
      'GICS Sub-Industry': 'industry',
      'Headquarters Location': 'company_location',
    },
  },
}

test('every fixture has an expectation', async () => {
  const headers = (await readdir(new URL('headers/', FIXTURES))).map(name => `headers/${name}`)
  const others = (await readdir(FIXTURES)).filter(name => name.endsWith('.csv'))
  assert.deepEqual(Object.keys(EXPECTED).sort(), [...headers, ...others].sort())
})

for (const [name, expected] of Object.entries(EXPECTED))
  test(`${name} is read as a person would expect`, async () => {
    const meaning = await fixtureMeaning(name)
    assert.equal(meaning.service, expected.service)
    assert.deepEqual(keys(meaning), expected.keys)
  })
