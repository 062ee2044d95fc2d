/** S3 stores for tests, on the server of a test or on any other. */
import { openS3Store, type S3Store, type S3Tuning } from '../../../src/files/s3/s3-store.ts'
import type { Credentials } from './verify-signature.ts'

export interface S3Address {
  readonly url: string
  readonly credentials: Credentials
}

/** Below it lie all keys of the stores. */
export const PREFIX = "it's(1)/connectra/"

/** The client finds the credentials where AWS clients look for them first. */
export function useCredentials({ accessKeyId, secretAccessKey }: Credentials): void {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey
}

export function openStoreAt(
  { url, credentials }: S3Address,
  buckets: readonly string[],
  tuning: S3Tuning = {},
  publicEndpoint: string | null = null,
): S3Store {
  useCredentials(credentials)
  return openS3Store(
    {
      buckets,
      region: null,
      endpoint: url,
      publicEndpoint,
      forcePathStyle: true,
      prefix: PREFIX,
      urlSeconds: 30 * 86_400,
    },
    tuning,
  )
}
