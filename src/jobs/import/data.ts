/** The `job_data` of an import. */
import { MAPPING_KEYS } from '../../csv/header/column-names.ts'
import type { Mapping } from '../../csv/header/meaning.ts'
import { type HeaderOptions, MAX_COLUMNS } from '../../csv/header/read-header.ts'
import { ConnectraError } from '../../errors.ts'
import { isService, type Service } from '../../fields.ts'
import { isKey } from '../../files/keys.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { type JobData, quoted, readJobData, readText } from '../job/job-data.ts'

export interface ImportData {
  readonly s3Key: string
  /** What the file's headers mean, where the aliases do not say it. */
  readonly mapping: Mapping
  /** For an export of ours whose columns fit both services. */
  readonly service: Service | null
}

/** Throws ERR_INVALID_JOB_DATA. */
export function validateImportData(data: JobData): ImportData {
  readJobData(data, ['s3_key', 's3_bucket', 'mapping', 'service'])
  const s3Key = readText(data, 's3_key')
  if (s3Key === null) throw invalid('s3_key is missing: it is the key of the uploaded file')
  const service = readText(data, 'service')
  if (service !== null && !isService(service)) throw invalid('service must be "company" or "contact"')
  return { s3Key, mapping: readMapping(data.mapping), service }
}

function readMapping(mapping: unknown): Mapping {
  if (mapping === undefined || mapping === null) return {}
  if (typeof mapping !== 'object' || Array.isArray(mapping))
    throw invalid('mapping must be an object: {"Header": "row key" or null}')
  const entries = Object.entries(mapping)
  if (entries.length > MAX_COLUMNS)
    throw invalid(
      `mapping has ${entries.length} headers, and a file at most ${MAX_COLUMNS}: leave out those it does not have`,
    )
  for (const [header, key] of entries)
    if (key !== null && (typeof key !== 'string' || !MAPPING_KEYS.has(key)))
      throw invalid(`mapping[${quoted(header)}] names no row key; those are ${[...MAPPING_KEYS].join(', ')}, and null`)
  return mapping as Mapping
}

function invalid(message: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JOB_DATA', message)
}

/** What of it says how the header is read. */
export function headerOptions({ mapping, service }: Omit<ImportData, 's3Key'>): HeaderOptions {
  return { mapping, ...(service === null ? {} : { service }) }
}

/** Bytes of the file; throws ERR_NOT_FOUND when there is none under that key. */
export async function fileSize(store: ObjectStore, s3Key: string): Promise<number> {
  const size = isKey(s3Key) ? await store.size(s3Key) : null
  if (size !== null) return size
  throw new ConnectraError(
    'ERR_NOT_FOUND',
    `there is no file ${quoted(s3Key)}: upload it, then create the job with its key`,
  )
}
