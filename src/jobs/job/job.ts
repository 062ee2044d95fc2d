/** A job as stored in the database and as shown to clients. */
import type { JobResponse, Progress } from './job-context.ts'

export const JOB_STATUSES = [
  'open',
  'in_queue',
  'processing',
  'completed',
  'failed',
  'retry_in_queued',
  'retrying',
] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

export interface Job {
  readonly id: number
  readonly uuid: string
  readonly jobType: string
  readonly status: JobStatus
  readonly data: Readonly<Record<string, unknown>>
  /** The number of retries allowed. */
  readonly retryCount: number
  /** The number of runs started. */
  readonly attempts: number
  readonly progress: Progress
  readonly response: JobResponse
  /** When the next retry is due. */
  readonly runAfter: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The columns of a `JobRow`. `data` is an expression for the column of that name. */
export function jobColumns(data = 'data'): string {
  return `id, uuid, job_type, status, ${data}, retry_count, attempts, progress, job_response, run_after, created_at, updated_at`
}

export const JOB_COLUMNS = jobColumns()

/** For SET: no worker has the job. */
export const UNCLAIMED = 'claim = NULL, worker = NULL, claimed_at = NULL, lease_until = NULL'

export interface JobRow {
  readonly id: number
  readonly uuid: string
  readonly job_type: string
  readonly status: JobStatus
  readonly data: Readonly<Record<string, unknown>>
  readonly retry_count: number
  readonly attempts: number
  readonly progress: Partial<ProgressJson>
  readonly job_response: Partial<ResponseJson>
  readonly run_after: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface ProgressJson {
  readonly rows_read: number
  readonly rows_total: number | null
  readonly rows_stored: number
  readonly rows_rejected: number
  readonly bytes_read: number
  readonly bytes_total: number | null
}

export interface ResponseJson {
  readonly messages: string
  readonly runtime_errors: readonly string[]
  readonly s3_key?: string
  readonly rejects_s3_key?: string
  readonly warnings_s3_key?: string
  readonly seq?: number
  /** JobResponse.details */
  readonly [detail: string]: unknown
}

export function jobFromRow(row: JobRow): Job {
  return {
    id: row.id,
    uuid: row.uuid,
    jobType: row.job_type,
    status: row.status,
    data: row.data,
    retryCount: row.retry_count,
    attempts: row.attempts,
    progress: progressFromJson(row.progress),
    response: responseFromJson(row.job_response),
    runAfter: row.run_after,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The job as shown in every reply. */
export function jobToJson(job: Job) {
  return {
    id: job.id,
    uuid: job.uuid,
    job_type: job.jobType,
    status: job.status,
    data: job.data,
    retry_count: job.retryCount,
    attempts: job.attempts,
    progress: progressToJson(job.progress),
    job_response: responseToJson(job.response),
    run_after: job.runAfter?.toISOString() ?? null,
    created_at: job.createdAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
  }
}

export function progressToJson(progress: Progress): ProgressJson {
  return {
    rows_read: progress.rowsRead,
    rows_total: progress.rowsTotal,
    rows_stored: progress.rowsStored,
    rows_rejected: progress.rowsRejected,
    bytes_read: progress.bytesRead,
    bytes_total: progress.bytesTotal,
  }
}

export function progressFromJson(json: Partial<ProgressJson>): Progress {
  return {
    rowsRead: json.rows_read ?? 0,
    rowsTotal: json.rows_total ?? null,
    rowsStored: json.rows_stored ?? 0,
    rowsRejected: json.rows_rejected ?? 0,
    bytesRead: json.bytes_read ?? 0,
    bytesTotal: json.bytes_total ?? null,
  }
}

export function responseToJson(response: JobResponse): ResponseJson {
  return {
    ...response.details,
    messages: storable(response.messages),
    runtime_errors: (response.runtimeErrors ?? []).map(storable),
    ...(response.s3Key === undefined ? {} : { s3_key: response.s3Key }),
    ...(response.rejectsS3Key === undefined ? {} : { rejects_s3_key: response.rejectsS3Key }),
    ...(response.warningsS3Key === undefined ? {} : { warnings_s3_key: response.warningsS3Key }),
    ...(response.seq === undefined ? {} : { seq: response.seq }),
  }
}

function responseFromJson(json: Partial<ResponseJson>): JobResponse {
  const {
    messages,
    runtime_errors: runtimeErrors,
    s3_key: s3Key,
    rejects_s3_key: rejectsS3Key,
    warnings_s3_key: warningsS3Key,
    seq,
    ...details
  } = json
  return {
    messages: messages ?? '',
    runtimeErrors: runtimeErrors ?? [],
    ...(s3Key === undefined ? {} : { s3Key }),
    ...(rejectsS3Key === undefined ? {} : { rejectsS3Key }),
    ...(warningsS3Key === undefined ? {} : { warningsS3Key }),
    ...(seq === undefined ? {} : { seq }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  }
}

/** Whether the job failed because it was cancelled. */
export function isCancelled({ status, response }: Job): boolean {
  return status === 'failed' && (response.runtimeErrors?.at(-1)?.startsWith('ERR_CANCELLED:') ?? false)
}

/** A message may quote any content of a file, but PostgreSQL's JSON accepts neither NUL nor a lone surrogate. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
