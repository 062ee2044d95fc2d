/** Creates, lists, reads, cancels and retries jobs. */
import { type Static, Type } from 'typebox'
import { fileTooLarge, selectBucket } from '../../files/object-store.ts'
import { JOB_STATUSES, type Job, jobToJson } from '../../jobs/job/job.ts'
import { bucketName } from '../../jobs/job/job-data.ts'
import { estimateSize } from '../../jobs/job-size.ts'
import { JOB_TYPES, validateJobData } from '../../jobs/job-types.ts'
import { cancelJob, createJob, DEFAULT_RETRY_SECONDS, getJob, listJobs, retryJob } from '../../jobs/queue/queue.ts'
import { parsePage } from '../../vql/parse-page.ts'
import type { App, ServerParts } from '../parts.ts'
import { announceResults } from '../read-your-writes.ts'
import { importReport } from '../schemas/imports.ts'
import { MAX_RETRY_COUNT, MAX_RETRY_INTERVAL } from '../schemas/jobs.ts'
import { reference, strings, withNulls } from '../schemas/parts.ts'
import { limitSchema } from '../schemas/query.ts'
import { success, uuidParams } from '../schemas.ts'
import { checkedAs } from '../validation.ts'

const jobType = strings(JOB_TYPES)
const status = strings(JOB_STATUSES)
const job = Type.Unsafe<ReturnType<typeof jobToJson>>({ $ref: 'Job#' })

/** What the body is checked against. The document describes each type of job separately: `NewJob`. */
const newJob = Type.Object(
  {
    job_type: Type.Enum([...JOB_TYPES], { 'x-missing': 'ERR_MISSING_JOB_TYPE', 'x-invalid': 'ERR_INVALID_JOB_TYPE' }),
    job_data: Type.Record(Type.String(), Type.Unknown(), {
      'x-missing': 'ERR_MISSING_JOB_DATA',
      'x-invalid': 'ERR_INVALID_JOB_DATA',
    }),
    retry_count: Type.Optional(
      Type.Integer({ minimum: 0, maximum: MAX_RETRY_COUNT, 'x-invalid': 'ERR_INVALID_RETRY_COUNT' }),
    ),
    retry_interval: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_RETRY_INTERVAL })),
  },
  { additionalProperties: false },
)

const filter = Type.Object(
  {
    job_type: Type.Optional(
      Type.Union([jobType, Type.Array(jobType)], {
        'x-invalid': 'ERR_INVALID_JOB_TYPE',
        description: 'One or several',
      }),
    ),
    status: Type.Optional(Type.Union([status, Type.Array(status)], { description: 'One or several' })),
    // More than the maximum is an error with a code of its own.
    limit: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
)
const documentedFilter = withNulls({
  ...filter,
  properties: { ...filter.properties, limit: Type.Optional(limitSchema()) },
})

export function jobRoutes(app: App, parts: ServerParts): void {
  app.addSchema({ $id: 'Job', ...jobSchema() })
  createRoute(app, parts)
  listRoute(app, parts)
  singleJobRoutes(app, parts)
}

function createRoute(app: App, { config, database, engine, store }: ServerParts): void {
  app.post(
    '/common/jobs/create',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'createJob',
        summary: 'Create a job',
        description:
          'The job runs in the background. Poll `GET /common/jobs/{uuid}` until its status is `completed` or `failed`.',
        body: Type.Unsafe<Static<typeof newJob>>(reference('NewJob')),
        response: success({ message: Type.String(), data: job }),
      },
      validatorCompiler: checkedAs({ body: newJob }),
    },
    async request => {
      const { job_type, job_data, retry_count, retry_interval } = request.body
      const data = validateJobData(job_type, job_data)
      const files = selectBucket(store, bucketName(data), 'ERR_INVALID_JOB_DATA')
      const sizeBytes = await estimateSize(job_type, data, { store: files, engine })
      // A signed URL of S3 cannot limit the size of an upload.
      if (job_type === 'insert_csv_file' && sizeBytes > config.maxUpload) throw fileTooLarge(config.maxUpload)
      const created = await createJob(database, {
        jobType: job_type,
        data,
        sizeBytes,
        retryCount: retry_count ?? 0,
        retryIntervalSeconds: retry_interval ?? DEFAULT_RETRY_SECONDS,
      })
      return { success: true as const, message: 'Job created successfully', data: jobToJson(created) }
    },
  )
}

