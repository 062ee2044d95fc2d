/**
 * A file of people repeats its companies: what the same cells say of one is read once, and goes to the database once. Of the 25
 * columns of a usual file that spares cleaning, hashing and merging ten.
 */
import { randomInt } from 'node:crypto'
import { type Cells, COMPANY_PLACES, type RowOptions, readCompany } from '../parse/parse-row.ts'
import { beginReading } from '../parse/reading.ts'
import type { RecordWrite } from '../record.ts'
import { ownDomain } from '../values/domain.ts'

export interface CompanyMemory {
  /** A `readCompany` for rows of one file: of a company that said the same before it returns no more than the uuid. */
  readonly read: typeof readCompany
  /** Takes the company of the row just read, with the domain of its e-mail; returns whether that is news for the database. */
  isNews(company: RecordWrite): boolean
}

interface Known {
  /** What a row that says the same again says. */
  mention: RecordWrite
  /** The place of the cells that said last what is stored of it; -1: they are not remembered. */
  said: number
  emailDomain: string | undefined
}

/** About 40 MB; then it forgets, which costs nothing but time. */
const REMEMBERED = 200_000

/** What was said already need not be said again. */
const NOTHING_NEW = Object.freeze({})

export function rememberCompanies(): CompanyMemory {
  const cells = createFingerprints()
  /** By place of their cells. */
  let companies: Known[] = []
  let byUuid = new Map<string, Known>()
  let latest = -1

  return {
    read(row, reading, options) {
      latest = cells.placeOf(row, options)
      const known = companies[latest]
      if (known?.said === latest) return known.mention
      const own = beginReading(reading.index)
      const company = readCompany(row, own, options)
      reading.problems.push(...own.problems)
      reading.warnings.push(...own.warnings)
      // What is wrong with the cells is to be said of every row.
      if (company === null || own.problems.length + own.warnings.length > 0) latest = -1
      return company
    },
    isNews(company) {
      const { uuid, values, emailDomain } = company
      if (values === NOTHING_NEW) {
        const known = companies[latest]!
        if (emailDomain === undefined || emailDomain === known.emailDomain) return false
        known.emailDomain = emailDomain
        return true
      }
      let known = byUuid.get(uuid)
      const mention = { uuid, values: NOTHING_NEW, hasDomain: ownDomain(values) !== null }
      if (known === undefined) {
        known = { mention, said: latest, emailDomain }
        byUuid.set(uuid, known)
      } else Object.assign(known, { mention, said: latest, emailDomain })
      if (latest >= 0) companies[latest] = known
      if (byUuid.size >= REMEMBERED || cells.size() >= REMEMBERED) {
        cells.forget()
        companies = []
        byUuid = new Map()
      }
      return true
    },
  }
}

/** A hash table with as many slots, of which at most half are taken. */
const SLOTS = 2 ** 19

/**
 * Numbers what rows say of companies, from 0, by 64 bits of it: two sums over the characters of the cells (with the factors of
 * MurmurHash3), from a seed that nobody can guess.
 */
function createFingerprints() {
  const seed = randomInt(2 ** 32)
  /** Of every slot the two sums, and the number + 1. */
  const slots = new Int32Array(3 * SLOTS)
  let count = 0

  return {
    size: () => count,
    placeOf(row: Cells, { scales }: RowOptions): number {
      let a = seed | 0
      let b = a ^ 0x5bd1e995
      for (let at = 0; at <= COMPANY_PLACES.length; at++) {
        const cell = at < COMPANY_PLACES.length ? row[COMPANY_PLACES[at]!.place] : scales && [...scales].join()
        if (typeof cell === 'string')
          for (let place = 0; place < cell.length; place++) {
            const code = cell.charCodeAt(place)
            a = Math.imul(a ^ code, 0xcc9e2d51)
            a ^= a >>> 15
            b = Math.imul(b + code, 0x1b873593)
            b ^= b >>> 13
          }
        // No character: what ends one cell and begins the next.
        a = Math.imul(a ^ 0x10001, 0xcc9e2d51)
        b = Math.imul(b + 0x10001, 0x1b873593)
      }
      for (let slot = (a ^ (a >>> 16)) & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
        const at = 3 * slot
        if (slots[at + 2] === 0) {
          slots[at] = a
          slots[at + 1] = b
          slots[at + 2] = ++count
          return count - 1
        }
        if (slots[at] === a && slots[at + 1] === b) return slots[at + 2]! - 1
      }
    },
    forget() {
      slots.fill(0)
      count = 0
    },
  }
}
