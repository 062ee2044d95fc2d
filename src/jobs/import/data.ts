/** The `job_data` of an import. */
import { MAPPING_KEYS } from '../../csv/header/column-names.ts'
import type { Mapping } from '../../csv/header/meaning.ts'
import { type HeaderOptions, MAX_COLUMNS } from '../../csv/header/read-header.ts'
import { ENCODING_EXAMPLES, encodingNamed } from '../../csv/text/encodings.ts'
import { ConnectraError } from '../../errors.ts'
import { isService, type Service } from '../../fields.ts'
import { isKey } from '../../files/keys.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { type JobData, quoted, readJobData, readText } from '../job/job-data.ts'

export interface ImportData {
  readonly s3Key: string
  /** The meaning of headers, overriding what would be recognised. */
  readonly mapping: Mapping
  /** What the rows are about. Needed only for an export of ours whose columns fit both services, or if the header is misread. */
  readonly service: Service | null
  /** The encoding of the file, by its usual name (csv/text/encodings.ts). Null: detected. */
  readonly encoding: string | null
}

/** Throws ERR_INVALID_JOB_DATA. */
export function validateImportData(data: JobData): ImportData {
  readJobData(data, ['s3_key', 's3_bucket', 'mapping', 'service', 'encoding'])
  const s3Key = readText(data, 's3_key')
  if (s3Key === null) throw invalid('s3_key is missing: set it to the key of the uploaded file')
  const service = readText(data, 'service')
  if (service !== null && !isService(service)) throw invalid('service must be "company" or "contact"')
  return { s3Key, mapping: readMapping(data.mapping), service, encoding: readEncoding(readText(data, 'encoding')) }
}

function readEncoding(label: string | null): string | null {
  if (label === null) return null
  const encoding = encodingNamed(label)
  if (encoding === null)
    throw invalid(`encoding ${quoted(label)} is not known: known ones are ${ENCODING_EXAMPLES.join(', ')} and others`)
  return encoding
}

function readMapping(mapping: unknown): Mapping {
  if (mapping === undefined || mapping === null) return {}
  if (typeof mapping !== 'object' || Array.isArray(mapping))
    throw invalid('mapping must be an object: {"Header": "row key" or null}')
  const entries = Object.entries(mapping)
  if (entries.length > MAX_COLUMNS)
    throw invalid(
      `mapping has ${entries.length} headers, more than the limit of ${MAX_COLUMNS}: remove those that the file does not have`,
    )
  for (const [header, key] of entries)
    if (key !== null && (typeof key !== 'string' || !MAPPING_KEYS.has(key)))
      throw invalid(`mapping[${quoted(header)}] must be null or a row key: ${[...MAPPING_KEYS].join(', ')}`)
  return mapping as Mapping
}

function invalid(message: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JOB_DATA', message)
}

/** The part of the data that decides how the header is read. */
export function headerOptions({ mapping, service }: Pick<ImportData, 'mapping' | 'service'>): HeaderOptions {
  return { mapping, ...(service === null ? {} : { service }) }
}

export interface UploadedFile {
  readonly bytes: number
  /** See ObjectStore.version. */
  readonly version: string
}

/** Throws ERR_NOT_FOUND if the key has no file. */
export async function findFile(store: ObjectStore, s3Key: string): Promise<UploadedFile> {
  if (isKey(s3Key)) {
    const version = await store.version(s3Key)
    const bytes = await store.size(s3Key)
    if (version !== null && bytes !== null) return { bytes, version }
  }
  throw new ConnectraError(
    'ERR_NOT_FOUND',
    `there is no file ${quoted(s3Key)}: upload it, then create the job with its key`,
  )
}
