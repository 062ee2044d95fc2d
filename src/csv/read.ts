/**
 * Opens a CSV file: finds its dialect and the line of its header (find-header.ts), then yields its records. Memory does not grow
 * with the file. What the header means is decided in header/read-header.ts.
 */
import { ConnectraError } from '../errors.ts'
import type { DecodedText, Encoding } from './encoding.ts'
import { findHeader, type HeaderLine } from './find-header.ts'
import type { Mapping } from './header/meaning.ts'
import { type CsvRecord, createParser, MAX_RECORD, type Place } from './parse.ts'
import { unwrap } from './wrapped.ts'

export interface CsvHeader extends HeaderLine {
  /** Detected from the beginning of the file. */
  readonly encoding: Encoding
}

export interface CsvFile {
  readonly header: CsvHeader
  /** The position of the first record. */
  readonly start: Place
  /** In portions. Each has the records that one piece of the text completes. */
  readonly records: AsyncGenerator<readonly CsvRecord[]>
}

/** Characters read to find the dialect and the header. */
const SAMPLE = 1 << 17

/** Throws ERR_INVALID_CSV for an empty file or a file of another format. */
export async function openCsv(text: DecodedText, mapping: Mapping = {}): Promise<CsvFile> {
  const iterator = text[Symbol.asyncIterator]()
  try {
    return await open(iterator, text, mapping)
  } catch (error) {
    await iterator.return?.()
    throw error
  }
}

async function open(iterator: AsyncIterator<string>, text: DecodedText, mapping: Mapping): Promise<CsvFile> {
  let sample = ''
  let ended = false
  for (let size = SAMPLE; ; size *= 2) {
    while (sample.length < size && !ended) {
      const next = await iterator.next()
      if (next.done) ended = true
      else sample += next.value
    }
    const { end, ...found } = findHeader(sample, ended, mapping)
    // A header of thousands of columns may be longer than the sample.
    if (!ended && end.offset >= sample.length && sample.length <= MAX_RECORD) continue
    if (found.tooLong)
      throw new ConnectraError(
        'ERR_INVALID_CSV',
        'the first line is longer than 1 MB: start the file with a line of headers, and end each line with a line break',
      )
    const header: CsvHeader = { ...found.header, encoding: text.encoding() }
    return { header, start: end, records: readRecords(iterator, sample, header, end) }
  }
}

/** Continues from `place` in a file whose header is known. The text before it is decoded but not parsed. */
export function resumeCsv(text: AsyncIterable<string>, header: CsvHeader, place: Place): CsvFile {
  return { header, start: place, records: readRecords(text[Symbol.asyncIterator](), '', header, place) }
}

async function* readRecords(
  text: AsyncIterator<string>,
  sample: string,
  { dialect, cells, wrapped }: CsvHeader,
  from: Place,
): AsyncGenerator<readonly CsvRecord[]> {
  const parser = createParser(dialect, cells.length, from)
  const read = (records: readonly CsvRecord[]) => (wrapped ? records.map(record => unwrap(record, dialect)) : records)
  let skip = from.offset
  try {
    for (let piece = sample; ; ) {
      if (skip >= piece.length) skip -= piece.length
      else {
        const records = parser.push(skip === 0 ? piece : piece.slice(skip), false)
        skip = 0
        if (records.length > 0) yield read(records)
      }
      const next = await text.next()
      if (next.done) break
      piece = next.value
    }
    yield read(parser.push('', true))
  } finally {
    await text.return?.()
  }
}
