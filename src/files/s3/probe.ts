/** Tries what Connectra does in a bucket, so that a wrong bucket or a missing right is reported before a job needs it. */
import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { ConnectraError } from '../../errors.ts'
import { type Bucket, request } from './bucket.ts'
import { S3Refused } from './errors.ts'
import { describeObject, readObject } from './read-object.ts'

/** Leftovers of processes that were killed are deleted like uploads without a job. */
const NAME = 'uploads/connectra-check-'
const CONTENT = 'Connectra checks that it can write here. This object may be deleted.'

/** Throws an error that says what is wrong and what to do, or StoreUnavailable. Leaves nothing behind. */
export async function probeBucket(bucket: Bucket): Promise<void> {
  await bucket.client.config.region().catch(cause => {
    throw new ConnectraError('ERR_UNAVAILABLE', 'the region of the S3 buckets is not known: set S3_REGION', { cause })
  })
  const key = `${NAME}${randomUUID()}`
  const target = { Bucket: bucket.name, Key: bucket.prefix + key }
  const list = new ListObjectsV2Command({ Bucket: bucket.name, Prefix: bucket.prefix + NAME, MaxKeys: 1 })
  const put = new PutObjectCommand({ ...target, Body: CONTENT })
  const remove = new DeleteObjectCommand(target)
  const uploads = new ListMultipartUploadsCommand({
    Bucket: bucket.name,
    Prefix: bucket.prefix + NAME,
    MaxUploads: 1,
  })
  await allowed(
    bucket,
    'list objects',
    's3:ListBucket',
    request(bucket, (client, send) => client.send(list, send)),
  )
  await allowed(
    bucket,
    'write an object',
    's3:PutObject',
    request(bucket, (client, send) => client.send(put, send)),
  )
  try {
    const read = readObject(bucket, key, { start: 0, end: 7 }).then(buffer)
    await allowed(bucket, 'read an object', 's3:GetObject', read)
  } finally {
    const deleted = request(bucket, (client, send) => client.send(remove, send))
    await allowed(bucket, 'delete an object', 's3:DeleteObject', deleted)
  }
  // Without the right to list, S3 replies 403, not 404.
  await allowed(
    bucket,
    'tell whether an object exists',
    's3:ListBucket without a condition on the prefix',
    describeObject(bucket, key),
  )
  await allowed(
    bucket,
    'list unfinished uploads',
    's3:ListBucketMultipartUploads',
    request(bucket, (client, send) => client.send(uploads, send)),
  )
}

async function allowed(bucket: Bucket, what: string, right: string, work: Promise<unknown>): Promise<void> {
  await work.catch(error => {
    if (!(error instanceof S3Refused)) throw error
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `S3 does not allow Connectra to ${what} in the bucket "${bucket.name}": give its credentials the right ${right} (docs/scaling.md has the policy)`,
      { cause: error },
    )
  })
}
