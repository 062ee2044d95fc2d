/** Jobs: created, watched, cancelled and run again. */
import { Type } from 'typebox'
import { JOB_STATUSES, type Job, jobToJson } from '../../jobs/job/job.ts'
import { estimateSize } from '../../jobs/job-size.ts'
import { JOB_TYPES, validateJobData } from '../../jobs/job-types.ts'
import { cancelJob, createJob, DEFAULT_RETRY_SECONDS, getJob, listJobs, retryJob } from '../../jobs/queue/queue.ts'
import { DEFAULT_LIMIT, parsePage } from '../../vql/parse-page.ts'
import { importReport } from '../import-schemas.ts'
import type { App, ServerParts } from '../parts.ts'
import { success, uuidParams } from '../schemas.ts'

const DAY = 86_400

const jobType = Type.Enum([...JOB_TYPES])
const status = Type.Enum([...JOB_STATUSES])
const job = Type.Unsafe<ReturnType<typeof jobToJson>>({ $ref: 'Job#' })

const newJob = Type.Object(
  {
    job_type: Type.Enum([...JOB_TYPES], { 'x-missing': 'ERR_MISSING_JOB_TYPE', 'x-invalid': 'ERR_INVALID_JOB_TYPE' }),
    job_data: Type.Record(Type.String(), Type.Unknown(), {
      'x-missing': 'ERR_MISSING_JOB_DATA',
      'x-invalid': 'ERR_INVALID_JOB_DATA',
      description:
        'Of an import: `s3_key`, and if need be `mapping` and `service`; `/common/imports/preview` shows what it would make of the file. Of an export: `service`, `vql`, and if need be `format` (`csv` or `ndjson`) and `gzip`.',
    }),
    retry_count: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        'x-invalid': 'ERR_INVALID_RETRY_COUNT',
        description: 'How often a failed run is retried',
      }),
    ),
    retry_interval: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: DAY,
        default: DEFAULT_RETRY_SECONDS,
        description: 'Seconds before the first retry; doubled before each further one',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ job_type: 'insert_csv_file', job_data: { s3_key: 'uploads/uuid_contacts.csv' }, retry_count: 3 }],
  },
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
    limit: Type.Optional(Type.Integer({ minimum: 0, default: DEFAULT_LIMIT, description: 'At most 100' })),
  },
  { additionalProperties: false, examples: [{ status: ['open', 'processing', 'failed'], limit: 20 }] },
)

export function jobRoutes(app: App, { database, engine, store }: ServerParts): void {
  app.addSchema({ $id: 'Job', ...jobSchema() })

  app.post(
    '/common/jobs/create',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'createJob',
        summary: 'Create a job',
        body: newJob,
        response: success({ message: Type.String(), data: job }),
      },
    },
    async request => {
      const { job_type, job_data, retry_count, retry_interval } = request.body
      const data = validateJobData(job_type, job_data)
      const created = await createJob(database, {
        jobType: job_type,
        data,
        sizeBytes: await estimateSize(job_type, data, { store, engine }),
        retryCount: retry_count ?? 0,
        retryIntervalSeconds: retry_interval ?? DEFAULT_RETRY_SECONDS,
      })
      return { success: true as const, message: 'Job created successfully', data: jobToJson(created) }
    },
  )

  app.post(
    '/common/jobs',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'listJobs',
        summary: 'List jobs, newest first',
        description:
          'In a list `data` holds at most 20,000 bytes: of a larger one its large members (a mapping, a query) are left out. `GET /common/jobs/{uuid}` has them.',
        body: filter,
        response: success({ data: Type.Array(job) }),
      },
    },
    async request => {
      const { job_type, status, limit } = request.body
      const jobs = await listJobs(database, {
        jobTypes: job_type === undefined ? null : [job_type].flat(),
        statuses: status === undefined ? null : [status].flat(),
        limit: parsePage({ page: 1, limit }).limit,
      })
      return { success: true as const, data: jobs.map(jobToJson) }
    },
  )

  const one = { tags: ['Jobs'], params: uuidParams, response: success({ data: job }) }
  const reply = (found: Job) => ({ success: true as const, data: jobToJson(found) })

  app.get('/common/jobs/:uuid', { schema: { ...one, operationId: 'getJob', summary: 'One job' } }, async request =>
    reply(await getJob(database, request.params.uuid)),
  )
  app.post(
    '/common/jobs/:uuid/cancel',
    {
      schema: {
        ...one,
        operationId: 'cancelJob',
        summary: 'Cancel a job',
        description: 'It ends `failed` with `ERR_CANCELLED`.',
      },
    },
    async request => reply(await cancelJob(database, request.params.uuid)),
  )
  app.post(
    '/common/jobs/:uuid/retry',
    {
      schema: {
        ...one,
        operationId: 'retryJob',
        summary: 'Run a failed job again',
        description: 'It goes on from its checkpoint.',
      },
    },
    async request => reply(await retryJob(database, request.params.uuid)),
  )
}

function jobSchema() {
  const integerOrNull = Type.Union([Type.Integer(), Type.Null()])
  const date = Type.String({ format: 'date-time' })
  return Type.Object({
    id: Type.Integer(),
    uuid: Type.String({ format: 'uuid' }),
    job_type: jobType,
    status,
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'The `job_data` it was created with' }),
    retry_count: Type.Integer({ description: 'Retries allowed' }),
    attempts: Type.Integer({ description: 'Runs begun' }),
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
        messages: Type.String({ description: 'One sentence for people' }),
        runtime_errors: Type.Array(Type.String()),
        s3_key: Type.Optional(Type.String({ description: 'The file that an export wrote' })),
        bytes: Type.Optional(Type.Integer({ description: 'Of that file' })),
        sha256: Type.Optional(Type.String({ description: 'Of that file, in hexadecimal' })),
        rejects_s3_key: Type.Optional(
          Type.String({
            description:
              'The file of the rows an import could not take: their cells as they were, then `line`, `error_code`, `error_message`. Mended, it can be imported as it is, with the same `mapping` and `service`.',
          }),
        ),
        warnings_s3_key: Type.Optional(
          Type.String({
            description:
              'The file of what an import did not take of the rows it stored: `line`, `column`, `field`, `code`, `value`, `message`; of each code and field the first 10,000.',
          }),
        ),
        ...importReport,
      },
      { description: 'What became of it; the numbers and what follows them are of a completed import' },
    ),
    run_after: Type.Union([date, Type.Null()], {
      description:
        'When a retry is due, or the next try of a job that waits for room (job_response.messages says for which)',
    }),
    created_at: date,
    updated_at: date,
  })
}
