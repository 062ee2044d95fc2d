/** A bucket, and how requests are sent to it. */
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { plainError } from './errors.ts'

export interface S3Options {
  /** At least one. The first is the default. */
  readonly buckets: readonly string[]
  /** Null: from the environment or the profile; with `endpoint`, DEFAULT_REGION. */
  readonly region: string | null
  /** The address of a server with the API of S3. Null: Amazon's. */
  readonly endpoint: string | null
  /** The address in signed URLs. Null: the same. */
  readonly publicEndpoint: string | null
  /** Whether the bucket is in the path of the URLs, not in their host. */
  readonly forcePathStyle: boolean
  /** In front of all keys: empty, or ends with a slash. */
  readonly prefix: string
  /** How long a signed URL is valid. S3 allows seven days, so a longer time is shortened. */
  readonly urlSeconds: number
}

/** Times in milliseconds. */
export interface Patience {
  /** Until the reply begins, with all attempts. */
  readonly replyWithin: number
  /** Without a byte while one is wanted, after which a connection counts as broken. */
  readonly stalledAfter: number
  /** Broken connections in a row without a byte in between, after which the storage counts as unavailable. */
  readonly brokenAtMost: number
}

/** A part of an upload is sent within the first time even at 0.5 Mbit/s. */
const PATIENT: Patience = { replyWithin: 150_000, stalledAfter: 20_000, brokenAtMost: 4 }
/** While a client waits for the reply to its request. */
export const FOR_REQUESTS: Patience = { replyWithin: 10_000, stalledAfter: 10_000, brokenAtMost: 0 }

export interface Bucket {
  readonly name: string
  readonly prefix: string
  readonly client: S3Client
  readonly patience: Patience
  /** Signs URLs. It never sends a request. */
  readonly signer: S3Client
  /** The origin of signed URLs. It follows from the settings alone, so no credentials are needed. */
  readonly uploadOrigin: () => Promise<string>
}

/** Servers other than Amazon's ignore the region, but the signature contains one. */
const DEFAULT_REGION = 'us-east-1'
/** With pauses between them that grow from 0.1 s. */
const ATTEMPTS = 3
/** Milliseconds: to connect, and without a byte on the connection. */
const CONNECT_WITHIN = 5_000
const IDLE_AT_MOST = 20_000

export function openBuckets(options: S3Options): Bucket[] {
  const client = openClient(options, options.endpoint)
  const signer = options.publicEndpoint === null ? client : openClient(options, options.publicEndpoint)
  const uploadOrigin = (name: string) => async () => await signedOrigin(options, name)
  return options.buckets.map(name => ({
    name,
    prefix: options.prefix,
    client,
    patience: PATIENT,
    signer,
    uploadOrigin: uploadOrigin(name),
  }))
}

/** The rules for the host of a URL are the client's own. A signature without value shows their result. */
async function signedOrigin(options: S3Options, name: string): Promise<string> {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const signer = openClient(options, options.publicEndpoint ?? options.endpoint, { credentials })
  try {
    const command = new PutObjectCommand({ Bucket: name, Key: 'none' })
    return new URL(await getSignedUrl(signer, command, { expiresIn: 1 })).origin
  } finally {
    signer.destroy()
  }
}

function openClient(
  { region, forcePathStyle }: S3Options,
  endpoint: string | null,
  more: Pick<S3ClientConfig, 'credentials'> = {},
): S3Client {
  const usedRegion = region ?? (endpoint === null ? null : DEFAULT_REGION)
  const config: S3ClientConfig = {
    ...(usedRegion === null ? {} : { region: usedRegion }),
    ...(endpoint === null ? {} : { endpoint }),
    forcePathStyle,
    maxAttempts: ATTEMPTS,
    // Otherwise signed URLs demand a checksum that no browser sends, and servers other than Amazon's refuse uploads.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_WITHIN, socketTimeout: IDLE_AT_MOST },
    ...more,
  }
  return new S3Client(config)
}

/**
 * Sends a request with `send`, which gets the signal that ends it. Rejects with the reason of `signal` once that aborts, and otherwise
 * with an error that says in plain words what is wrong (errors.ts).
 */
export async function request<T>(
  bucket: Bucket,
  send: (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted()
  const ending = new AbortController()
  const abort = () => ending.abort()
  signal?.addEventListener('abort', abort, { once: true })
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    abort()
  }, bucket.patience.replyWithin)
  try {
    return await send(bucket.client, { abortSignal: ending.signal })
  } catch (error) {
    throw signal?.aborted ? signal.reason : plainError(bucket.name, error, isLate)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
