/** The expected meaning of each header of each tool, written by hand from the tools' exports. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADDRESSES, ALWAYS, AMBIGUOUS, normalizeHeader, PLAIN } from '../../src/csv/header/aliases.ts'
import type { ColumnMeaning } from '../../src/csv/header/meaning.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import type { Service } from '../../src/fields.ts'

interface Expectation {
  readonly tool: string
  readonly service: Service
  /** One line per key: `key: Header | Header`. */
  readonly means: string
}

const EXPECTED: readonly Expectation[] = [
  {
    tool: 'Apollo, people',
    service: 'contact',
    means: `
      first_name: First Name
      last_name: Last Name
      title: Title
      company: Company | Company Name
      company_name_for_emails: Company Name for Emails
      email: Email | Secondary Email | Tertiary Email | Primary Email | Personal Email
      email_status: Email Status | Primary Email Status
      seniority: Seniority
      departments: Departments
      stage: Stage | Contact Stage
      work_direct_phone: Work Direct Phone
      home_phone: Home Phone
      mobile_phone: Mobile Phone
      other_phone: Other Phone
      company_phone: Corporate Phone | Company Phone
      person_linkedin_url: Person Linkedin Url
      company_linkedin_url: Company Linkedin Url
      facebook_url: Facebook Url | Company Facebook Url
      twitter_url: Twitter Url | Company Twitter Url
      person_facebook_url: Person Facebook Url
      person_twitter_url: Person Twitter Url
      website: Website
      employees: # Employees
      industry: Industry
      keywords: Keywords
      technologies: Technologies
      annual_revenue: Annual Revenue
      total_funding: Total Funding
      latest_funding: Latest Funding
      latest_funding_amount: Latest Funding Amount
      last_raised_at: Last Raised At
      city: City
      state: State
      country: Country
      company_address: Company Address
      company_city: Company City
      company_state: Company State
      company_country: Company Country
      -: Email Confidence | First Phone | Lists | SEO Description | Contact Owner | Account Owner | Apollo Contact Id | Last Contacted
      -: Primary Email Source | Secondary Email Source | Number of Retail Locations | Email Sent | Replied`,
  },
  {
    tool: 'Apollo, accounts',
    service: 'company',
    means: `
      company: Company | Company Name | Account Name
      employees: # Employees
      company_address: Company Address | Company Street
      company_phone: Company Phone
      website: Website
      keywords: Keywords
      -: Account Stage | Logo Url | Subsidiary of | SIC Codes | Founded Year | Short Description | Apollo Account Id`,
  },
  {
    tool: 'HubSpot, contacts',
    service: 'contact',
    means: `
      first_name: First Name
      last_name: Last Name
      email: Email | Work Email
      title: Job Title
      work_direct_phone: Phone Number
      mobile_phone: Mobile Phone Number
      company: Company name | Associated Company | Primary Associated Company
      city: City
      state: State/Region
      country: Country/Region
      website: Website URL
      stage: Lifecycle Stage
      industry: Industry
      employees: Number of Employees
      annual_revenue: Annual Revenue
      seniority: Employment Seniority
      person_linkedin_url: LinkedIn URL
      person_twitter_url: Twitter Username
      -: Record ID | Lead Status | Contact owner | Create Date | Associated Deal | Stage of Journey | Associated Company IDs | Postal Code
      -: Primary Associated Company ID | Lead Source | Contact Type`,
  },
  {
    tool: 'HubSpot, companies',
    service: 'company',
    means: `
      company: Company name | Name
      company_domain: Company Domain Name | Domain Name
      website: Website URL
      company_phone: Phone Number
      company_address: Street Address
      company_city: City
      company_state: State/Region
      company_country: Country/Region
      industry: Industry
      employees: Number of Employees
      annual_revenue: Annual Revenue
      total_funding: Total Money Raised
      technologies: Web Technologies
      company_linkedin_url: LinkedIn Company Page
      facebook_url: Facebook Company Page
      twitter_url: Twitter Handle
      -: Company owner | Record ID | Year Founded | Lifecycle Stage | Last Activity Date | Description`,
  },
  {
    tool: 'Salesforce, contacts and leads',
    service: 'contact',
    means: `
      first_name: First Name | Contact: First Name
      last_name: Last Name | Contact: Last Name
      full_name: Full Name | Contact Name | Lead Name | Name | Contact: Full Name
      title: Title | Contact: Title
      company: Account Name | Company / Account
      email: Email | Contact: Email
      work_direct_phone: Phone | Business Phone | Contact: Phone
      mobile_phone: Mobile | MobilePhone
      departments: Department | Contact Department
      city: Mailing City | City
      state: Mailing State/Province | State/Province | Mailing State
      country: Mailing Country
      annual_revenue: Annual Revenue
      employees: No. of Employees | Employees | NumberOfEmployees
      company_city: Billing City
      company_state: Billing State/Province | Billing State
      company_country: Billing Country
      company_address: Billing Street | Billing Address
      -: Salutation | Fax | Account Owner | Mailing Street | Mailing Zip/Postal Code | Lead Source | AccountId | Reports To`,
  },
  {
    tool: 'Salesforce, accounts',
    service: 'company',
    means: `
      company: Account Name
      website: Website | Account Website
      company_phone: Phone | Account Phone
      company_address: Account Address | Billing Street
      company_city: Account City | Billing City | Mailing City
      company_state: Account State | Mailing State/Province | Mailing State
      company_country: Account Country | Billing Country | Mailing Country
      industry: Account Industry | Industry
      company_domain: Account Domain
      -: Account Site | Type | Rating | Last Activity | Account Number`,
  },
  {
    tool: 'LinkedIn, connections',
    service: 'contact',
    means: `
      first_name: First Name
      last_name: Last Name
      person_website, LinkedIn person_linkedin_url: URL
      email: Email Address
      company: Company
      title: Position
      -: Connected On`,
  },
  {
    tool: 'Sales Navigator scrapers (PhantomBuster, Evaboot, Wiza and others)',
    service: 'contact',
    means: `
      first_name: firstName
      last_name: lastName
      full_name: fullName | name
      company: companyName | Current Company | Current Company Name
      title: title | Current Job | Current Title | Current Position | Current Job Title
      -, LinkedIn person_linkedin_url: profileUrl | Profile Link | Profile
      person_linkedin_url: linkedInProfileUrl | defaultProfileUrl | LinkedIn Profile | LinkedIn Link | LinkedIn | LinkedIn Member URL
      person_linkedin_url: Prospect LinkedIn | Prospect LinkedIn URL | LinkedIn Page | Personal LinkedIn URL
      website, LinkedIn company_linkedin_url: companyUrl
      company_linkedin_url: regularCompanyUrl | company_linkedin | LinkedIn Company URL | Company LinkedIn Page | Company LinkedIn Profile
      company_linkedin_url: Company LinkedIn Link | Company LinkedIn Profile URL
      location: location | Person Location | Contact Location
      company_location: companyLocation | Company Headquarters | Headquarters | HQ
      email: Corporate Email | Professional Email | Personal Email Address | personal_email
      email_status: Email Verification Status | Email Validation Status
      employees: Company Employee Count | company_size | Employee Count | Headcount | Company Headcount | Employees Count
      industry: company_industry
      annual_revenue: company_revenue
      website: Company Website
      company_domain: Company Domain | domain
      full_name: Prospect Name
      -: Company Employee Range | summary | durationInRole | pastExperienceCompanyName | pastExperienceCompanyUrl | vmid | isPremium
      -: connectionDegree | query | timestamp | profileImageUrl | Profile Headline`,
  },
  {
    tool: 'ZoomInfo, contacts',
    service: 'contact',
    means: `
      title: Job Title
      seniority: Management Level
      departments: Job Function | Department
      work_direct_phone: Direct Phone Number | Direct Phone
      email: Email Address
      mobile_phone: Mobile phone
      person_linkedin_url: LinkedIn Contact Profile URL
      city: Person City
      state: Person State
      country: Country | Person Country
      company: Company Name
      website: Website
      company_phone: Company HQ Phone
      annual_revenue: Revenue (in 000s USD) | Revenue
      employees: Employees
      industry: Primary Industry | All Industries
      company_linkedin_url: LinkedIn Company Profile URL
      facebook_url: Facebook Company Profile URL
      twitter_url: Twitter Company Profile URL
      total_funding: Total Funding Amount (in 000s USD)
      latest_funding_amount: Recent Funding Amount (in 000s USD)
      latest_funding: Recent Funding Round
      last_raised_at: Recent Funding Date
      company_address: Company Street Address
      -: ZoomInfo Contact ID | Middle Name | Job Start Date | Email Domain | Previous Job Title | Previous Company Name | Person Street | Ticker
      -: Previous Company LinkedIn Profile | Revenue Range (in USD) | Employee Range | ZoomInfo Company Profile URL | Company Division Name | Fax
      -: Est. Marketing Department Budget (in 000s USD) | Primary Sub-Industry | Recent Investors | ZoomInfo Contact Profile URL | SIC Codes`,
  },
  {
    tool: 'ZoomInfo, companies',
    service: 'company',
    means: `
      company: Company Name
      company_address: Full Address | Company Street Address
      company_phone: Company HQ Phone
      -: Founded Year | Number of Locations | Ownership Type | Alexa Rank`,
  },
  {
    tool: 'Google Contacts',
    service: 'contact',
    means: `
      first_name: Given Name | First Name
      last_name: Family Name | Last Name
      company: Organization Name | Organization 1 - Name
      title: Organization Title | Organization 1 - Title
      departments: Organization Department | Organization 1 - Department
      email: E-mail 1 - Value | E-mail 2 - Value | E-mail 3 - Value
      work_direct_phone: Phone 1 - Value | Phone 2 - Value | Phone 3 - Value | Phone 4 - Value
      website: Website 1 - Value | Website 2 - Value
      city: Address 1 - City | Address 2 - City
      state: Address 1 - Region | Address 2 - Region
      country: Address 1 - Country | Address 2 - Country
      -: E-mail 1 - Label | Phone 1 - Label | Notes | Birthday | Address 1 - Street | Relation 1 - Value | Phonetic First Name | Nickname | Photo`,
  },
  {
    tool: 'Outlook',
    service: 'contact',
    means: `
      email: E-mail Address | E-mail 2 Address | E-mail 3 Address
      title: Job Title
      departments: Department
      city: Business City | Home City | Other City
      state: Business State | Home State | Other State
      country: Business Country/Region | Home Country/Region | Other Country/Region | Business Country | Home Country | Other Country
      work_direct_phone: Business Phone | Business Phone 2 | Primary Phone
      company_phone: Company Main Phone
      home_phone: Home Phone | Home Phone 2
      mobile_phone: Mobile Phone
      other_phone: Other Phone
      website: Web Page
      -: Assistant's Phone | Business Fax | Manager's Name | Spouse | E-mail Display Name | Business Street | Callback | Office Location`,
  },
  {
    tool: 'Zoho, contacts and leads',
    service: 'contact',
    means: `
      company: Account Name | Company
      title: Title | Designation
      email: Email | Secondary Email
      work_direct_phone: Phone
      mobile_phone: Mobile
      city: Mailing City
      state: Mailing State
      employees: No. of Employees
      -: Record Id | Account Name.id | Mailing Zip | Asst Phone | Contact Owner | Lead Status | Skype ID`,
  },
  {
    tool: 'Pipedrive, people',
    service: 'contact',
    means: `
      full_name: Person - Name
      first_name: Person - First name
      last_name: Person - Last name
      company: Organization - Name | Person - Organization
      email: Person - Email | Person - Email - Work | Person - Email - Home | Person - Email - Other
      work_direct_phone: Person - Phone | Person - Phone - Work
      mobile_phone: Person - Phone - Mobile
      home_phone: Person - Phone - Home
      other_phone: Person - Phone - Other
      title: Person - Job title | Person - Title
      person_website: Person - Website
      person_linkedin_url: Person - LinkedIn
      -: Person - Label | Person - Owner | Person - ID | Deal - Title | Person - Marketing status`,
  },
  {
    tool: 'Pipedrive, organizations',
    service: 'company',
    means: `
      company: Organization - Name
      company_address: Organization - Address
      company_city: Organization - City
      company_state: Organization - State
      company_country: Organization - Country
      company_phone: Organization - Phone
      website: Organization - Website
      company_domain: Organization - Domain
      industry: Organization - Industry
      annual_revenue: Organization - Annual revenue
      employees: Organization - Employee count
      company_linkedin_url: Organization - LinkedIn profile | Organization - LinkedIn URL
      -: Organization - Owner | Organization - Label | Organization - Open deals`,
  },
  {
    tool: 'whatever people write themselves, contacts',
    service: 'contact',
    means: `
      first_name: Forename | Contact First Name | Person First Name | first_name
      last_name: Surname | Contact Last Name | Person Last Name | last_name
      full_name: Contact Full Name | Person Full Name
      email: E-Mail | Mail | Email 1 | Email 2 | Email 3 | Primary Email Address | Work Email Address | Business Email | Business Email Address
      email: Contact Email Address | Person Email | Alternate Email | Other Email | Contact Email
      title: Job Position | Contact Title
      seniority: Seniority Level | Job Seniority | Job Level
      company: Organisation | Organization | Organisation Name | Employer | Employer Name | Business Name
      person_linkedin_url: Person LinkedIn | Contact LinkedIn | Contact LinkedIn URL | Contact LinkedIn Profile URL | LinkedIn Profile URL
      mobile_phone: Mobile Number | Cell | Cell Phone
      work_direct_phone: Work Phone | Direct Dial | Telephone | Telephone Number | Tel | Office Phone | Contact Phone Number
      person_facebook_url: Facebook | Facebook Profile | Facebook Handle | Facebook Username | Contact Facebook | Person Facebook
      person_twitter_url: Twitter | Twitter Profile | Twitter Handle | Contact Twitter | Person Twitter
      person_website: Personal Website | Contact Website | Blog
      website: Web Site | Homepage | Company Website URL | Company Web Site
      company_domain: Domain | Domain Name | Website Domain | Primary Domain | Normalized Domain | Organization Domain
      city: Town | Contact City
      state: Province | Contact State
      country: Contact Country
      company_phone: Company Phone Number | HQ Phone | Headquarters Phone | Main Phone
      company_id, if it is one of ours: Company ID
      first_name: FName
      last_name: LName
      company: Company/Organization
      email: Email ID | Emails
      mobile_phone: Cell Number | Cell Phone Number
      work_direct_phone: Phones | Phone 1 | Phone 2 | Phone 3 | Work Phone Number | Business Phone Number | Direct Line | Direct Number
      work_direct_phone: Contact Number
      full_name: Last Name, First Name
      home_phone: Home Phone Number
      website: Homepage URL
      state: State Code
      country: Country Name | Country Code | ISO Country Code | Country ISO Code
      ambiguous full_name company: Contact
      ambiguous company email: Account
      ambiguous title seniority departments: Role | Function | Level
      ambiguous stage email_status: Status
      ambiguous state country: Region
      ambiguous company_address: Address | Full Address | Street | Street Address
      ambiguous employees annual_revenue: Size
      ambiguous total_funding latest_funding latest_funding_amount: Funding
      -: Manager | Assistant | Company Email | Company Description | Notes | Id | Score | Owner`,
  },
  {
    tool: 'Crunchbase',
    service: 'company',
    means: `
      company: name | company_name
      website: homepage_url
      company_country: country_code | company_country_code
      company_state: state_code | company_state_code
      company_city: city | company_city
      industry: category_list | category_groups_list
      total_funding: funding_total_usd | total_funding_usd | Funding Total
      last_raised_at: last_funding_on | last_funding_at
      employees: employee_count
      facebook_url: facebook_url
      twitter_url: twitter_url
      ambiguous company_state company_country: region
      -: permalink | company_permalink | founded_at | first_funding_at | num_funding_rounds | status`,
  },
  {
    tool: 'whatever people write themselves, companies',
    service: 'company',
    means: `
      company: Name | Legal Name | Security | Business Name | Organization
      employees: Num Employees | Total Employees | Company Employees
      annual_revenue: Company Annual Revenue | Estimated Annual Revenue | Estimated Revenue
      total_funding: Total Funding Amount | Company Total Funding
      latest_funding: Latest Funding Round | Latest Funding Stage | Last Funding Round | Last Funding Type
      latest_funding_amount: Last Funding Amount
      last_raised_at: Last Raised | Latest Funding Date | Last Funding Date
      industry: Industries | Company Industries | GICS Sub-Industry | GICS Industry | GICS Sector | Sector | Company Sector | Industry Group
      keywords: Company Keywords
      technologies: Technology | Tech Stack | Company Technologies
      company_address: Address | Street | Company Full Address | Headquarters Address | HQ Address
      company_city: Town | HQ City | Headquarters City | Company HQ City
      company_state: Province | State | HQ State | Headquarters State | Company HQ State | Company Province | Company State/Province
      company_state: Company State/Region | State/Province
      company_country: Country | HQ Country | Headquarters Country | Company HQ Country | Company Country/Region
      company_location: Location | Company Location | Headquarters Location | HQ Location
      website: Web Page | Web Site | Homepage | Organization Website
      website, LinkedIn company_linkedin_url: URL | Company URL
      -, LinkedIn company_linkedin_url: Profile URL | Profile | Profile Link
      company_linkedin_url: LinkedIn | Company LinkedIn | LinkedIn URL | LinkedIn Page | LinkedIn Link | LinkedIn Profile | LinkedIn Profile URL
      facebook_url: Facebook | Facebook Page | Company Facebook
      twitter_url: Twitter | Company Twitter | Twitter Company Page
      company_phone: Phone | Telephone | Telephone Number | Tel | Office Phone | Primary Phone
      company_domain: Domain
      ambiguous full_name email work_direct_phone: Contact
      ambiguous company company_domain: Account
      ambiguous company_state company_country: Region
      ambiguous employees annual_revenue: Size
      ambiguous total_funding latest_funding latest_funding_amount: Funding
      ambiguous industry keywords: Category | Categories
      company_phone: Phones | Phone 1 | Phone 2 | Phone 3
      company_country: Country Name | ISO Country Code | Country ISO Code
      -: Symbol | CIK | Founded | Date added | Ticker | Mobile Phone | Stage`,
  },
]

