/**
 * Generates companies and contacts for the benchmarks, with skewed values, accents, lists and missing values. Record `index` is the same
 * in every run and does not depend on other records.
 */
import type { Service } from '../../src/fields.ts'
import type { RecordWrite, Value, Values } from '../../src/records/record.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import { createRandom, mixSeed, type Random, zipf } from './random.ts'
import * as words from './vocabulary.ts'

const COMPANY = 101
const CONTACT = 102
const UUID = { company: 103, contact: 104 } as const
const FIRST_DAY = Date.UTC(2021, 0, 1)
const DAYS = 1800

export interface Sizes {
  readonly companies: number
  readonly contacts: number
}

function optional<T>(random: Random, probability: number, value: () => T): T | null {
  return random.chance(probability) ? value() : null
}

/** The uuid of a record: random bits and the index, in the form of version 5. */
export function uuidOf(service: Service, index: number): string {
  const random = createRandom(mixSeed(UUID[service], index))
  const hex = (digits: number) =>
    random
      .int(16 ** digits)
      .toString(16)
      .padStart(digits, '0')
  // The index makes the uuid unique.
  const tail = index.toString(16).padStart(8, '0')
  return `${hex(8)}-${hex(4)}-5${hex(3)}-${(8 + random.int(4)).toString(16)}${hex(3)}-${hex(4)}${tail}`
}

/** The inverse of `uuidOf`: the index of the record with this uuid. */
export function indexOfUuid(uuid: string): number {
  return Number.parseInt(uuid.slice(-8), 16)
}

/** The ASCII letters and digits of a name, for addresses. */
function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
  return plain === '' ? 'x' : plain
}

function phone(random: Random): string {
  return `+1${200 + random.int(800)}${String(2000000 + random.int(8000000))}`
}

/** Log-normal around `median`. Most values have one significant digit, because people estimate. */
function amount(random: Random, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const value = Math.max(1, Math.round(median * Math.exp(spread * normal)))
  const unit = random.chance(0.7) ? 10 ** Math.floor(Math.log10(value)) : 1
  return Math.round(value / unit) * unit
}

const title = (name: string) => name.replace(/(^|\s)\p{L}/gu, letter => letter.toUpperCase())

/** Company `index` as a client would send it. */
export function companyValues(index: number): Values {
  const random = createRandom(mixSeed(COMPANY, index))
  const name = title(
    [words.companyWord(random), ...(random.chance(0.6) ? [words.companyWord(random)] : [])].join(' '),
  ).concat(random.pick(['', '', ' Inc.', ' GmbH', ' Ltd', ' S.A.', ' LLC']))
  const domain = `${slug(name)}${index.toString(36)}.com`
  const where = words.place(random)
  return present({
    name,
    employees_count: optional(random, 0.9, () => amount(random, 60, 1.8)),
    annual_revenue: optional(random, 0.55, () => amount(random, 5_000_000, 2)),
    total_funding: optional(random, 0.2, () => amount(random, 8_000_000, 1.5)),
    latest_funding_amount: optional(random, 0.2, () => amount(random, 3_000_000, 1.5)),
    industries: optional(random, 0.95, () => words.industries(random)),
    keywords: optional(random, 0.7, () => words.keywords(random)),
    technologies: optional(random, 0.6, () => words.technologies(random)),
    address: optional(
      random,
      0.6,
      () => `${1 + random.int(9999)} ${title(words.lastName(random))} Street, ${where.city}`,
    ),
    city: optional(random, 0.9, () => where.city),
    state: optional(random, 0.8, () => where.state),
    country: optional(random, 0.95, () => where.country),
    linkedin_url: `https://www.linkedin.com/company/${slug(name)}-${index.toString(36)}`,
    website: optional(random, 0.9, () => `https://www.${domain}`),
    facebook_url: optional(random, 0.3, () => `https://facebook.com/${slug(name)}`),
    twitter_url: optional(random, 0.3, () => `https://twitter.com/${slug(name)}`),
    company_name_for_emails: optional(random, 0.5, () => name.replace(/ (Inc\.|GmbH|Ltd|S\.A\.|LLC)$/, '')),
    latest_funding: optional(random, 0.2, () => random.pick(words.FUNDINGS)),
    last_raised_at: optional(random, 0.2, () => day(random).toISOString().slice(0, 10)),
    phone_number: optional(random, 0.5, () => phone(random)),
  })
}

/** Draws the index of a contact's company, or null. Large companies have many contacts. */
function employers(companies: number): (random: Random) => number | null {
  const rank = zipf(Math.max(1, companies), 0.6)
  return random => (random.chance(0.04) ? null : rank(random))
}

