/**
 * The catalogue of error codes and their HTTP statuses.
 * Every failure that a user can act on is a `ConnectraError`. Anything else is a bug and becomes ERR_INTERNAL.
 */
const STATUS = {
  ERR_INVALID_JSON: 400,
  ERR_EMPTY_PAYLOAD: 400,
  ERR_BATCH_TOO_LARGE: 400,
  ERR_MISSING_IDENTITY: 400,
  /** Only in warnings. */
  ERR_WEAK_IDENTITY: 400,
  /** Only in warnings. */
  ERR_PLACEHOLDER: 400,
  ERR_INVALID_UUID: 400,
  ERR_INVALID_VALUE: 400,
  ERR_VALUE_TOO_LONG: 400,
  ERR_UNKNOWN_FIELD: 400,
  ERR_NOT_SORTABLE: 400,
  ERR_INVALID_SEARCH_TYPE: 400,
  ERR_INVALID_CURSOR: 400,
  ERR_INVALID_PAGINATION: 400,
  ERR_PAGE_SIZE_EXCEEDED: 400,
  ERR_PAGE_OUT_OF_RANGE: 400,
  ERR_QUERY_TOO_COMPLEX: 400,
  ERR_RESPONSE_TOO_LARGE: 400,
  ERR_UNKNOWN_SERVICE: 400,
  ERR_UNKNOWN_FILTER: 400,
  ERR_MISSING_FILENAME: 400,
  ERR_MISSING_JOB_TYPE: 400,
  ERR_INVALID_JOB_TYPE: 400,
  ERR_MISSING_JOB_DATA: 400,
  ERR_INVALID_JOB_DATA: 400,
  ERR_INVALID_RETRY_COUNT: 400,
  ERR_MISSING_SELECT_COLUMNS: 400,
  ERR_EXPORT_TOO_LARGE: 400,
  ERR_INVALID_CSV: 400,
  ERR_CANCELLED: 400,
  ERR_UNAUTHORIZED: 401,
  ERR_FORBIDDEN: 403,
  ERR_NOT_FOUND: 404,
  ERR_METHOD_NOT_ALLOWED: 405,
  ERR_CONFLICT: 409,
  ERR_PRECONDITION_FAILED: 412,
  ERR_PAYLOAD_TOO_LARGE: 413,
  ERR_UNSUPPORTED_MEDIA_TYPE: 415,
  ERR_RANGE_NOT_SATISFIABLE: 416,
  ERR_RATE_LIMITED: 429,
  ERR_INTERNAL: 500,
  ERR_UNAVAILABLE: 503,
  ERR_QUERY_TIMEOUT: 503,
} as const

export type ErrorCode = keyof typeof STATUS

/** One bad record or value: where it is, what is wrong and what to do. `index` starts at 0. */
export interface Problem {
  readonly index?: number
  readonly field: string | null
  readonly code: ErrorCode
  readonly message: string
}

export interface ErrorOptions {
  readonly details?: readonly Problem[]
  /** Replaces `details` by the text of a JSON list, because there may be thousands of them. */
  readonly detailsText?: string
  /** Seconds the client should wait before it retries. */
  readonly retryAfter?: number
  readonly cause?: unknown
  /** No retry of a job can succeed, although the status says so of other errors. */
  readonly final?: boolean
}

/** A failure with a code from the catalogue. `message` says what is wrong and what to do; it does not include the code. */
export class ConnectraError extends Error {
  override readonly name = 'ConnectraError'
  readonly code: ErrorCode
  readonly details: readonly Problem[] | undefined
  readonly detailsText: string | undefined
  readonly retryAfter: number | undefined
  readonly final: boolean

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
    this.detailsText = options.detailsText
    this.retryAfter = options.retryAfter
    this.final = options.final ?? false
  }

  get status(): number {
    return STATUS[this.code]
  }
}
