/** An uploaded file, opened as an import reads it: to be looked at before it is imported. */
import { decode, type Encoding } from '../../csv/encoding.ts'
import { explainColumn, type HeaderMeaning } from '../../csv/header/meaning.ts'
import { readHeader } from '../../csv/header/read-header.ts'
import { type CsvFile, openCsv } from '../../csv/read.ts'
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

/** What was found out about a file. Plain JSON. */
export interface FileDescription {
  readonly encoding: Encoding
  readonly compression: Compression | null
  readonly delimiter: string
  /** From 1. */
  readonly header_line: number
  readonly kind: FileKind
  /** `export`: one of ours, read by names of fields. */
  readonly form: 'rows' | 'export'
  /** The first 500. */
  readonly columns: readonly ColumnDescription[]
  readonly columns_total: number
  readonly ignored_columns: ImportReport['ignored_columns']
  readonly unmatched_mapping: readonly string[]
  readonly skipped_lines: ImportReport['skipped_lines']
}

export interface ColumnDescription {
  readonly column: string
  /** The row key (in an export of ours: the field) that it is read as; null: it is ignored. */
  readonly key: string | null
  /** Whose field that is; null for a column that is split into several, or ignored. */
  readonly service: Service | null
  readonly field: string | null
  readonly reason: string
  readonly explanation: string
  /** The keys that an ambiguous header may mean. */
  readonly candidates: readonly string[]
}

/** Both are told how many more bytes there are; what they throw ends reading. */
export interface ReadingWatch {
  /** Of the uploaded object. */
  read?(bytes: number): void
  /** Of the file in it, which may have been compressed. */
  expanded?(bytes: number): void
}

/** Throws ERR_NOT_FOUND, and ERR_INVALID_CSV as the import of that file does. */
export async function openImportFile(store: ObjectStore, data: ImportData, watch: ReadingWatch): Promise<ImportFile> {
  const { bytes, compression, close } = await openSource(store, data.s3Key, count => watch.read?.(count))
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      watch.expanded?.(chunk.length)
      yield chunk
    }
  }
  try {
    const csv = await openCsv(decode(watched()), data.mapping)
    const meaning = readHeader(csv.header.cells, headerOptions(data))
    return { csv, meaning, description: describe(csv, meaning, compression), close }
  } catch (error) {
    close()
    throw error
  }
}

function describe({ header }: CsvFile, meaning: HeaderMeaning, compression: Compression | null): FileDescription {
  return {
    encoding: header.encoding,
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

function describeColumns({ columns, form, service }: HeaderMeaning): ColumnDescription[] {
  return columns.slice(0, COLUMNS_REPORTED).map(column => {
    const { header, key, chosen, ignored, candidates } = column
    const field = form === 'rows' && key !== null ? rowKeys().get(key) : undefined
    return {
      column: shownHeader(header),
      key,
      ...(form === 'rows'
        ? { service: field?.service ?? null, field: field?.name ?? null }
        : { service: key === null ? null : service, field: key }),
      reason: (chosen ?? ignored)!,
      explanation: explainColumn(column),
      candidates,
    }
  })
}
