/**
 * The known English headers of other tools (Apollo, HubSpot, LinkedIn, Sales Navigator scrapers, ZoomInfo, Salesforce, Google,
 * Outlook, Zoho, Pipedrive, Crunchbase) and what each means. Other languages are in languages/. Case, punctuation and accents are
 * ignored. If several columns of a file mean the same key, the header listed first here wins.
 */
import type { Service } from '../../fields.ts'
import { fold } from '../../text/fold.ts'
import type { Table } from './languages/language.ts'

/** Keys that have no field: a cell holds several values. */
export const PSEUDO_KEYS = ['full_name', 'location', 'company_location'] as const
export type PseudoKey = (typeof PSEUDO_KEYS)[number]

/** Headers that mean the same in every file, separated by `|`, the most specific first. */
export const ALWAYS: Table = [
  [
    'company',
    `Company Name | Current Company Name | Company | Current Company | Account Name | Organization Name | Organisation Name
    | Person - Organization | Associated Company | Primary Associated Company | Company / Account | Organization | Organisation
    | Organization 1 - Name | Company/Organization | Employer | Employer Name | Business Name`,
  ],
  ['company_name_for_emails', 'Company Name for Emails'],
  [
    'employees',
    `Employees | # Employees | Number of Employees | No. of Employees | Num Employees | Employees Count | Employee Count
    | Company Employee Count | Company Employees | Organization - Employee Count | Total Employees | Headcount | Company Headcount | Company Size`,
  ],
  [
    'annual_revenue',
    'Annual Revenue | Company Annual Revenue | Revenue | Company Revenue | Organization - Annual Revenue | Estimated Annual Revenue | Estimated Revenue',
  ],
  [
    'total_funding',
    'Total Funding | Total Funding Amount | Company Total Funding | Total Money Raised | Total Funding USD | Funding Total USD | Funding Total',
  ],
  [
    'latest_funding',
    'Latest Funding | Latest Funding Round | Latest Funding Stage | Recent Funding Round | Last Funding Round | Last Funding Type',
  ],
  ['latest_funding_amount', 'Latest Funding Amount | Recent Funding Amount | Last Funding Amount'],
  [
    'last_raised_at',
    'Last Raised At | Last Raised | Latest Funding Date | Recent Funding Date | Last Funding Date | Last Funding On | Last Funding At',
  ],
  [
    'industry',
    `Company Industry | Company Industries | All Industries | Primary Industry | Industries | Industry | Account Industry
    | Organization - Industry | GICS Sub-Industry | GICS Industry | Industry Group | Company Sector | Sector | GICS Sector
    | Category List | Category Groups List`,
  ],
  ['keywords', 'Company Keywords | Keywords'],
  ['technologies', 'Technologies | Company Technologies | Technology | Tech Stack | Web Technologies'],
  [
    'company_address',
    `Company Address | Company Full Address | Company Street Address | Company Street | Organization - Address
    | Headquarters Address | HQ Address | Account Address | Billing Address | Billing Street`,
  ],
  [
    'company_city',
    'Company City | Company HQ City | Headquarters City | HQ City | Organization City | Account City | Billing City',
  ],
  [
    'company_state',
    `Company State | Company State/Province | Company State/Region | Company Province | Company HQ State
    | Headquarters State | HQ State | Organization State | Account State | Billing State/Province | Billing State | Company State Code`,
  ],
  [
    'company_country',
    `Company Country | Company Country/Region | Company HQ Country | Headquarters Country | HQ Country
    | Organization Country | Account Country | Billing Country | Company Country Code`,
  ],
  [
    'company_location',
    'Company Location | Headquarters Location | HQ Location | Company Headquarters | Headquarters | HQ',
  ],
  [
    'company_linkedin_url',
    `Company Linkedin Url | Company LinkedIn | LinkedIn Company Profile URL | LinkedIn Company Page | LinkedIn Company URL
    | Company LinkedIn Page | Company LinkedIn Profile | Company LinkedIn Profile URL | Company LinkedIn Link
    | Organization LinkedIn URL | Organization - LinkedIn Profile | regularCompanyUrl`,
  ],
  ['website', 'Company Website | Company Website URL | Company Web Site | Account Website | Organization Website'],
  [
    'company_domain',
    'Company Domain | Company Domain Name | Organization Domain | Account Domain | Website Domain | Primary Domain | Normalized Domain',
  ],
  [
    'facebook_url',
    'Company Facebook Url | Company Facebook | Facebook Company Profile URL | Facebook Company Page | Facebook Url',
  ],
  [
    'twitter_url',
    'Company Twitter Url | Company Twitter | Twitter Company Profile URL | Twitter Company Page | Twitter Url',
  ],
  [
    'company_phone',
    `Company Phone | Company Phone Number | Company HQ Phone | Company Main Phone | Organization - Phone | Headquarters Phone
    | HQ Phone | Account Phone | Corporate Phone | Main Phone`,
  ],
  ['company_id', 'Company ID'],
  ['first_name', 'First Name | Contact First Name | Person First Name | Given Name | Forename | FName'],
  ['last_name', 'Last Name | Contact Last Name | Person Last Name | Family Name | Surname | LName'],
  [
    'full_name',
    'Full Name | Contact Full Name | Contact Name | Person - Name | Person Full Name | Lead Name | Prospect Name | Last Name, First Name',
  ],
  [
    'email',
    `Primary Email | Primary Email Address | Work Email | Work Email Address | Business Email | Business Email Address
    | Corporate Email | Professional Email | Email | Email Address | Contact Email | Contact Email Address | Person - Email | Person Email
    | Person - Email - Work | Mail | Email ID | Emails | E-mail 1 - Value | Email 1 | E-mail 2 - Value | E-mail 2 Address | Email 2
    | Secondary Email | Alternate Email | E-mail 3 - Value | E-mail 3 Address | Email 3 | Tertiary Email
    | Personal Email | Personal Email Address | Person - Email - Home | Person - Email - Other | Other Email`,
  ],
  ['email_status', 'Email Status | Primary Email Status | Email Verification Status | Email Validation Status'],
  [
    'title',
    `Job Title | Current Job Title | Organization Title | Organization 1 - Title | Person - Job Title | Contact Title | Person Title | Current Title
    | Current Position | Current Job | Position | Job Position | Designation | Title`,
  ],
  [
    'departments',
    'Departments | Department | Organization Department | Organization 1 - Department | Contact Department | Job Function',
  ],
  ['seniority', 'Seniority | Seniority Level | Job Seniority | Employment Seniority | Management Level | Job Level'],
  ['stage', 'Stage | Contact Stage | Lifecycle Stage'],
  [
    'person_linkedin_url',
    `Person Linkedin Url | Person LinkedIn | Contact LinkedIn URL | Contact LinkedIn | Contact LinkedIn Profile URL
    | LinkedIn Contact Profile URL | Personal LinkedIn URL | defaultProfileUrl | LinkedIn Member URL | Prospect LinkedIn
    | Prospect LinkedIn URL`,
  ],
  [
    'mobile_phone',
    'Mobile Phone | Mobile Phone Number | Mobile | Mobile Number | Cell Phone | Cell Phone Number | Cell Number | Cell | Person - Phone - Mobile',
  ],
  [
    'work_direct_phone',
    `Work Direct Phone | Direct Phone Number | Direct Phone | Direct Dial | Work Phone | Business Phone | Person - Phone - Work
    | Contact Phone | Contact Phone Number | Person - Phone | Business Phone 2 | Work Phone Number | Business Phone Number | Direct Line | Direct Number
    | Contact Number`,
  ],
  ['home_phone', 'Home Phone | Home Phone 2 | Person - Phone - Home | Home Phone Number'],
  ['other_phone', 'Other Phone | Person - Phone - Other'],
  ['person_facebook_url', 'Person Facebook Url | Person Facebook | Contact Facebook'],
  ['person_twitter_url', 'Person Twitter Url | Person Twitter | Contact Twitter'],
  ['person_website', 'Person Website | Personal Website | Contact Website | Blog'],
]

