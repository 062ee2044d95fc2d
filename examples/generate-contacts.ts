/**
 * Writes examples/contacts-apollo.csv: made-up people, at domains that are reserved for examples, with the header of an Apollo contact
 * export. It writes the same file every time: `npx node examples/generate-contacts.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const ROWS = 200
const header = readFileSync(new URL('../test/fixtures/headers/apollo_contacts_2025.csv', import.meta.url), 'utf8')
  .trim()
  .split(',')

/** mulberry32, by Tommy Ettinger (public domain). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const next = random(2025)
const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
const number = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))

interface Place {
  readonly city: string
  readonly state: string
  readonly country: string
  /** Numbers that are reserved for fiction; empty where there are none. */
  readonly phone: () => string
  readonly first: readonly string[]
  readonly last: readonly string[]
}

const words = (text: string): string[] => text.split(' ')
const digits = (count: number): string => String(number(0, 10 ** count - 1)).padStart(count, '0')
const english = {
  first: words('Olivia Noah Amelia James Charlotte Henry Maya Ethan Grace Liam Chloé Zoë'),
  last: words("Walker O'Brien Hughes Bennett Clarke Murphy Reid Foster Nguyen Patel Smith-Jones McDonald"),
}
const american = (area: string) => () => `+1 ${area}-555-01${digits(2)}`

const places: readonly Place[] = [
  { city: 'San Francisco', state: 'California', country: 'United States', phone: american('415'), ...english },
  {
    city: 'Austin',
    state: 'Texas',
    country: 'United States',
    phone: american('512'),
    first: [...english.first, ...words('José María Luis')],
    last: [...english.last, ...words('Hernández Núñez')],
  },
  { city: 'New York', state: 'New York', country: 'United States', phone: american('212'), ...english },
  { city: 'London', state: 'England', country: 'United Kingdom', phone: () => `+44 20 7946 0${digits(3)}`, ...english },
  {
    city: 'München',
    state: 'Bayern',
    country: 'Germany',
    phone: () => `+49 89 99998 ${digits(3)}`,
    first: words('Jürgen Käthe Sören Björn Anneliese Günther Lena Moritz'),
    last: words('Müller Schröder Weiß Jäger Köhler Groß Bäcker Vogel'),
  },
  {
    city: 'Paris',
    state: 'Île-de-France',
    country: 'France',
    phone: () => `+33 1 99 00 ${digits(2)} ${digits(2)}`,
    first: words('Élodie François Hélène Jérôme Anaïs Benoît Inès Gaël'),
    last: words('Lefèvre Garçon Dubois Bérubé Moreau Désiré Crépin Renée'),
  },
  {
    city: 'Kraków',
    state: 'Małopolskie',
    country: 'Poland',
    phone: () => '',
    first: words('Łukasz Małgorzata Paweł Zofia Wojciech Agnieszka'),
    last: words('Wójcik Kowalczyk Dąbrowska Zieliński Śliwa Żak'),
  },
  {
    city: 'São Paulo',
    state: 'São Paulo',
    country: 'Brazil',
    phone: () => '',
    first: words('João Conceição Tomás Beatriz Antônio Letícia'),
    last: words('Gonçalves Araújo Conceição Magalhães Simões Peña'),
  },
  {
    city: 'København',
    state: 'Hovedstaden',
    country: 'Denmark',
    phone: () => '',
    first: words('Søren Mette Jørgen Åse Bjørn Freja'),
    last: words('Sørensen Østergaard Kjær Mølgård Bæk Nygaard'),
  },
  {
    city: 'Praha',
    state: 'Praha',
    country: 'Czech Republic',
    phone: () => '',
    first: words('Jiří Tereza Ondřej Božena Tomáš Šárka'),
    last: words('Dvořák Černý Procházková Růžička Němcová Kříž'),
  },
  {
    city: 'İstanbul',
    state: 'İstanbul',
    country: 'Turkey',
    phone: () => '',
    first: words('Çağla Görkem Şule İbrahim Işıl Özgür'),
    last: words('Yılmaz Çelik Öztürk Şahin Güneş Kılıç'),
  },
  {
    city: 'Tokyo',
    state: 'Tokyo',
    country: 'Japan',
    phone: () => '',
    first: words('Yūki Haruka 健太 Sakura 美咲 Ren'),
    last: words('Satō Tanaka 山田 Kōno 鈴木 Itō'),
  },
]

interface Company {
  readonly name: string
  readonly short: string
  readonly slug: string
  readonly domain: string
  readonly industry: string
  readonly keywords: string
  readonly technologies: string
  readonly employees: number
  readonly revenue: number
  readonly funding: number
  readonly place: Place
}

const fields = [
  {
    industry: 'information technology & services',
    keywords: 'saas, cloud, data integration',
    technologies: 'PostgreSQL, TypeScript, Kubernetes',
  },
  {
    industry: 'hospital & health care',
    keywords: 'medical devices, patient care, diagnostics',
    technologies: 'Salesforce, Epic',
  },
  { industry: 'renewables & environment', keywords: 'wind power, grid storage, energy', technologies: 'SAP, Python' },
  {
    industry: 'logistics & supply chain',
    keywords: 'freight, warehousing, last mile',
    technologies: 'Oracle, Java, Kafka',
  },
  { industry: 'food & beverages', keywords: 'organic, wholesale, coffee', technologies: 'Shopify, Google Analytics' },
  { industry: 'financial services', keywords: 'payments, risk, open banking', technologies: 'Snowflake, C++, React' },
  { industry: 'higher education', keywords: 'online courses, research', technologies: 'WordPress, PHP' },
]
const stems = words(
  'Northwind Bluepeak Lumen Café-Nord Quanta Fjord Solaris Papyrus Zéphyr Kestrel Granit Almería Vertex Harbour Öresund Meridian Ångström Tundra Cobalt Juniper',
)
const endings = words('Systems Labs Group GmbH Partners Analytics Foods Energy Logistics S.A.')

