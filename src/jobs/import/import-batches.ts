/**
 * Turns the bytes of a file into batches. It needs nothing else, so it can run in a separate thread while the database
 * stores.
 */
import { decode } from '../../csv/encoding.ts'
import { type HeaderOptions, readHeader } from '../../csv/header/read-header.ts'
import { type CsvHeader, openCsv, resumeCsv } from '../../csv/read.ts'
import { type BatchLimits, type BatchStart, type ImportBatch, readBatches } from './read-batches.ts'

/** Plain data that can be sent to a thread, as are the batches. */
export interface ImportStart {
  readonly options: HeaderOptions
  /** Of the file, if it is known. */
  readonly encoding?: string | null
  /** Null for the beginning of the file. */
  readonly from: (BatchStart & { readonly header: CsvHeader }) | null
  readonly limits?: BatchLimits
}

export interface BatchOfFile extends ImportBatch {
  readonly header: CsvHeader
}

/** Throws ERR_INVALID_CSV if the file is not CSV or has no known column. */
export async function* importBatches(
  bytes: AsyncIterable<Uint8Array>,
  { options, encoding, from, limits }: ImportStart,
): AsyncGenerator<BatchOfFile> {
  const text = decode(bytes, encoding)
  const file = from === null ? await openCsv(text, options.mapping) : resumeCsv(text, from.header, from.place)
  const { header, start } = file
  const meaning = readHeader(header.cells, options, header.firstRows)
  for await (const batch of readBatches(file, meaning, from ?? { place: start, withinFooter: false }, limits))
    yield { ...batch, header }
}
