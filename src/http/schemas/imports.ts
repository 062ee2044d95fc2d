/** Schemas of an import's preview and of the report of a completed import. */
import { type TSchema, Type } from 'typebox'
import { SERVICES } from '../../fields.ts'
import { type ImportPreview, PREVIEW_ROWS } from '../../jobs/import/preview.ts'
import { nullable, reference, strings } from './parts.ts'

const rowCount = (description: string) => Type.Integer({ description })

const counts = (of: string) =>
  Type.Object(
    {
      created: Type.Integer(),
      updated: rowCount('The row changed a stored record, possibly one of an earlier row of the file'),
      unchanged: rowCount('The record already had these values, possibly from an earlier row of the file'),
    },
    { description: `The sum of the three is the number of stored rows with a ${of}` },
  )

const kinds = (description: string) =>
  Type.Array(
    Type.Object({
      code: Type.String(),
      field: nullable(Type.String()),
      count: Type.Integer(),
      line: rowCount('The first line with this problem'),
      message: rowMessage(),
    }),
    { description },
  )

function rowMessage() {
  return Type.String({ description: 'What is wrong' })
}

const kind = strings(['company', 'contact', 'both'], 'Which records the rows contain')
const ignoredColumns = Type.Array(Type.Object({ column: Type.String(), reason: Type.String() }), {
  description: 'The first 500',
})
const droppedValues = Type.Array(
  Type.Object({
    column: Type.String(),
    count: rowCount('How many of its values in stored rows were not used'),
    reason: Type.String({ description: 'When the column is read' }),
  }),
  { description: 'The first 500 columns that are read only where another column is empty' },
)
const unmatchedMapping = Type.Array(Type.String(), { description: 'Headers of `mapping` that the file does not have' })
const skippedLines = Type.Array(Type.Object({ line: Type.Integer(), text: Type.String() }), {
  description: 'The first lines that are not rows: text before the header, a footer, a repeated header',
})

export const importCounts = Type.Object(
  {
    rows: Type.Object(
      {
        read: Type.Integer(),
        stored: Type.Integer(),
        warned: rowCount('Stored rows with at least one warning'),
        rejected: Type.Integer(),
        empty: rowCount('Rows without a usable cell'),
      },
      { description: '`read` is the sum of `stored`, `rejected` and `empty`' },
    ),
    lines_skipped: Type.Optional(
      rowCount('The total number; `skipped_lines` has the first of them. Absent in reports of older versions'),
    ),
    companies: counts('company'),
    contacts: counts('contact'),
  },
  { $id: 'ImportCounts', description: 'The counts of an import' },
)

export const exportCounts = Type.Object(
  { rows: Type.Object({ written: rowCount('Without the header') }) },
  { $id: 'ExportCounts', description: 'The counts of an export' },
)

/** Additional members of `job_response` after a completed import. After an export there is only `counts`. */
export const importReport = {
  kind: Type.Optional(kind),
  counts: Type.Optional(Type.Union([reference('ImportCounts'), reference('ExportCounts')])),
  rejected: Type.Optional(kinds('Rejected rows, grouped by code and field')),
  warnings: Type.Optional(
    kinds('Values of stored rows that were not stored, and records with a weak identity, grouped by code and field'),
  ),
  seconds: Type.Optional(Type.Number({ description: 'Working time over all runs, until the records were searchable' })),
  rows_per_second: Type.Optional(Type.Integer()),
  ignored_columns: Type.Optional(ignoredColumns),
  dropped_values: Type.Optional(droppedValues),
  unmatched_mapping: Type.Optional(unmatchedMapping),
  skipped_lines: Type.Optional(skippedLines),
} satisfies Record<string, TSchema>

const service = strings(SERVICES)

const column = Type.Object({
  column: Type.String({ description: 'The header' }),
  key: nullable(Type.String({ description: 'The row key the column is read as; in a Connectra export, the field' })),
  service: nullable(service),
  field: nullable(Type.String({ description: 'Null for a column that is split into several fields' })),
  reason: Type.String({ description: 'Why the column is read this way or ignored, as one word' }),
  explanation: Type.String({ description: 'The reason as a sentence' }),
  candidates: Type.Array(Type.String(), { description: 'The possible keys of an ambiguous header' }),
})

const record = Type.Object({
  uuid: Type.String({ format: 'uuid' }),
  effect: strings(['created', 'updated', 'unchanged'], 'What all rows of the preview together would do to the record'),
  values: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Cleaned values by field; fields that the row does not set keep their stored values',
  }),
})

const row = Type.Object({
  line: Type.Integer(),
  becomes: strings(['stored', 'rejected', 'empty']),
  company: nullable(record),
  contact: nullable(record),
  code: nullable(Type.String({ description: 'Why the row is rejected' })),
  message: nullable(Type.String()),
  warnings: Type.Array(
    Type.Object({
      column: Type.String(),
      field: nullable(Type.String()),
      code: Type.String(),
      value: Type.String({ description: 'The value in the file; a long one is shortened' }),
      message: rowMessage(),
    }),
  ),
})

export const importPreview = Type.Unsafe<ImportPreview>(
  Type.Object({
    bytes: Type.Integer({ description: 'Size of the file as uploaded' }),
    encoding: Type.String({ examples: ['utf-8'] }),
    compression: nullable(Type.String()),
    delimiter: Type.String(),
    header_line: Type.Integer({ description: 'The first line is 1' }),
    kind,
    form: strings(['rows', 'export'], '`export`: written by Connectra; its headers are the names of fields'),
    columns: Type.Array(column, { description: 'The first 500' }),
    columns_total: Type.Integer(),
    ignored_columns: ignoredColumns,
    unmatched_mapping: unmatchedMapping,
    skipped_lines: skippedLines,
    rows: Type.Array(row),
    is_whole: Type.Boolean({ description: 'True if `rows` has all rows of the file' }),
  }),
)

const invalidData = { 'x-invalid': 'ERR_INVALID_JOB_DATA' }

/** What the body of a preview is checked against. The document has `PreviewRequest` (jobs.ts). */
export const previewRequest = Type.Object(
  {
    s3_key: Type.String({ ...invalidData, 'x-missing': 'ERR_INVALID_JOB_DATA' }),
    s3_bucket: Type.Optional(Type.String(invalidData)),
    mapping: Type.Optional(
      Type.Record(Type.String(), nullable(Type.String()), {
        ...invalidData,
      }),
    ),
    service: Type.Optional(Type.Enum([...SERVICES], invalidData)),
    encoding: Type.Optional(Type.String(invalidData)),
    rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: PREVIEW_ROWS.maximum,
      }),
    ),
  },
  { additionalProperties: false },
)
