/** The records of the load. */
import { createHash } from 'node:crypto'
import type { Random } from '../../../bench/data/random.ts'
import type { RecordWrite } from '../../../src/records/record.ts'

/** Companies that change, and whose contacts follow. */
export const COMPANIES = 20
/** Contacts that never change and are exported. */
export const EXPORTED = 1_500
export const EXPORTED_TITLE = 'exported'
/** The longest value of a field. Every contact of the company has it in its export, which then needs several parts. */
const ADDRESS = 'x'.repeat(8_000)
const EXPORTED_COMPANY = fixedUuid('exported company')

export function companyUuid(number: number): string {
  return fixedUuid(`company ${number}`)
}

export function someUuid(random: Random): string {
  return fixedUuid(String(random.next()))
}

function fixedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The records that are there before the first fault. */
export function firstRecords(): {
  readonly companies: readonly RecordWrite[]
  readonly contacts: readonly RecordWrite[]
} {
  const companies = Array.from({ length: COMPANIES }, (_, number) => ({
    uuid: companyUuid(number),
    values: { name: `Company ${number}`, country: 'france' },
  }))
  const contacts = Array.from({ length: EXPORTED }, (_, number) => ({
    uuid: fixedUuid(`exported ${number}`),
    values: {
      first_name: 'Grace',
      email: `grace${number}@exported.example`,
      title: EXPORTED_TITLE,
      company_id: EXPORTED_COMPANY,
    },
  }))
  const employer = { uuid: EXPORTED_COMPANY, values: { name: 'Exported', address: ADDRESS } }
  return { companies: [...companies, employer], contacts }
}

/** Contacts of the companies that change: a group of changes that takes the feed a while. */
export function burst(title: string, count: number): readonly RecordWrite[] {
  return Array.from({ length: count }, (_, number) => ({
    uuid: fixedUuid(`burst ${number}`),
    values: {
      first_name: 'Linus',
      email: `linus${number}@burst.example`,
      title,
      company_id: companyUuid(number % COMPANIES),
    },
  }))
}
