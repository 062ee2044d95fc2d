/** Schemas of what is said about an import: before it, and when it has ended. */
import { type TSchema, Type } from 'typebox'
import { SERVICES } from '../fields.ts'
import { type ImportPreview, PREVIEW_ROWS } from '../jobs/import/preview.ts'
import { nullable } from './schemas.ts'

const rowCount = (description: string) => Type.Integer({ description })

const counts = (of: string) =>
  Type.Object(
    {
      created: Type.Integer(),
      updated: Type.Integer(),
      unchanged: rowCount('It was there as the row says, perhaps by an earlier row of the file'),
    },
    { description: `The three add up to the stored rows that name a ${of}` },
  )

const kinds = (description: string) =>
  Type.Array(
    Type.Object({
      code: Type.String(),
      field: nullable(Type.String()),
      count: Type.Integer(),
      line: rowCount('The first line of the kind'),
      message: rowMessage(),
    }),
    { description },
  )

function rowMessage() {
  return Type.String({ description: 'What is wrong there' })
}

const kind = Type.Enum(['company', 'contact', 'both'], { description: 'What the rows are about' })
const ignoredColumns = Type.Array(Type.Object({ column: Type.String(), reason: Type.String() }), {
  description: 'The first 500',
})
const unmatchedMapping = Type.Array(Type.String(), { description: 'Headers of `mapping` that the file does not have' })
const skippedLines = Type.Array(Type.Object({ line: Type.Integer(), text: Type.String() }), {
  description: 'Lines that are no rows: before the header, a footer, the header again; the first of them',
})

/** What `job_response` of a completed import has besides. */
export const importReport = {
  kind: Type.Optional(kind),
  counts: Type.Optional(
    Type.Object({
      rows: Type.Object(
        {
          read: Type.Integer(),
          stored: Type.Integer(),
          warned: rowCount('Those of the stored ones of which something was not taken'),
          rejected: Type.Integer(),
          empty: rowCount('Without a cell that means anything'),
        },
        { description: '`read` is the sum of `stored`, `rejected` and `empty`' },
      ),
      lines_skipped: rowCount('All of them; see `skipped_lines`'),
      companies: counts('company'),
      contacts: counts('contact'),
    }),
  ),
  rejected: Type.Optional(kinds('Rejected rows, by code')),
  warnings: Type.Optional(kinds('What was not taken of stored rows, by code and field')),
  seconds: Type.Optional(Type.Number({ description: 'Of work, over all runs, until it was searchable' })),
  rows_per_second: Type.Optional(Type.Integer()),
  ignored_columns: Type.Optional(ignoredColumns),
  unmatched_mapping: Type.Optional(unmatchedMapping),
  skipped_lines: Type.Optional(skippedLines),
} satisfies Record<string, TSchema>

const service = Type.Enum([...SERVICES])

const column = Type.Object({
  column: Type.String({ description: 'The header' }),
  key: nullable(Type.String({ description: 'The row key (in an export of ours: the field) it is read as' })),
  service: nullable(service),
  field: nullable(Type.String({ description: 'Null for a column that is split into several fields' })),
  reason: Type.String({ description: 'Why it is read so, or ignored: a word' }),
  explanation: Type.String({ description: 'The same for people' }),
  candidates: Type.Array(Type.String(), { description: 'The keys that an ambiguous header may mean' }),
})

const record = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  effect: Type.Enum(['created', 'updated', 'unchanged'], {
    description: 'What would become of the record, by all rows of the preview together',
  }),
  values: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Cleaned, by field; what the row leaves out stays as it is',
  }),
})

const row = Type.Object({
  line: Type.Integer(),
  becomes: Type.Enum(['stored', 'rejected', 'empty']),
  company: nullable(record),
  contact: nullable(record),
  code: nullable(Type.String({ description: 'Why it is rejected' })),
  message: nullable(Type.String()),
  warnings: Type.Array(
    Type.Object({
      column: Type.String(),
      field: nullable(Type.String()),
      code: Type.String(),
      value: Type.String({ description: 'What the file says, or its beginning' }),
      message: rowMessage(),
    }),
  ),
})

export const importPreview = Type.Unsafe<ImportPreview>(
  Type.Object({
    bytes: Type.Integer({ description: 'Of the file as it was uploaded' }),
    encoding: Type.String({ examples: ['utf-8'] }),
    compression: nullable(Type.String()),
    delimiter: Type.String(),
    header_line: Type.Integer({ description: 'From 1' }),
    kind,
    form: Type.Enum(['rows', 'export'], { description: '`export`: one of ours, read by names of fields' }),
    columns: Type.Array(column, { description: 'The first 500' }),
    columns_total: Type.Integer(),
    ignored_columns: ignoredColumns,
    unmatched_mapping: unmatchedMapping,
    skipped_lines: skippedLines,
    rows: Type.Array(row),
    is_whole: Type.Boolean({ description: 'There are no more rows than these' }),
  }),
)

const invalidData = { 'x-invalid': 'ERR_INVALID_JOB_DATA' }

export const previewRequest = Type.Object(
  {
    s3_key: Type.String({ ...invalidData, 'x-missing': 'ERR_INVALID_JOB_DATA', description: 'The uploaded file' }),
    s3_bucket: Type.Optional(Type.String({ ...invalidData, description: 'May be left out' })),
    mapping: Type.Optional(
      Type.Record(Type.String(), nullable(Type.String()), {
        ...invalidData,
        description: 'What headers mean where it is not known: row keys, or null to leave a column out',
      }),
    ),
    service: Type.Optional(
      Type.Enum([...SERVICES], { ...invalidData, description: 'For an export of ours that may be of either' }),
    ),
    rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PREVIEW_ROWS.maximum,
        default: PREVIEW_ROWS.default,
        description: 'How many of the first rows are shown',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ s3_key: 'uploads/uuid_contacts.csv', mapping: { Firma: 'company', Notes: null } }],
  },
)
