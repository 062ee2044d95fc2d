/** A file as the batches that are stored, from its bytes alone: what a thread of its own can do while the database stores. */
import { decode } from '../../csv/encoding.ts'
import { type HeaderOptions, readHeader } from '../../csv/header/read-header.ts'
import { type CsvHeader, openCsv, resumeCsv } from '../../csv/read.ts'
import { type BatchStart, type ImportBatch, readBatches } from './read-batches.ts'

/** Plain data, as is all that is made of it. */
export interface ImportStart {
  readonly options: HeaderOptions
  /** Null: the beginning of the file. */
  readonly from: (BatchStart & { readonly header: CsvHeader }) | null
}

export interface BatchOfFile extends ImportBatch {
  readonly header: CsvHeader
}

/** Throws ERR_INVALID_CSV for what is no CSV file with a known column. */
export async function* importBatches(
  bytes: AsyncIterable<Uint8Array>,
  { options, from }: ImportStart,
): AsyncGenerator<BatchOfFile> {
  const text = decode(bytes)
  const file = from === null ? await openCsv(text, options.mapping) : resumeCsv(text, from.header, from.place)
  const { header, start } = file
  const meaning = readHeader(header.cells, options)
  for await (const batch of readBatches(file, meaning, from ?? { place: start, withinFooter: false }))
    yield { ...batch, header }
}
