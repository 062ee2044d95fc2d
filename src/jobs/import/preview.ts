/** Previews the beginning of a file with the code of an import, without storing anything. */
import type { SkippedLine } from '../../csv/find-header.ts'
import type { Database } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { openSource } from '../../files/source.ts'
import type { RecordWrite, Values } from '../../records/record.ts'
import { regionOf } from '../../records/values/countries.ts'
import { ownDomain } from '../../records/values/domain.ts'
import { compareRecords, type Effect } from '../../records/write/compare.ts'
import { findFile, type ImportData } from './data.ts'
import { readBeginningInThread } from './in-thread.ts'
import type { FileDescription } from './open-file.ts'
import type { BeginningRow } from './read-beginning.ts'

/** Plain JSON. */
export interface ImportPreview extends FileDescription {
  /** The size of the uploaded file. */
  readonly bytes: number
  readonly rows: readonly PreviewRow[]
  /** The file has no more rows than these. */
  readonly is_whole: boolean
}

export interface PreviewRow {
  readonly line: number
  readonly becomes: 'stored' | 'rejected' | 'empty'
  readonly company: PreviewRecord | null
  readonly contact: PreviewRecord | null
  /** Why it is rejected. */
  readonly code: string | null
  readonly message: string | null
  readonly warnings: BeginningRow['warnings']
}

export interface PreviewRecord {
  readonly uuid: string
  /** What all rows of the preview together would do to the record. */
  readonly effect: Effect
  /** Cleaned values by field. Fields that the row leaves out keep their stored values. */
  readonly values: Values
}

export const PREVIEW_ROWS = { default: 10, maximum: 100 } as const

/** Limits of reading: bytes (before and after decompression) and milliseconds. A row may have 1 MB. */
const MAX_READ = 8 << 20
const MAX_TIME = 15_000

/**
 * Throws ERR_NOT_FOUND and ERR_INVALID_CSV like the import, and ERR_UNAVAILABLE if the file cannot be read in time. `read`:
 * how the beginning is read; only a thread can be stopped while it computes.
 */
export async function previewImport(
  database: Database,
  store: ObjectStore,
  data: ImportData,
  rows: number,
  read: ReadBeginning = readBeginningInThread,
): Promise<ImportPreview> {
  const { bytes } = await findFile(store, data.s3Key)
  const { description, skipped, isWhole, ...found } = await readFile(store, data, rows, read)
  return {
    bytes,
    ...description,
    skipped_lines: [...description.skipped_lines, ...skipped],
    rows: await describeRows(database, found.rows),
    is_whole: isWhole,
  }
}

type ReadBeginning = typeof readBeginningInThread

interface Beginning {
  readonly description: FileDescription
  readonly rows: readonly BeginningRow[]
  readonly skipped: readonly SkippedLine[]
  readonly isWhole: boolean
}

/** Reading is stopped if it takes too long. The result is then what was read so far. */
async function readFile(store: ObjectStore, data: ImportData, rows: number, read: ReadBeginning): Promise<Beginning> {
  let compressedBytes = 0
  let enough = false
  // Gigabytes of compressed data may expand to very little.
  const source = await openSource(store, data.s3Key, bytes => {
    compressedBytes += bytes
    enough ||= compressedBytes > MAX_READ
    if (enough) throw noHeader()
  })
  const deadline = AbortSignal.timeout(MAX_TIME)
  const start = { data, compression: source.compression, rows, maxBytes: MAX_READ }
  const found = { rows: [] as BeginningRow[], skipped: [] as SkippedLine[], isWhole: false }
  let description: FileDescription | null = null
  try {
    for await (const part of read(source.bytes, start, deadline)) {
      if ('description' in part) description = part.description
      else if ('isWhole' in part) found.isWhole = part.isWhole
      else {
        found.rows.push(...part.rows)
        found.skipped.push(...part.skipped)
      }
    }
  } catch (error) {
    // Once a limit is reached, the rows read so far are shown.
    if (!enough || description === null) throw error
  } finally {
    source.close()
  }
  if (description !== null) return { description, ...found }
  throw new ConnectraError('ERR_UNAVAILABLE', 'the beginning of the file could not be read in time: try again', {
    retryAfter: 5,
  })
}

function noHeader(): ConnectraError {
  return new ConnectraError(
    'ERR_INVALID_CSV',
    'the first 8 MB of the file contain no line of headers: start the file with one',
  )
}

async function describeRows(database: Database, read: readonly BeginningRow[]): Promise<PreviewRow[]> {
  const stored = read.flatMap(({ outcome }) => (outcome.becomes === 'stored' ? [outcome] : []))
  const companies = await compareRecords(
    database,
    'company',
    stored.flatMap(row => row.company ?? []),
  )
  const contacts = await compareRecords(
    database,
    'contact',
    stored.flatMap(row => row.contact ?? []),
  )
  const none = { company: null, contact: null, code: null, message: null, warnings: [] }
  return read.map(({ line, outcome, warnings }) => {
    const row = { ...none, line, becomes: outcome.becomes }
    if (outcome.becomes === 'rejected') return { ...row, code: outcome.code, message: outcome.message }
    if (outcome.becomes === 'empty') return row
    const { company, contact } = outcome
    return {
      ...row,
      company: company && { ...describeRecord(company, companies), values: companyValues(company) },
      contact: contact && { ...describeRecord(contact, contacts), values: givenValues(contact.values) },
      warnings,
    }
  })
}

function describeRecord({ uuid }: RecordWrite, effects: ReadonlyMap<string, Effect>): Omit<PreviewRecord, 'values'> {
  return { uuid, effect: effects.get(uuid)! }
}

/** The values with the domain that the company would get. */
function companyValues({ values, emailDomain }: RecordWrite): Values {
  const domain = ownDomain(values) ?? emailDomain
  const { normalized_domain: _, ...rest } = values
  return givenValues(domain === undefined ? rest : { ...rest, normalized_domain: domain })
}

/** The values without the fields that the row leaves out, and with the code of its country. */
function givenValues(values: Values): Values {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  const code = typeof values.country === 'string' ? regionOf(values.country) : null
  return code === null ? given : { ...given, country_code: code }
}
