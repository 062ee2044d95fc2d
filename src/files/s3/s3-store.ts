/**
 * An object store in S3, or in any server with its API. Loaded only if a bucket is configured, because the client library takes 34 MB
 * of memory.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { contentType, disposition } from '../download-headers.ts'
import { checkedKey, isKey, splitPrefix } from '../keys.ts'
import type { ObjectStore, SignedUrl, StoredFile, UnfinishedPut } from '../object-store.ts'
import { type Bucket, FOR_REQUESTS, openBuckets, type Patience, request, type S3Options } from './bucket.ts'
import { isMissing, plainError } from './errors.ts'
import { probeBucket } from './probe.ts'
import { abortUpload, putObject } from './put-object.ts'
import { describeObject, readObject } from './read-object.ts'
import { tryUrls, type UrlTrial } from './try-urls.ts'

export interface S3Store extends ObjectStore {
  readonly buckets: ReadonlyMap<string, ObjectStore>
  readonly forRequests: ObjectStore
  /** Tries with small objects what Connectra does in the buckets. Throws an error that names a bucket or right that is missing. */
  probe(): Promise<void>
  /** Tries signed URLs as a client would, and for each origin whether a page of it may upload. */
  tryUrls(origins: readonly string[]): Promise<UrlTrial>
  /** The text of the object with this name below the prefix of the default bucket; null if there is none. */
  readText(name: string): Promise<string | null>
  writeText(name: string, text: string): Promise<void>
}

/** What S3 allows: seven days. */
const LONGEST_URL = 7 * 86_400

/** Sizes and times that tests make smaller. */
export interface S3Tuning {
  /** The first parts of an upload. */
  readonly partBytes?: number
  /** Milliseconds without a byte of a download, after which another connection is opened. */
  readonly stalledAfter?: number
  /** Of the store for requests. */
  readonly forRequests?: Patience
}

/** Sends no request. */
export function openS3Store(options: S3Options, tuning: S3Tuning = {}): S3Store {
  const urlSeconds = Math.min(options.urlSeconds, LONGEST_URL)
  const opened = openBuckets(options)
  const withPatience = (more: Partial<Patience>) =>
    opened.map((bucket): Bucket => ({ ...bucket, patience: { ...bucket.patience, ...more } }))
  const all = withPatience(tuning.stalledAfter === undefined ? {} : { stalledAfter: tuning.stalledAfter })
  const waitedFor = withPatience(tuning.forRequests ?? FOR_REQUESTS)
  // What is not a job waits as a client does.
  const standard = waitedFor[0]!
  const forRequests = storeOf(waitedFor, urlSeconds, tuning)
  return {
    ...storeOf(all, urlSeconds, tuning),
    forRequests,
    async probe() {
      for (const bucket of waitedFor) await probeBucket(bucket)
    },
    tryUrls: async origins => await tryUrls(standard, forRequests, origins),
    async readText(name) {
      const command = new GetObjectCommand({ Bucket: standard.name, Key: standard.prefix + name })
      const text = request(
        standard,
        async (client, send) => await (await client.send(command, send)).Body!.transformToString(),
      )
      return await text.catch(error => {
        if (isMissing(error)) return null
        throw error
      })
    },
    async writeText(name, text) {
      const command = new PutObjectCommand({ Bucket: standard.name, Key: standard.prefix + name, Body: text })
      await request(standard, (client, send) => client.send(command, send))
    },
  }
}

/** The store of all buckets, the first of which is the default. */
function storeOf(all: readonly Bucket[], urlSeconds: number, tuning: S3Tuning) {
  const buckets = new Map(all.map(bucket => [bucket.name, bucketStore(bucket, urlSeconds, tuning)]))
  return { ...buckets.get(all[0]!.name)!, buckets }
}

function bucketStore(bucket: Bucket, urlSeconds: number, { partBytes }: S3Tuning): ObjectStore {
  const signed = async (command: PutObjectCommand | GetObjectCommand): Promise<SignedUrl> => ({
    url: await getSignedUrl(bucket.signer, command, { expiresIn: urlSeconds }).catch(error => {
      throw plainError(bucket.name, error, false)
    }),
    expiresIn: urlSeconds,
  })
  const target = (key: string) => ({ Bucket: bucket.name, Key: bucket.prefix + checkedKey(key) })
  return {
    put: async (key, content, options = {}) => await putObject(bucket, checkedKey(key), content, options, partBytes),
    get: async (key, range, version) => await readObject(bucket, checkedKey(key), range, version),
    size: async key => (await describeObject(bucket, checkedKey(key)))?.ContentLength ?? null,
    version: async key => (await describeObject(bucket, checkedKey(key)))?.ETag ?? null,
    async list(prefix) {
      const keys: string[] = []
      for await (const portion of scan(bucket, prefix)) keys.push(...portion.map(file => file.key))
      return keys
    },
    scan: prefix => scan(bucket, prefix),
    async delete(key) {
      const command = new DeleteObjectCommand(target(key))
      await request(bucket, (client, options) => client.send(command, options)).catch(error => {
        if (!isMissing(error)) throw error
      })
    },
    uploadUrl: async key => await signed(new PutObjectCommand(target(key))),
    uploadOrigin: bucket.uploadOrigin,
    downloadUrl: async key =>
      await signed(
        new GetObjectCommand({
          ...target(key),
          ResponseContentDisposition: disposition(key),
          ResponseContentType: contentType(key),
          ResponseCacheControl: 'private, no-store',
        }),
      ),
    unfinished: async prefix => await unfinished(bucket, prefix),
  }
}

/** Objects of other programs, whose names are not keys, are left out. */
async function* scan(bucket: Bucket, prefix: string): AsyncGenerator<readonly StoredFile[]> {
  splitPrefix(prefix)
  let reply: ListObjectsV2CommandOutput
  let token: string | undefined
  do {
    const command: ListObjectsV2Command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: bucket.prefix + prefix,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    reply = await request(bucket, (client, options) => client.send(command, options))
    yield (reply.Contents ?? []).flatMap(({ Key, LastModified }) => {
      const key = keyOf(bucket, Key)
      return key === null ? [] : [{ key, modifiedAt: LastModified ?? new Date() }]
    })
    token = reply.NextContinuationToken
  } while (token !== undefined)
}

async function unfinished(bucket: Bucket, prefix: string): Promise<UnfinishedPut[]> {
  splitPrefix(prefix)
  const found: UnfinishedPut[] = []
  let reply: ListMultipartUploadsCommandOutput
  let next: { KeyMarker?: string; UploadIdMarker?: string } = {}
  do {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket.name,
      Prefix: bucket.prefix + prefix,
      ...next,
    })
    reply = await request(bucket, (client, options) => client.send(command, options))
    for (const { Key, UploadId, Initiated } of reply.Uploads ?? []) {
      const key = keyOf(bucket, Key)
      if (key === null || UploadId === undefined) continue
      const drop = async () => await abortUpload(bucket, bucket.prefix + key, UploadId)
      found.push({ key, startedAt: Initiated ?? new Date(), drop })
    }
    next = {
      ...(reply.NextKeyMarker ? { KeyMarker: reply.NextKeyMarker } : {}),
      ...(reply.NextUploadIdMarker ? { UploadIdMarker: reply.NextUploadIdMarker } : {}),
    }
  } while (reply.IsTruncated && next.KeyMarker !== undefined)
  return found
}

function keyOf(bucket: Bucket, name: string | undefined): string | null {
  const key = name?.startsWith(bucket.prefix) ? name.slice(bucket.prefix.length) : null
  return isKey(key) ? key : null
}
