/**
 * Files of contacts repeat their companies. Identical company cells are parsed once and sent to the database once. In a
 * typical file this saves the cleaning, hashing and merging of 10 of its 25 columns.
 */
import { randomInt } from 'node:crypto'
import type { Problem } from '../../errors.ts'
import { marksOf, ROW_NAMES, watchMarks } from '../parse/identify.ts'
import { type Cells, COMPANY_PLACES, type RowOptions, readCompany } from '../parse/parse-row.ts'
import { beginReading, type Reading } from '../parse/reading.ts'
import type { RecordWrite } from '../record.ts'
import { ownDomain } from '../values/domain.ts'

export interface CompanyMemory {
  /** A `readCompany` for the rows of one file. For cells that it has seen it returns a company without values. */
  readonly read: typeof readCompany
  /**
   * Takes the company of the row just read, with the e-mail's domain. Returns whether it has to be sent to the
   * database.
   */
  isNews(company: RecordWrite): boolean
}

interface Known {
  /** The company without values, returned for a row that repeats its cells. */
  mention: RecordWrite
  /** The number of the cells that the database has last received; -1 if they are not remembered. */
  latestCells: number
  emailDomain: string | undefined
  /** The warnings of its cells, which every row reports. */
  warnings: readonly Problem[]
  /** The marks at the end of its name; null if its LinkedIn URL or a warning tells it apart. */
  marks: string | null
}

/** The number of companies remembered, about 40 MB. After that it starts over, which only costs time. */
const REMEMBERED = 200_000

const NO_WARNINGS: readonly Problem[] = []
/** The values of a company whose cells the database already has. */
const NOTHING_NEW = Object.freeze({})

export function rememberCompanies(): CompanyMemory {
  const cells = createFingerprints()
  /** By the number of their cells. */
  let companies: Known[] = []
  let byUuid = new Map<string, Known>()
  let latest = -1
  let warnings: readonly Problem[] = []
  let marks: string | null = null

  return {
    read(row, reading, options) {
      latest = cells.numberOf(row, options)
      const known = companies[latest]
      if (known?.latestCells === latest) {
        for (const warning of known.warnings) reading.warnings.push({ ...warning, index: reading.index })
        watch(reading, known.mention.uuid, known.marks)
        return known.mention
      }
      const own = beginReading(reading.index)
      const company = readCompany(row, own, options)
      reading.problems.push(...own.problems)
      reading.warnings.push(...own.warnings)
      // An array per company would be as large as the rest of what is remembered of it.
      warnings = own.warnings.length === 0 ? NO_WARNINGS : own.warnings
      marks = company === null ? null : marksToWatch(company, warnings)
      if (company !== null) watch(reading, company.uuid, marks)
      // Cells with problems are not remembered, because every row has to report them.
      if (company === null || own.problems.length > 0) latest = -1
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
        known = { mention, latestCells: latest, emailDomain, warnings, marks }
        byUuid.set(uuid, known)
      } else Object.assign(known, { mention, latestCells: latest, emailDomain, warnings, marks })
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

function marksToWatch({ values }: RecordWrite, warnings: readonly Problem[]): string | null {
  const isDistinct =
    typeof values.linkedin_url === 'string' || warnings.some(({ code }) => code === 'ERR_WEAK_IDENTITY')
  return isDistinct ? null : marksOf(values, ROW_NAMES.company)
}

function watch(reading: Reading, uuid: string, marks: string | null): void {
  if (marks !== null) watchMarks(reading, uuid, 'company', marks, ROW_NAMES.company)
}

/** Slots of the hash table. At most half of them are used. */
const SLOTS = 2 ** 19

/**
 * Numbers distinct company cells, from 0, by a 64-bit fingerprint: two hashes over the characters of the cells, with the
 * factors of MurmurHash3 and a random seed, so that nobody can construct collisions.
 */
function createFingerprints() {
  const seed = randomInt(2 ** 32)
  /** Per slot the two hashes and the number + 1. */
  const slots = new Int32Array(3 * SLOTS)
  let count = 0

  return {
    size: () => count,
    numberOf(row: Cells, { scales }: RowOptions): number {
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
        // Separates the cells. 0x10001 is not a UTF-16 unit.
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