/** Parses one line of the expectations. */
interface Meaning {
  readonly header: string
  readonly key: string
}

function meanings(means: string): Meaning[] {
  return means
    .trim()
    .split('\n')
    .flatMap(line => {
      const [key, headers] = line.trim().split(/: (.*)/)
      return headers!.split(' | ').map(header => ({ header, key: key! }))
    })
}

/** Reads the column in a file of that kind. The key is in the notation of the table above. */
function readAs(service: Service, header: string): string {
  const kind = service === 'contact' ? ['First Name', 'Last Name', 'Company Name'] : ['Company Name']
  const name = normalizeHeader(header)
  const others = kind.filter(other => normalizeHeader(other) !== name)
  // `Name` is the person's name only if no other column has it.
  const headers = name === 'name' ? (service === 'contact' ? ['Email', header] : [header]) : [...others, header]
  const meaning = readHeader(headers)
  assert.equal(meaning.service, service, header)
  return inWords(meaning.columns.at(-1)!)
}

function inWords({ key, chosen, candidates }: ColumnMeaning): string {
  if (candidates.length > 0) return `ambiguous ${candidates.join(' ')}`
  if (chosen === 'uuid') return `${key}, if it is one of ours`
  const linkedin = key?.startsWith('company') || key === 'website' ? 'company_linkedin_url' : 'person_linkedin_url'
  if (chosen === 'linkedin') return `-, LinkedIn ${linkedin}`
  return chosen === 'address' && !key!.endsWith('linkedin_url') ? `${key}, LinkedIn ${linkedin}` : (key ?? '-')
}

