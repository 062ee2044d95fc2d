/** Opens an uploaded file as an import does, and describes it, for previews and dry runs. */
import { precedenceExplainer } from '../../csv/columns.ts'
import { decode, type Encoding } from '../../csv/encoding.ts'
import { explainColumn, type HeaderMeaning } from '../../csv/header/meaning.ts'
import { readHeader } from '../../csv/header/read-header.ts'
import { type CsvFile, openCsv } from '../../csv/read.ts'
import { shownEncoding } from '../../csv/text/encodings.ts'
import type { Service } from '../../fields.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import { type Compression, openSource } from '../../files/source.ts'
import { rowKeys } from '../../records/parse/row-keys.ts'
import { headerOptions, type ImportData } from './data.ts'
import { COLUMNS_REPORTED, type FileKind, fileKind, type ImportReport, ignoredColumns, shownHeader } from './report.ts'

export interface ImportFile {
  readonly csv: CsvFile
  readonly meaning: HeaderMeaning
  readonly description: FileDescription
  close(): void
}

/** What was recognised in a file. Plain JSON. */
export interface FileDescription {
  readonly encoding: Encoding
  readonly compression: Compression | null
  readonly delimiter: string
  /** Counted from 1. */
  readonly header_line: number
  readonly kind: FileKind
  /** `export`: one of ours, read by names of fields. */
  readonly form: 'rows' | 'export'
  /** The first COLUMNS_REPORTED columns. */
  readonly columns: readonly ColumnDescription[]
  readonly columns_total: number
  readonly ignored_columns: ImportReport['ignored_columns']
  readonly unmatched_mapping: readonly string[]
  readonly skipped_lines: ImportReport['skipped_lines']
}

export interface ColumnDescription {
  readonly column: string
  /** The row key it is read as, in an export of ours the field. Null if it is ignored. */
  readonly key: string | null
  /** The service of the field. Null if the column is ignored or split into several fields. */
  readonly service: Service | null
  readonly field: string | null
  readonly reason: string
  readonly explanation: string
  /** The keys that an ambiguous header may mean. */
  readonly candidates: readonly string[]
}

/** Callbacks with the number of bytes just read. If one throws, reading ends. */
export interface ReadingWatch {
  /** Bytes of the uploaded object. */
  read?(bytes: number): void
  /** Bytes of the file after decompression. */
  expanded?(bytes: number): void
}

/** Throws ERR_NOT_FOUND and ERR_INVALID_CSV like the import of the file. */
export async function openImportFile(store: ObjectStore, data: ImportData, watch: ReadingWatch): Promise<ImportFile> {
  const { bytes, compression, close } = await openSource(store, data.s3Key, count => watch.read?.(count))
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      watch.expanded?.(chunk.length)
      yield chunk
    }
  }
  try {
    return { ...(await readImportFile(watched(), data, compression)), close }
  } catch (error) {
    close()
    throw error
  }
}

/** `bytes` is the content of the file after decompression. Throws ERR_INVALID_CSV like the import of the file. */
export async function readImportFile(
  bytes: AsyncIterable<Uint8Array>,
  data: ImportData,
  compression: Compression | null,
): Promise<Omit<ImportFile, 'close'>> {
  const csv = await openCsv(decode(bytes, data.encoding), data.mapping)
  const meaning = readHeader(csv.header.cells, headerOptions(data), csv.header.firstRows)
  return { csv, meaning, description: describe(csv, meaning, compression) }
}

function describe({ header }: CsvFile, meaning: HeaderMeaning, compression: Compression | null): FileDescription {
  return {
    encoding: shownEncoding(header.encoding),
    compression,
    delimiter: header.dialect.delimiter,
    header_line: header.line,
    kind: fileKind(meaning),
    form: meaning.form === 'fields' ? 'export' : 'rows',
    columns: describeColumns(meaning),
    columns_total: meaning.columns.length,
    ignored_columns: ignoredColumns(meaning),
    unmatched_mapping: meaning.unmatched,
    skipped_lines: header.preamble,
  }
}

function describeColumns(meaning: HeaderMeaning): ColumnDescription[] {
  const { columns, form, service } = meaning
  const explainPrecedence = precedenceExplainer(meaning)
  return columns.slice(0, COLUMNS_REPORTED).map((column, index) => {
    const { header, key, chosen, ignored, candidates } = column
    const field = form === 'rows' && key !== null ? rowKeys().get(key) : undefined
    return {
      column: shownHeader(header),
      key,
      ...(form === 'rows'
        ? { service: field?.service ?? null, field: field?.name ?? null }
        : { service: key === null ? null : service, field: key }),
      reason: (chosen ?? ignored)!,
      explanation: [explainColumn(column), explainPrecedence(index)].filter(part => part !== null).join('; '),
      candidates,
    }
  })
}