/**
 * Headers whose meaning depends on the kind of file. In a file of contacts, `PLAIN.contact`, `City` is the person's; in a
 * file of companies, `PLAIN.company`, it is the company's.
 */
export const PLAIN: Readonly<Record<Service, Table>> = {
  contact: [
    ['full_name', 'Name'],
    [
      'city',
      'Person City | Contact City | City | Mailing City | Business City | Home City | Other City | Town | Address 1 - City | Address 2 - City',
    ],
    [
      'state',
      `Person State | Contact State | State | State/Region | State/Province | Mailing State/Province | Mailing State | Business State
      | Home State | Other State | Province | Address 1 - Region | Address 2 - Region | State Code`,
    ],
    [
      'country',
      `Person Country | Contact Country | Country | Country/Region | Mailing Country | Business Country/Region | Home Country/Region
      | Other Country/Region | Business Country | Home Country | Other Country | Address 1 - Country | Address 2 - Country | Country Name | Country Code | ISO Country Code | Country ISO Code`,
    ],
    ['location', 'Person Location | Contact Location | Location'],
    [
      'work_direct_phone',
      `Phone | Phone Number | Telephone | Telephone Number | Tel | Office Phone | Primary Phone
      | Phone 1 - Value | Phone 2 - Value | Phone 3 - Value | Phone 4 - Value | Phones | Phone 1 | Phone 2 | Phone 3`,
    ],
    [
      'website',
      'Website | Website URL | Web Site | Web Page | Homepage | Homepage URL | Website 1 - Value | Website 2 - Value',
    ],
    ['company_domain', 'Domain | Domain Name'],
    ['person_facebook_url', 'Facebook | Facebook Profile | Facebook Handle | Facebook Username'],
    ['person_twitter_url', 'Twitter | Twitter Profile | Twitter Handle | Twitter Username'],
  ],
  company: [
    ['company', 'Name | Legal Name | Security'],
    ['company_city', 'City | Town | Mailing City'],
    [
      'company_state',
      'State | State/Region | State/Province | Province | Mailing State/Province | Mailing State | State Code',
    ],
    [
      'company_country',
      'Country | Country/Region | Mailing Country | Country Name | Country Code | ISO Country Code | Country ISO Code',
    ],
    ['company_location', 'Location'],
    ['company_address', 'Full Address | Address | Street Address | Street'],
    [
      'company_phone',
      'Phone | Phone Number | Telephone | Telephone Number | Tel | Office Phone | Primary Phone | Phones | Phone 1 | Phone 2 | Phone 3',
    ],
    ['website', 'Website | Website URL | Web Site | Web Page | Homepage | Homepage URL'],
    ['company_domain', 'Domain | Domain Name'],
    ['facebook_url', 'Facebook | Facebook Page'],
    ['twitter_url', 'Twitter | Twitter Handle'],
  ],
}