const companies: readonly Company[] = stems.flatMap((stem, index) =>
  [0, 1].map((half): Company => {
    const ending = endings[(index * 2 + half) % endings.length]!
    const name = half === 0 ? `${stem} ${ending}` : `${stem} & Co. ${ending}`
    const slug = name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase()
    const employees = number(3, 90) * 10 ** number(0, 2)
    return {
      name,
      short: stem,
      slug,
      // The top-level domain reserved for examples (RFC 2606).
      domain: `${slug}.example`,
      ...fields[(index + half) % fields.length]!,
      employees,
      revenue: employees * number(60, 400) * 1000,
      funding: next() < 0.4 ? number(1, 90) * 500_000 : 0,
      place: places[(index * 5 + half * 3) % places.length]!,
    }
  }),
)

const jobs: readonly (readonly [title: string, seniority: string, departments: string])[] = [
  ['Chief Executive Officer', 'c suite', 'C-Suite'],
  ['Chief Technology Officer', 'c suite', 'C-Suite, Engineering & Technical'],
  ['VP of Sales', 'vp', 'Sales'],
  ['Vice President, Marketing', 'vp', 'Marketing'],
  ['Director of Product Management', 'director', 'Product Management'],
  ['Head of People & Culture', 'head', 'Human Resources'],
  ['Engineering Manager', 'manager', 'Engineering & Technical'],
  ['Senior Software Engineer', 'senior', 'Engineering & Technical'],
  ['Software Engineer (C++ / C#)', 'entry', 'Engineering & Technical'],
  ['Data Scientist', 'senior', 'Engineering & Technical, Data Science'],
  ['Account Executive', 'entry', 'Sales'],
  ['Procurement Manager', 'manager', 'Operations, Purchasing'],
  ['Finance Director', 'director', 'Finance'],
  ['Founder', 'founder', 'C-Suite'],
]

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/[æÆ]/g, 'ae')
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

/** Apollo writes an apostrophe before a phone number. */
function spreadsheetPhone(place: Place): string {
  const phone = place.phone()
  return phone === '' ? '' : `'${phone}`
}

function contact(index: number): Readonly<Record<string, string | number>> {
  const company = companies[index % companies.length]!
  const place = next() < 0.8 ? company.place : pick(places)
  const [first, last] = [pick(place.first), pick(place.last)]
  const [title, seniority, departments] = pick(jobs)
  const handle = `${plain(first) || 'member'}-${plain(last) || 'name'}-${index + 1}`
  const hasEmail = next() < 0.92
  return {
    'First Name': first,
    'Last Name': last,
    Title: title,
    Company: company.name,
    'Company Name for Emails': company.short,
    Email: hasEmail ? `${plain(first) || 'member'}.${plain(last) || index + 1}@${company.domain}` : '',
    'Email Status': hasEmail ? pick(['Verified', 'Verified', 'Verified', 'Extrapolated']) : 'Unavailable',
    'Primary Email Source': hasEmail ? 'Apollo' : '',
    'Email Confidence': '',
    Seniority: seniority.replace(/^./, letter => letter.toUpperCase()),
    Departments: departments,
    'Contact Owner': 'owner@example.com',
    'Work Direct Phone': next() < 0.3 ? spreadsheetPhone(place) : '',
    'Mobile Phone': next() < 0.5 ? spreadsheetPhone(place) : '',
    'Corporate Phone': spreadsheetPhone(company.place),
    Stage: pick(['Cold', 'Approaching', 'Interested', 'Replied']),
    '# Employees': company.employees,
    Industry: company.industry,
    Keywords: company.keywords,
    'Person Linkedin Url': `http://www.linkedin.com/in/${handle}`,
    Website: `https://www.${company.domain}`,
    'Company Linkedin Url': `http://www.linkedin.com/company/${company.slug}`,
    'Facebook Url': next() < 0.5 ? `https://www.facebook.com/${company.slug}` : '',
    'Twitter Url': next() < 0.5 ? `https://twitter.com/${company.slug}` : '',
    City: place.city,
    State: place.state,
    Country: place.country,
    'Company Address': `${number(1, 99)} Example Street, ${company.place.city}, ${company.place.state}, ${company.place.country}`,
    'Company City': company.place.city,
    'Company State': company.place.state,
    'Company Country': company.place.country,
    'Company Phone': '',
    Technologies: company.technologies,
    'Annual Revenue': company.revenue,
    'Total Funding': company.funding || '',
    'Latest Funding': company.funding ? pick(['Seed', 'Series A', 'Series B']) : '',
    'Latest Funding Amount': company.funding ? company.funding / 2 : '',
    'Last Raised At': company.funding ? `2024-0${number(1, 9)}-01` : '',
    'Email Sent': 'false',
    'Email Open': 'false',
    'Email Bounced': 'false',
    Replied: 'false',
    Demoed: 'false',
    'Apollo Contact Id': `example${String(index + 1).padStart(6, '0')}`,
  }
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const lines = Array.from({ length: ROWS }, (_, index) => {
  const row = contact(index)
  return header.map(name => cell(row[name])).join(',')
})
writeFileSync(new URL('contacts-apollo.csv', import.meta.url), `${[header.join(','), ...lines].join('\n')}\n`)