for (const { tool, service, means } of EXPECTED)
  test(`${tool}: each header is read as its key`, () => {
    for (const { header, key } of meanings(means)) assert.equal(readAs(service, header), key, header)
  })

test('every header of the aliases has an expectation above', () => {
  const expected = (service: Service) =>
    EXPECTED.flatMap(one =>
      one.service === service ? meanings(one.means).map(({ header }) => normalizeHeader(header)) : [],
    )
  // A unit is not part of the name.
  const names = (service: Service) =>
    new Set([...expected(service), ...expected(service).map(name => name.replace(/in000susd$/, ''))])
  const known = { company: names('company'), contact: names('contact') }
  const headers = (tables: readonly (readonly [string, string])[]) => tables.flatMap(([, list]) => list.split('|'))
  const addresses = headers(ADDRESSES.map(({ headers: list }) => ['', list]))
  const missing = [
    ...headers(ALWAYS).filter(
      header => !known.company.has(normalizeHeader(header)) && !known.contact.has(normalizeHeader(header)),
    ),
    ...(['company', 'contact'] as const).flatMap(service =>
      [...headers(PLAIN[service]), ...headers(AMBIGUOUS[service]), ...addresses].flatMap(header =>
        known[service].has(normalizeHeader(header)) ? [] : [`${service}: ${header}`],
      ),
    ),
  ]
  assert.deepEqual(
    missing.map(header => header.trim()),
    [],
  )
})