/**
 * Columns of web addresses, decided cell by cell. A LinkedIn address of a person or a company is read as such. Any other
 * address is read as the key given here for the kind of file, or not read (null). All headers above rank before these.
 */
export const ADDRESSES: readonly (Readonly<Record<Service, string | null>> & { readonly headers: string })[] = [
  { headers: 'Company URL', contact: 'website', company: 'website' },
  {
    headers: 'LinkedIn Profile URL | LinkedIn Profile | LinkedIn URL | LinkedIn Link | LinkedIn Page | LinkedIn',
    contact: 'person_linkedin_url',
    company: 'company_linkedin_url',
  },
  // Outside LinkedIn, a profile may belong to any directory.
  { headers: 'Profile URL | Profile Link | Profile', contact: null, company: null },
  { headers: 'URL', contact: 'person_website', company: 'website' },
]

/** Ambiguous headers. Each may mean any of the given keys, or something else. They are ignored unless `mapping` gives them a key. */
export const AMBIGUOUS: Readonly<Record<Service, Table>> = {
  contact: [
    ['full_name company', 'Contact'],
    ['company email', 'Account'],
    ['title seniority departments', 'Role | Function | Level'],
    ['stage email_status', 'Status'],
    ['state country', 'Region'],
    ['company_address', 'Address | Full Address | Street Address | Street'],
    ['employees annual_revenue', 'Size'],
    ['total_funding latest_funding latest_funding_amount', 'Funding'],
  ],
  company: [
    ['full_name email work_direct_phone', 'Contact'],
    ['company company_domain', 'Account'],
    ['company_state company_country', 'Region'],
    ['employees annual_revenue', 'Size'],
    ['total_funding latest_funding latest_funding_amount', 'Funding'],
    ['industry keywords', 'Category | Categories'],
  ],
}

/**
 * A file with one of `marks` comes from Outlook, where `headers` are remarks on the contact. In other files they have another
 * meaning.
 */
export const OUTLOOK = {
  marks: ['Sensitivity', 'Internet Free Busy'],
  headers: ['Keywords', 'Location', 'Account'],
} as const

/** A file with one of these keys is a file of contacts. */
export const PEOPLE_MARKS = ['first_name', 'last_name', 'full_name', 'email', 'title', 'person_linkedin_url'] as const

/** Removes case, accents, punctuation and white space: `E-mail 1 - Value` becomes `email1value`, and `Größe` becomes `grosse`. */
export function normalizeHeader(header: string): string {
  return fold(header).replace(/[^\p{L}\p{N}]+/gu, '')
}
