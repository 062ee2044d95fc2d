/** What a job says, in words for people. */
import type { components } from '../../api/schema.d.ts'

export type Job = components['schemas']['Job']
type JobStatus = Job['status']
export type JobType = Job['job_type']

const UNFINISHED: readonly JobStatus[] = ['open', 'in_queue', 'processing', 'retry_in_queued', 'retrying']

export function isFinished({ status }: Pick<Job, 'status'>): boolean {
  return status === 'completed' || status === 'failed'
}

/** A worker has it. */
export function isRunning({ status }: Pick<Job, 'status'>): boolean {
  return status === 'in_queue' || status === 'processing' || status === 'retrying'
}

export function isCancelled({ status, job_response }: Pick<Job, 'status' | 'job_response'>): boolean {
  return status === 'failed' && (job_response.runtime_errors.at(-1)?.startsWith('ERR_CANCELLED') ?? false)
}

interface StatusWords {
  readonly text: string
  readonly tone: 'neutral' | 'info' | 'ok' | 'warn' | 'bad'
}

const STATUS_WORDS: Readonly<Record<JobStatus, StatusWords>> = {
  open: { text: 'Waiting', tone: 'neutral' },
  in_queue: { text: 'Starting', tone: 'info' },
  processing: { text: 'Running', tone: 'info' },
  completed: { text: 'Completed', tone: 'ok' },
  failed: { text: 'Failed', tone: 'bad' },
  retry_in_queued: { text: 'Waiting to try again', tone: 'warn' },
  retrying: { text: 'Running again', tone: 'info' },
}

export function statusWords(job: Pick<Job, 'status' | 'job_response' | 'progress'>): StatusWords {
  if (isCancelled(job)) return { text: 'Cancelled', tone: 'neutral' }
  if (job.status === 'completed' && job.progress.rows_rejected > 0)
    return { text: 'Completed, with rejected rows', tone: 'warn' }
  return STATUS_WORDS[job.status]
}

export const TYPE_WORDS: Readonly<Record<JobType, string>> = { insert_csv_file: 'Import', export_csv_file: 'Export' }

/** `uploads/<uuid>_people.csv` → `people.csv`. The key of an export begins with the uuid of its job. */
export function nameOfKey(key: string): string {
  return key.replace(/^[^/]*\//, '').replace(/^(?:command-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-\d+)?_/i, '')
}

/** The file that it reads or writes; for an export without a file, what it is about. */
export function fileOf({ job_type, data, job_response }: Pick<Job, 'job_type' | 'data' | 'job_response'>): string {
  const key = job_type === 'insert_csv_file' ? data.s3_key : job_response.s3_key
  if (typeof key === 'string' && key !== '') return nameOfKey(key)
  return data.service === 'company' ? 'Companies' : data.service === 'contact' ? 'Contacts' : 'Unnamed'
}

/** From 0 to 1; null while nobody knows. An import knows its bytes, an export its rows. */
export function shareDone({ status, progress }: Pick<Job, 'status' | 'progress'>): number | null {
  if (status === 'completed') return 1
  const { bytes_read, bytes_total, rows_read, rows_total } = progress
  if (bytes_total !== null && bytes_total > 0) return Math.min(1, bytes_read / bytes_total)
  if (rows_total !== null && rows_total > 0) return Math.min(1, rows_read / rows_total)
  return null
}

/** Seconds that it took, as its report says, or from its creation to its end, or to now. */
export function ageAtEnd(job: Pick<Job, 'status' | 'created_at' | 'updated_at' | 'job_response'>, now: number): number {
  const { seconds } = job.job_response
  if (isFinished(job) && seconds !== undefined) return seconds
  const end = isFinished(job) ? Date.parse(job.updated_at) : now
  return Math.max(0, (end - Date.parse(job.created_at)) / 1000)
}

/** `ERR_CODE: message` → its parts. */
export function splitError(text: string): { readonly code: string | null; readonly message: string } {
  const [, code, message] = /^(ERR_\w+): (.*)$/s.exec(text) ?? []
  if (code === undefined || message === undefined) return { code: null, message: text }
  return { code, message: message.charAt(0).toUpperCase() + message.slice(1) }
}

export interface JobFilter {
  readonly type: JobType | null
  readonly state: 'unfinished' | 'completed' | 'failed' | null
}

export interface JobsView extends JobFilter {
  /** The uuid of the job in the panel. */
  readonly open: string | null
  readonly limit: number
}

export const PAGE = 25
/** The server lists no more. */
export const MOST = 100

/** Of anything that an address may hold. */
export function parseJobsView({ type, state, open, limit }: Readonly<Record<string, unknown>>): JobsView {
  return {
    type: type === 'insert_csv_file' || type === 'export_csv_file' ? type : null,
    state: state === 'unfinished' || state === 'completed' || state === 'failed' ? state : null,
    open: typeof open === 'string' && open !== '' ? open : null,
    limit: limit === MOST ? MOST : PAGE,
  }
}

/** The body of the request for the list. */
export function listRequest({ type, state }: JobFilter, limit: number) {
  const status = state === 'unfinished' ? [...UNFINISHED] : state
  return { ...(type !== null && { job_type: type }), ...(status !== null && { status }), limit }
}