/** Contact `index` as a client would send it. */
function contactValues(index: number, company: (random: Random) => number | null): Values {
  const random = createRandom(mixSeed(CONTACT, index))
  const first = words.firstName(random)
  const last = words.lastName(random)
  const employer = company(random)
  const where = words.place(random)
  const own = `${slug(first)}.${slug(last)}`
  return present({
    first_name: first,
    last_name: optional(random, 0.99, () => last),
    company_id: employer === null ? null : uuidOf('company', employer),
    email: optional(
      random,
      0.85,
      () => `${own}${index.toString(36)}@${employer === null ? 'gmail.com' : `c${employer.toString(36)}.com`}`,
    ),
    title: optional(random, 0.97, () => words.jobTitle(random)),
    departments: optional(random, 0.8, () => words.departments(random)),
    email_status: optional(random, 0.9, () => skewed(random, words.EMAIL_STATUSES)),
    seniority: optional(random, 0.9, () => skewed(random, words.SENIORITIES)),
    stage: optional(random, 0.4, () => skewed(random, words.STAGES)),
    city: optional(random, 0.8, () => where.city),
    state: optional(random, 0.75, () => where.state),
    country: optional(random, 0.95, () => where.country),
    linkedin_url: optional(random, 0.95, () => `https://www.linkedin.com/in/${own}-${index.toString(36)}`),
    mobile_phone: optional(random, 0.3, () => phone(random)),
    work_direct_phone: optional(random, 0.2, () => phone(random)),
    home_phone: optional(random, 0.03, () => phone(random)),
    other_phone: optional(random, 0.02, () => phone(random)),
    facebook_url: optional(random, 0.05, () => `https://facebook.com/${own}`),
    twitter_url: optional(random, 0.1, () => `https://twitter.com/${own}`),
    website: optional(random, 0.05, () => `https://${own}.me`),
  })
}

function skewed<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random.next() ** 2 * values.length)]!
}

function day(random: Random): Date {
  return new Date(FIRST_DAY + random.int(DAYS) * 86_400_000)
}

function present(values: Record<string, Value | null>): Values {
  const kept: Record<string, Value> = {}
  for (const field in values) if (values[field] !== null) kept[field] = values[field]
  return kept
}

/** Generates the records of a data set of the given sizes. */
export interface Generator {
  readonly sizes: Sizes
  write(service: Service, index: number): RecordWrite
  /** With `id`, `created_at` and `updated_at` (milliseconds), which a database would have set. */
  record(service: Service, index: number): IndexedRecord
  /** The cells of CSV row `index`: a contact and its company, in the order of CSV_HEADER. */
  row(index: number): string[]
}

export function createGenerator(sizes: Sizes): Generator {
  const employer = employers(sizes.companies)
  const values = (service: Service, index: number) =>
    service === 'company' ? companyValues(index) : contactValues(index, employer)
  return {
    sizes,
    write: (service, index) => ({ uuid: uuidOf(service, index), values: values(service, index) }),
    record(service, index) {
      const random = createRandom(mixSeed(service === 'company' ? 105 : 106, index))
      const created = FIRST_DAY + Math.floor(random.next() * DAYS * 86_400_000)
      const own = values(service, index)
      const domain = typeof own.website === 'string' ? own.website.slice('https://www.'.length) : null
      return {
        uuid: uuidOf(service, index),
        id: index + 1,
        created_at: created,
        updated_at: created + Math.floor(random.next() * 30 * 86_400_000),
        ...own,
        ...(service === 'company' ? { normalized_domain: domain } : {}),
      }
    },
    row(index) {
      const contact = contactValues(index, employer)
      const random = createRandom(mixSeed(CONTACT, index))
      words.firstName(random)
      words.lastName(random)
      const number = employer(random)
      const company = number === null ? {} : companyValues(number)
      return CSV_COLUMNS.map(([, service, field]) => cell((service === 'company' ? company : contact)[field]))
    },
  }
}

function cell(value: Value | null | undefined): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** 25 columns, named as in exports of sales tools. */
const CSV_COLUMNS: readonly (readonly [string, Service, string])[] = [
  ['First Name', 'contact', 'first_name'],
  ['Last Name', 'contact', 'last_name'],
  ['Title', 'contact', 'title'],
  ['Company', 'company', 'name'],
  ['Email', 'contact', 'email'],
  ['Email Status', 'contact', 'email_status'],
  ['Seniority', 'contact', 'seniority'],
  ['Departments', 'contact', 'departments'],
  ['Mobile Phone', 'contact', 'mobile_phone'],
  ['Work Direct Phone', 'contact', 'work_direct_phone'],
  ['Stage', 'contact', 'stage'],
  ['Person LinkedIn URL', 'contact', 'linkedin_url'],
  ['City', 'contact', 'city'],
  ['State', 'contact', 'state'],
  ['Country', 'contact', 'country'],
  ['Employees', 'company', 'employees_count'],
  ['Industry', 'company', 'industries'],
  ['Keywords', 'company', 'keywords'],
  ['Technologies', 'company', 'technologies'],
  ['Website', 'company', 'website'],
  ['Company LinkedIn URL', 'company', 'linkedin_url'],
  ['Company City', 'company', 'city'],
  ['Company State', 'company', 'state'],
  ['Company Country', 'company', 'country'],
  ['Annual Revenue', 'company', 'annual_revenue'],
]

export const CSV_HEADER: readonly string[] = CSV_COLUMNS.map(([header]) => header)

/** One line of CSV with its line feed. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\n`
}
