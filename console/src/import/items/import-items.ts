/** The files of the import room: what is kept of them in the session, so that a reload loses nothing. */
import type { Service } from '../../api/records.ts'
import { isTargetKey, type Mapping, type TargetKey } from '../columns/targets.ts'

export interface ImportItem {
  readonly id: string
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly step: Step
  /** The key of the uploaded file; null until it is uploaded. */
  readonly s3Key: string | null
  readonly mapping: Mapping
  /** Null: as the server recognises it. */
  readonly service: Service | null
  /** Null: as the server detects it. */
  readonly encoding: string | null
  /** The uuid of the job that imports it. */
  readonly job: string | null
  /**
   * The key of the rejected rows that this file corrects. Its import starts as soon as the file is uploaded. Null for other files, and
   * after the start has failed.
   */
  readonly corrects: string | null
  /** Why the upload has ended before it was complete. */
  readonly problem: UploadProblem | null
}

export interface UploadProblem {
  /**
   * `failed`: it can be tried again. `file-gone`: after a reload, the person has to choose the file again. `rows-gone`: the same, but
   * what was pasted or corrected was never a file that could be chosen.
   */
  readonly reason: 'failed' | 'file-gone' | 'rows-gone'
  readonly message: string
}

/** The file is uploaded, then a person checks how it is read, then a job imports it. */
export type Step = 'upload' | 'check' | 'run'

export type ItemSettings = Pick<ImportItem, 'mapping' | 'service' | 'encoding' | 'corrects'>

const NO_SETTINGS: ItemSettings = { mapping: {}, service: null, encoding: null, corrects: null }

export function newItem(id: string, { name, size }: FileFacts, settings: Partial<ItemSettings> = {}): ImportItem {
  return { id, name, size, step: 'upload', s3Key: null, job: null, problem: null, ...NO_SETTINGS, ...settings }
}

interface FileFacts {
  readonly name: string
  readonly size: number
}

const PASTED = 'pasted-rows'

/** Of an upload that a reload has cut off, if the browser has not kept the file. */
export function fileGone({ name, corrects }: Pick<ImportItem, 'name' | 'corrects'>): UploadProblem {
  const before = 'The page was reloaded before the upload was complete.'
  if (corrects !== null)
    return {
      reason: 'rows-gone',
      message: `${before} Import the corrected rows again in the report of the first import.`,
    }
  if (name.startsWith(PASTED)) return { reason: 'rows-gone', message: `${before} Paste the rows again.` }
  return { reason: 'file-gone', message: `${before} Choose the file again.` }
}

/** Of anything that the session may hold: what can be continued. */
export function restoreItems(json: string | null): readonly ImportItem[] {
  let stored: unknown
  try {
    stored = JSON.parse(json ?? '[]')
  } catch {
    return []
  }
  return Array.isArray(stored) ? stored.flatMap(restoreItem) : []
}

function restoreItem(stored: unknown): ImportItem[] {
  if (typeof stored !== 'object' || stored === null) return []
  const { id, name, size, s3Key, job, corrects } = stored as Record<string, unknown>
  if (typeof id !== 'string' || typeof name !== 'string' || typeof size !== 'number') return []
  const settings = { ...restoreSettings(stored), corrects: typeof corrects === 'string' ? corrects : null }
  const item = newItem(id, { name, size }, settings)
  if (typeof s3Key !== 'string') return [item]
  if (typeof job !== 'string') return [{ ...item, s3Key, step: 'check' }]
  return [{ ...item, s3Key, job, step: 'run' }]
}

/** How a file is read, of a stored item or of the `job_data` of an import. */
export function restoreSettings(stored: object): Omit<ItemSettings, 'corrects'> {
  const { service, encoding, mapping } = stored as Record<string, unknown>
  return {
    mapping: restoreMapping(mapping),
    service: service === 'company' || service === 'contact' ? service : null,
    encoding: typeof encoding === 'string' ? encoding : null,
  }
}

function restoreMapping(stored: unknown): Mapping {
  if (typeof stored !== 'object' || stored === null) return {}
  const entries = Object.entries(stored).filter((entry): entry is [string, TargetKey | null] => {
    return entry[1] === null || isTargetKey(entry[1])
  })
  return Object.fromEntries(entries)
}

/** The item that waits for this file. */
export function findWaiting(items: readonly ImportItem[], file: FileFacts): ImportItem | undefined {
  return items.find(item => item.step === 'upload' && item.problem !== null && isSame(item, file))
}

export function isSame(item: FileFacts, file: FileFacts): boolean {
  return item.name === file.name && item.size === file.size
}

/** Files that people take for CSV, and what to do instead. Everything else is for the server to judge. */
const OTHER_FILES: readonly (readonly [endings: RegExp, advice: string])[] = [
  [
    /\.(xlsx?|xlsm|xlsb|ods|numbers)$/i,
    'is a spreadsheet. Save it as CSV (in Excel: File, Save as, “CSV UTF-8”), then add that file.',
  ],
  [/\.(pdf|docx?|html?)$/i, 'is a document. Export its rows as CSV, then add that file.'],
  [
    /\.(7z|rar|tar|tgz|bz2|xz)$/i,
    'is an archive of another kind. Unpack it, then add the CSV file. Gzip and zip work as they are.',
  ],
  [/\.(json|ndjson|vcf|xml)$/i, 'is not a table. Export the rows as CSV, then add that file.'],
]

/** Why a file is not taken at all; null if it is. */
export function whyRefused({ name, size }: FileFacts): string | null {
  const other = OTHER_FILES.find(([endings]) => endings.test(name))
  if (other !== undefined) return `${name} ${other[1]}`
  return size === 0 ? `${name} is empty.` : null
}

/** Rows that were copied from a spreadsheet have tabs. Null for a text that is not rows: one line, or nothing. */
export function fileOfRows(text: string): { readonly name: string; readonly text: string } | null {
  const lines = text.split(/\r\n|\n|\r/).filter(line => line.trim() !== '')
  if (lines.length < 2) return null
  return { name: lines[0]!.includes('\t') ? `${PASTED}.tsv` : `${PASTED}.csv`, text }
}

interface ItemStatus {
  readonly text: string
  readonly tone: 'neutral' | 'info' | 'ok' | 'warn' | 'bad'
}

/** The state of an item before its job, in a word. */
export function statusOf({ step, problem }: ImportItem, isActive: boolean): ItemStatus {
  if (step === 'check') return { text: 'Not started', tone: 'info' }
  if (step === 'run') return { text: 'Import', tone: 'neutral' }
  if (problem !== null) return { text: 'Not uploaded', tone: 'bad' }
  return isActive ? { text: 'Uploading', tone: 'info' } : { text: 'Waiting', tone: 'neutral' }
}
