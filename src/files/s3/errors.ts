/** Errors of S3 in plain words. */
import { ConnectraError } from '../../errors.ts'
import { outageOf, StoreUnavailable } from '../unavailable.ts'

/** The code that S3 gave: `NoSuchKey`. For a reply without a body it follows from the status. */
function codeOf(error: unknown): string {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  return BY_STATUS[status ?? 0] ?? name ?? 'Error'
}

/** Statuses that S3 uses for one error, or whose errors are handled alike. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
}

/** The errors that are handled where they occur. They keep S3's code. */
const HANDLED = new Set([
  'NoSuchKey',
  'NotFound',
  'NoSuchUpload',
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'InvalidRange',
])

const REFUSED = new Set(['AccessDenied', 'Forbidden', '403', 'AllAccessDisabled', 'AccountProblem'])

/** What is wrong with the settings or the credentials, by S3's code. */
const MISTAKES: Readonly<Record<string, (bucket: string) => string>> = {
  NoSuchBucket: bucket => `there is no S3 bucket "${bucket}": create it, or correct S3_BUCKET`,
  PermanentRedirect: inAnotherRegion,
  AuthorizationHeaderMalformed: inAnotherRegion,
  IllegalLocationConstraintException: inAnotherRegion,
  InvalidBucketName: bucket => `"${bucket}" cannot be the name of an S3 bucket: correct S3_BUCKET`,
  InvalidAccessKeyId: () => 'S3 does not know the AWS access key: correct AWS_ACCESS_KEY_ID or the profile',
  SignatureDoesNotMatch: () =>
    'S3 refuses the signature: correct AWS_SECRET_ACCESS_KEY, or S3_ENDPOINT if a proxy changes the host of requests',
  ExpiredToken: () => 'the AWS session has expired: renew the credentials',
  TokenRefreshRequired: () => 'the AWS session has expired: renew the credentials',
  InvalidToken: () => 'S3 does not accept the AWS session token: correct AWS_SESSION_TOKEN or remove it',
  RequestTimeTooSkewed: () => 'the clock of this machine differs from that of S3: set it',
  CredentialsProviderError: () =>
    'there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role',
  TokenProviderError: () => 'the AWS login has expired: log in again, or use other credentials',
}

function inAnotherRegion(bucket: string): string {
  return `the S3 bucket "${bucket}" is in another region, or S3_ENDPOINT is not its address: set S3_REGION to the region of the bucket`
}

/** An error with a code that callers handle. */
class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly code: string

  constructor(code: string, bucket: string, cause: unknown) {
    super(`S3 answered ${code} for the bucket "${bucket}"`, { cause })
    this.code = code
  }
}

/** S3 refuses a request of these credentials. */
export class S3Refused extends ConnectraError {
  constructor(bucket: string, cause: unknown) {
    super(
      'ERR_UNAVAILABLE',
      `S3 refuses access to the bucket "${bucket}": run \`connectra doctor\` to see which right is missing`,
      { cause },
    )
  }
}

/** `isLate`: the request was aborted because no reply came in time. */
export function plainError(bucket: string, error: unknown, isLate: boolean): unknown {
  if (error instanceof ConnectraError || !(error instanceof Error)) return error
  if (isLate) return new StoreUnavailable('no reply', error)
  const code = codeOf(error)
  const mistake = MISTAKES[code]
  if (mistake !== undefined) return new ConnectraError('ERR_UNAVAILABLE', mistake(bucket), { cause: error })
  const outage = outageOf(error)
  if (outage !== null) return new StoreUnavailable(outage, error)
  if (HANDLED.has(code)) return new S3Error(code, bucket, error)
  const { httpStatusCode: status } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
  if (REFUSED.has(code) || status === 403) return new S3Refused(bucket, error)
  if (status === 404) return new S3Error('NotFound', bucket, error)
  if (status === undefined) return error
  return new ConnectraError('ERR_UNAVAILABLE', `S3 refuses a request for the bucket "${bucket}" (${code})`, {
    cause: error,
  })
}

export function isMissing(error: unknown): boolean {
  return error instanceof S3Error && (error.code === 'NoSuchKey' || error.code === 'NotFound')
}

/** A condition of the request does not hold: the object is another one, or there is one. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof S3Error && (error.code === 'PreconditionFailed' || error.code === 'ConditionalRequestConflict')
  )
}

export function isBeyondEnd(error: unknown): boolean {
  return error instanceof S3Error && error.code === 'InvalidRange'
}

export function isMissingUpload(error: unknown): boolean {
  return error instanceof S3Error && (error.code === 'NoSuchUpload' || isMissing(error))
}