function listRoute(app: App, { database }: ServerParts): void {
  app.post(
    '/common/jobs',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'listJobs',
        summary: 'List jobs, newest first',
        description:
          'In a list, `data` has at most 20,000 bytes. If it is larger, its large members (a mapping, a query) are omitted; `GET /common/jobs/{uuid}` returns them.',
        body: Type.Unsafe<Static<typeof filter>>(documentedFilter),
        response: success({ data: Type.Array(job) }),
      },
      validatorCompiler: checkedAs({ body: filter }),
    },
    async (request, reply) => {
      const { job_type, status, limit } = request.body
      const jobs = await listJobs(database, {
        jobTypes: job_type === undefined ? null : [job_type].flat(),
        statuses: status === undefined ? null : [status].flat(),
        limit: parsePage({ page: 1, limit }).limit,
      })
      announceResults(reply, jobs)
      return { success: true as const, data: jobs.map(jobToJson) }
    },
  )
}

/** The routes for one job, each of which replies with the job. */
function singleJobRoutes(app: App, { database }: ServerParts): void {
  const one = { tags: ['Jobs'], params: uuidParams, response: success({ data: job }) }
  const show = (found: Job) => ({ success: true as const, data: jobToJson(found) })

  app.get(
    '/common/jobs/:uuid',
    {
      schema: {
        ...one,
        operationId: 'getJob',
        summary: 'Get one job',
        description: 'The state of the job, its progress, and its outcome once it has ended.',
      },
    },
    async (request, reply) => {
      const found = await getJob(database, request.params.uuid)
      announceResults(reply, [found])
      return show(found)
    },
  )
  app.post(
    '/common/jobs/:uuid/cancel',
    {
      schema: {
        ...one,
        operationId: 'cancelJob',
        summary: 'Cancel a job',
        description: 'The job ends as `failed` with `ERR_CANCELLED`.',
      },
    },
    async request => show(await cancelJob(database, request.params.uuid)),
  )
  app.post(
    '/common/jobs/:uuid/retry',
    {
      schema: {
        ...one,
        operationId: 'retryJob',
        summary: 'Run a failed job again',
        description: 'The job resumes at its checkpoint.',
      },
    },
    async request => show(await retryJob(database, request.params.uuid)),
  )
}

function jobSchema() {
  const integerOrNull = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
  const date = Type.String({ format: 'date-time' })
  return Type.Object({
    id: Type.Integer(),
    uuid: Type.String({ format: 'uuid' }),
    job_type: jobType,
    status,
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'The `job_data` the job was created with' }),
    retry_count: Type.Integer({ description: 'The number of retries allowed' }),
    attempts: Type.Integer({ description: 'The number of runs started' }),
    progress: Type.Object({
      rows_read: Type.Integer(),
      rows_total: integerOrNull,
      rows_stored: Type.Integer(),
      rows_rejected: Type.Integer(),
      bytes_read: Type.Integer(),
      bytes_total: integerOrNull,
    }),
    job_response: Type.Object(
      {
        messages: Type.String({ description: 'A sentence with the result, the error, or what the job waits for' }),
        runtime_errors: Type.Array(Type.String()),
        s3_key: Type.Optional(Type.String({ description: 'The file written by an export' })),
        bytes: Type.Optional(Type.Integer({ description: 'The size of this file' })),
        sha256: Type.Optional(Type.String({ description: 'The SHA-256 of this file in hexadecimal' })),
        rejects_s3_key: Type.Optional(
          Type.String({
            description:
              'The file with the rejected rows of an import: their original cells, then `line`, `error_code`, `error_message`. After its rows are fixed, the file can be imported with the same `mapping` and `service`.',
          }),
        ),
        warnings_s3_key: Type.Optional(
          Type.String({
            description:
              'The file with the values of stored rows that were not stored: `line`, `column`, `field`, `code`, `value`, `message`; the first 10,000 for each code and field.',
          }),
        ),
        seq: Type.Optional(
          Type.Integer({
            description:
              'The position of the last write before the job was completed. Send it as `X-Connectra-Min-Seq` to search a state that includes what the job has stored. Replies with the job have it in `X-Connectra-Seq`, too.',
          }),
        ),
        ...importReport,
      },
      { description: 'The outcome of the job. The report of an import is present once it is completed.' },
    ),
    run_after: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'date-time',
      description:
        'When a retry is due, or the next attempt of a waiting job, for example while a disk is full (`job_response.messages` has the reason)',
    }),
    created_at: date,
    updated_at: date,
  })
}
