/** Files in S3: the buckets, the rights, signed URLs, and the files of jobs. Leaves nothing behind. */
import type { Config } from '../../config.ts'
import type { Database } from '../../database/pool.ts'
import { selectBucket } from '../../files/object-store.ts'
import type { S3Store } from '../../files/s3/s3-store.ts'
import { checkStore, fileLocation, storePlace } from '../../store.ts'
import { describeFiles, type JobFile, jobFiles } from './check-jobs.ts'
import { type Found, warning } from './report.ts'

/** Of open and of ended jobs, at most this many have their files checked, the newest first. Each file is a request. */
const CHECKED = 100
const AT_ONCE = 20
/** The origin that is tried if all are allowed. */
const ANY_ORIGIN = 'https://connectra.invalid'

/** Puts, lists, reads and deletes a small object in each bucket. */
export async function checkBuckets(config: Config, s3: S3Store): Promise<string> {
  await s3.probe()
  const names = config.s3Bucket.map(name => `s3://${name}/${config.s3Prefix}`)
  return `${names.join(', ')}: listing, writing, reading and deleting work`
}

/** Uploads and downloads a small object with signed URLs. */
export async function checkUrls({ corsOrigins }: Config, s3: S3Store): Promise<Found> {
  const origins = corsOrigins.map(origin => (origin === '*' ? ANY_ORIGIN : origin))
  const { host, unreachable, refusedOrigins } = await s3.tryUrls(origins)
  if (unreachable !== null)
    return warning(
      `${host} cannot be reached from this machine (${unreachable}), so signed URLs were not tried: check that clients reach it, or correct S3_PUBLIC_ENDPOINT`,
    )
  if (refusedOrigins.length > 0) {
    const shown = refusedOrigins.map(origin => (origin === ANY_ORIGIN ? 'other origins' : origin)).join(', ')
    return warning(
      `upload and download with signed URLs at ${host} work, but not from browsers: the CORS rules of the bucket do not let pages of ${shown} upload (docs/scaling.md has the rule)`,
    )
  }
  return `upload and download with signed URLs at ${host} work${origins.length > 0 ? ', also from browsers' : ''}`
}

/** Compares the files of jobs with those in the buckets. */
export async function checkFilesInS3(config: Config, s3: S3Store, database: Database): Promise<Found> {
  await checkStore(await storePlace(config), database)
  const files = await jobFiles(database, CHECKED)
  const isThere = async ({ key, bucket }: JobFile) =>
    (!bucket || s3.buckets.has(bucket)) && (await selectBucket(s3.forRequests, bucket).size(key)) !== null
  const found: boolean[] = []
  for (let first = 0; first < files.length; first += AT_ONCE)
    found.push(...(await Promise.all(files.slice(first, first + AT_ONCE).map(isThere))))
  return describeFiles(fileLocation(config, ''), files, found)
}
