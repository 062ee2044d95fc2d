/** The schemas of new jobs, one for each type of job. */
import { type TSchema, Type } from 'typebox'
import { MAPPING_KEYS } from '../../csv/header/column-names.ts'
import { SERVICES, type Service } from '../../fields.ts'
import { PREVIEW_ROWS } from '../../jobs/import/preview.ts'
import { DEFAULT_RETRY_SECONDS } from '../../jobs/queue/queue.ts'
import { EXPORT_FORMATS } from '../../records/read/export-sql.ts'
import { SCHEMA_NAMES } from './names.ts'
import { nullable, reference, strings, withNulls } from './parts.ts'

const CLOSED = { additionalProperties: false } as const
export const MAX_RETRY_COUNT = 1_000_000
/** Seconds. */
export const MAX_RETRY_INTERVAL = 86_400

const bucket = Type.Optional(
  Type.String({ description: 'One of the buckets of the server. Ignored if files are not in S3' }),
)

const importMembers = {
  s3_key: Type.String({ description: 'The uploaded file', examples: ['uploads/uuid_contacts.csv'] }),
  s3_bucket: bucket,
  mapping: Type.Optional(
    Type.Record(Type.String(), nullable(reference('MappingKey')), {
      description:
        'Maps headers to row keys, or to null to ignore a column. `/common/imports/preview` shows how each column would be read.',
    }),
  ),
  service: Type.Optional(strings(SERVICES, 'Needed for a Connectra export that may contain companies or contacts')),
  encoding: Type.Optional(
    Type.String({
      description: 'The encoding of the file, if it is not detected correctly',
      examples: ['windows-1250'],
    }),
  ),
}

const importData = Type.Object(importMembers, { $id: 'ImportData', ...CLOSED, description: 'The file to import' })

const previewRequest = Type.Object(
  {
    ...importMembers,
    rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PREVIEW_ROWS.maximum,
        description: `How many rows to show. Default: ${PREVIEW_ROWS.default}`,
      }),
    ),
  },
  { $id: 'PreviewRequest', ...CLOSED, description: 'The file of an import, and how many of its rows to show' },
)

function exportData(service: Service): TSchema {
  const name = SCHEMA_NAMES[service]
  return Type.Object(
    {
      service: strings([service]),
      vql: reference(`${name}ExportQuery`),
      format: Type.Optional(
        strings(EXPORT_FORMATS, 'Default: `csv`. `ndjson`: one JSON object per line, named `.ndjson`'),
      ),
      gzip: Type.Optional(Type.Boolean({ description: 'Compress the file. Default: false' })),
      bom: Type.Optional(
        Type.Boolean({
          description: 'csv: begin with a byte order mark, so that Excel reads the file as UTF-8. Default: false',
        }),
      ),
      s3_bucket: bucket,
    },
    { $id: `${name}ExportData`, ...CLOSED, description: `The ${service} records to export` },
  )
}

function newJob($id: string, jobType: string, data: TSchema, description: string): TSchema {
  return Type.Object(
    {
      job_type: strings([jobType]),
      job_data: data,
      retry_count: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: MAX_RETRY_COUNT,
          description: 'How often a failed run is retried. Default: 0',
        }),
      ),
      retry_interval: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: MAX_RETRY_INTERVAL,
          description: `Seconds before the first retry; doubled for each further retry. Default: ${DEFAULT_RETRY_SECONDS}`,
        }),
      ),
    },
    { $id, ...CLOSED, description },
  )
}

export function newJobSchemas(): TSchema[] {
  const exports = Type.Union(SERVICES.map(service => reference(`${SCHEMA_NAMES[service]}ExportData`)))
  return [
    Type.Unsafe({
      $id: 'MappingKey',
      type: 'string',
      enum: [...MAPPING_KEYS],
      description: 'A row key, or one of the keys of a column that is split into several fields',
    }),
    withNulls(importData),
    withNulls(previewRequest),
    ...SERVICES.map(service => withNulls(exportData(service))),
    withNulls(newJob('NewImport', 'insert_csv_file', reference('ImportData'), 'An import of a file')),
    withNulls(newJob('NewExport', 'export_csv_file', exports, 'An export to a file')),
    Type.Union([reference('NewImport'), reference('NewExport')], {
      $id: 'NewJob',
      description: 'Unknown members are refused.',
    }),
  ]
}
