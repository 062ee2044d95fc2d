/** Previews the beginning of a file with the code of an import, without storing anything. */
import type { CsvRecord } from '../../csv/parse.ts'
import { type SkippedLine, skippedLine } from '../../csv/read.ts'
import type { Database } from '../../database/pool.ts'
import { ConnectraError } from '../../errors.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { RecordWrite, Values } from '../../records/record.ts'
import { ownDomain } from '../../records/values/domain.ts'
import { compareRecords, type Effect } from '../../records/write/compare.ts'
import { within } from '../../runtime/within.ts'
import { fileSize, type ImportData } from './data.ts'
import { type FileDescription, type ImportFile, openImportFile } from './open-file.ts'
import { type Outcome, recordReader } from './read-record.ts'
import { SKIPPED_KEPT } from './tally.ts'
import { type ListedWarning, warningLister } from './warnings.ts'

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
  readonly warnings: readonly Omit<ListedWarning, 'line' | 'place'>[]
}

export interface PreviewRecord {
  readonly uuid: string
  /** What all rows of the preview together would do to the record. */
  readonly effect: Effect
  /** Cleaned values by field. Fields that the row leaves out keep their stored values. */
  readonly values: Values
}

export const PREVIEW_ROWS = { default: 10, maximum: 100 } as const

/** Limits of reading, in bytes (both packed and unpacked) and milliseconds. A row may have 1 MB. */
const MAX_READ = 8 << 20
const MAX_TIME = 5_000

/** Throws ERR_NOT_FOUND and ERR_INVALID_CSV like the import, and ERR_UNAVAILABLE if the file cannot be read in time. */
export async function previewImport(
  database: Database,
  store: ObjectStore,
  data: ImportData,
  rows: number,
): Promise<ImportPreview> {
  const bytes = await fileSize(store, data.s3Key)
  const { file, read, skipped, isWhole } = await readBeginning(store, data, rows)
  return {
    bytes,
    ...file.description,
    skipped_lines: [...file.description.skipped_lines, ...skipped],
    rows: await describeRows(database, file, read),
    is_whole: isWhole,
  }
}

interface ReadRecord {
  readonly record: CsvRecord
  readonly outcome: Exclude<Outcome, { becomes: 'skipped' }>
}

interface Beginning {
  readonly file: ImportFile
  readonly read: readonly ReadRecord[]
  readonly skipped: readonly SkippedLine[]
  readonly isWhole: boolean
}

async function readBeginning(store: ObjectStore, data: ImportData, rows: number): Promise<Beginning> {
  const read: ReadRecord[] = []
  const skipped: SkippedLine[] = []
  let file: ImportFile | null = null
  let isWhole = false
  let enough = false
  /** Counts packed bytes as well as unpacked ones, as gigabytes of an archive may unpack to nothing. */
  const bound = () => {
    let bytes = 0
    return (more: number) => {
      bytes += more
      enough ||= bytes > MAX_READ
      if (enough)
        throw new ConnectraError(
          'ERR_INVALID_CSV',
          'the first 8 MB of the file contain no line of headers: start the file with one',
        )
    }
  }
  async function readRows(): Promise<void> {
    file = await openImportFile(store, data, { read: bound(), expanded: bound() })
    if (enough) return file.close()
    const readRecord = recordReader(file.csv.header.cells, file.meaning)
    let withinFooter = false
    for await (const records of file.csv.records)
      for (const record of records) {
        const outcome = readRecord(record, withinFooter)
        withinFooter = outcome.becomes === 'skipped' && outcome.footer
        if (outcome.becomes === 'skipped') {
          if (skipped.length < SKIPPED_KEPT) skipped.push(skippedLine(record))
          continue
        }
        if (read.length === rows) return
        read.push({ record, outcome })
      }
    isWhole = true
  }
  try {
    await within(MAX_TIME, readRows(), () => {
      enough = true
    })
  } catch (error) {
    // Once a limit is reached, the rows read so far are shown.
    if (!enough || file === null) throw error
  } finally {
    ;(file as ImportFile | null)?.close()
  }
  if (file === null)
    throw new ConnectraError('ERR_UNAVAILABLE', 'the beginning of the file could not be read in time: try again', {
      retryAfter: 5,
    })
  return { file, read: [...read], skipped: [...skipped], isWhole }
}

async function describeRows(
  database: Database,
  { meaning }: ImportFile,
  read: readonly ReadRecord[],
): Promise<PreviewRow[]> {
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
  const listWarnings = warningLister(meaning)
  const none = { company: null, contact: null, code: null, message: null, warnings: [] }
  return read.map(({ record, outcome }) => {
    const row = { ...none, line: record.line, becomes: outcome.becomes }
    if (outcome.becomes === 'rejected') return { ...row, code: outcome.code, message: outcome.message }
    if (outcome.becomes === 'empty') return row
    const { company, contact } = outcome
    return {
      ...row,
      company: company && { ...describeRecord(company, companies), values: companyValues(company) },
      contact: contact && { ...describeRecord(contact, contacts), values: givenValues(contact.values) },
      warnings: listWarnings(record, outcome).map(({ line: _, place: __, ...warning }) => warning),
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

/** The values without the fields that the row leaves out. */
function givenValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
