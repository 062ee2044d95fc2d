/**
 * A file of people repeats its companies: what the same cells say of one is read once, and goes to the database once. Of the 25
 * columns of a usual file that spares cleaning, hashing and merging ten.
 */
import { randomInt } from 'node:crypto'
import { ownDomain } from './domain.ts'
import { COMPANY_KEYS, type Row, type RowOptions, readCompany } from './parse-row.ts'
import { beginReading } from './reading.ts'
import type { RecordWrite } from './record.ts'

export interface CompanyMemory {
  /** A `readCompany` for rows of one file: of a company that said the same before it returns no more than the uuid. */
  readonly read: typeof readCompany
  /** Takes the company of the row just read, with the domain of its e-mail; returns whether that is news for the database. */
  isNews(company: RecordWrite): boolean
}

interface Known {
  /** What a row that says the same again says. */
  mention: RecordWrite
  /** Of the cells that said last what is stored of it. */
  said: Fingerprint | null
  emailDomain: string | undefined
}

/** 85 bits of what the cells say: a key, and what has to be the same besides. */
interface Fingerprint {
  readonly key: number
  readonly check: number
}

interface Remembered {
  readonly check: number
  readonly company: Known
}

/** About 50 MB; then it forgets, which costs nothing but time. */
const REMEMBERED = 200_000

/** What was said already need not be said again. */
const NOTHING_NEW = Object.freeze({})

export function rememberCompanies(): CompanyMemory {
  const byCells = new Map<number, Remembered>()
  const byUuid = new Map<string, Known>()
  const fingerprintOf = createFingerprint(randomInt(2 ** 32))
  let latest: Fingerprint | null = null

  return {
    read(row, reading, options) {
      latest = fingerprintOf(row, options)
      const remembered = byCells.get(latest.key)
      const known = remembered?.check === latest.check ? remembered.company : undefined
      if (known?.said?.key === latest.key) return known.mention
      const own = beginReading(reading.index)
      const company = readCompany(row, own, options)
      reading.problems.push(...own.problems)
      reading.warnings.push(...own.warnings)
      // What is wrong with the cells is to be said of every row.
      if (company === null || own.problems.length + own.warnings.length > 0) latest = null
      return company
    },
    isNews(company) {
      let known = byUuid.get(company.uuid)
      if (known !== undefined && company.values === NOTHING_NEW) {
        const { emailDomain } = company
        if (emailDomain === undefined || emailDomain === known.emailDomain) return false
        known.emailDomain = emailDomain
        return true
      }
      if (known === undefined && byCells.size >= REMEMBERED) {
        byCells.clear()
        byUuid.clear()
      }
      const { uuid, values, emailDomain } = company
      const mention = { uuid, values: NOTHING_NEW, hasDomain: ownDomain(values) !== null }
      if (known === undefined) {
        known = { mention, said: latest, emailDomain }
        byUuid.set(uuid, known)
      } else Object.assign(known, { mention, said: latest, emailDomain })
      if (latest !== null) byCells.set(latest.key, { check: latest.check, company: known })
      return true
    },
  }
}

/** Three sums over the characters of the cells that speak of a company (the mixing is that of MurmurHash3), from a seed nobody can guess. */
function createFingerprint(seed: number): (row: Row, options: RowOptions) => Fingerprint {
  return (row, { scales }) => {
    let a = seed
    let b = seed ^ 0x5bd1e995
    let c = seed ^ 0x27d4eb2f
    const take = (text: string) => {
      for (let place = 0; place < text.length; place++) {
        const code = text.charCodeAt(place)
        a = Math.imul(a ^ code, 0xcc9e2d51)
        a ^= a >>> 15
        b = Math.imul(b ^ code, 0x1b873593)
        b ^= b >>> 13
        c = Math.imul(c + code, 0x85ebca6b)
        c ^= c >>> 16
      }
      // No character: what ends one cell and begins the next.
      a = Math.imul(a ^ 0x10001, 0xcc9e2d51)
      b = Math.imul(b ^ 0x10001, 0x1b873593)
      c = Math.imul(c + 0x10001, 0x85ebca6b)
    }
    for (const { key } of COMPANY_KEYS) {
      const cell = row[key]
      take(typeof cell === 'string' ? cell : '')
    }
    if (scales !== undefined) take([...scales].join())
    return { key: (a >>> 11) * 2 ** 32 + (b >>> 0), check: c }
  }
}
