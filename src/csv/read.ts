/**
 * Opens a CSV file: finds its dialect and the line of its header (find-header.ts), then yields its records. Memory does not grow
 * with the file. What the header means is decided in header/read-header.ts.
 */
import { ConnectraError } from '../errors.ts'
import type { DecodedText, Encoding } from './encoding.ts'
import { findHeader, type HeaderLine, SAMPLE } from './find-header.ts'
import type { Mapping } from './header/meaning.ts'
import { unreadable } from './header/unreadable.ts'
import { type CsvRecord, createParser, MAX_RECORD, type Place } from './parse.ts'
import { shownEncoding } from './text/encodings.ts'
import { type DamageSigns, lookForDamage, noDamage } from './text/repairs.ts'
import { unwrap } from './wrapped.ts'

export interface CsvHeader extends HeaderLine {
  /** Detected from the beginning of the file, unless it is given. */
  readonly encoding: Encoding
  /** U+FFFD in the text stands for bytes that have no character in the encoding. */
  readonly marksUndecodable: boolean
}

export interface CsvFile {
  readonly header: CsvHeader
  /** The position of the first record. */
  readonly start: Place
  /** In portions. Each has the records that one piece of the text completes. */
  readonly records: AsyncGenerator<readonly CsvRecord[]>
  /** Covers the records that have been read. */
  readonly damage: DamageSigns
}

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
    const doubt = text.doubt()
    if (doubt !== null) throw unclearEncoding(doubt)
    const { end, ...found } = findHeader(sample, ended, mapping)
    // A header of thousands of columns may be longer than the sample.
    if (!ended && end.offset >= sample.length && sample.length <= MAX_RECORD) continue
    if (found.tooLong)
      throw new ConnectraError(
        'ERR_INVALID_CSV',
        'the first line is longer than 1 MB: start the file with a line of headers, and end each line with a line break',
      )
    const marksUndecodable = text.marksUndecodable()
    const header: CsvHeader = { ...found.header, encoding: text.encoding(), marksUndecodable }
    return csvFile(iterator, sample, header, end)
  }
}

function unclearEncoding(candidates: readonly string[]): ConnectraError {
  const what =
    candidates.length === 0 ? 'is not known' : `is not clear (perhaps ${candidates.map(shownEncoding).join(' or ')})`
  return unreadable(
    'encoding',
    `the encoding of the file ${what}: set \`encoding\` in job_data (--encoding on the command line), such as "${candidates.map(shownEncoding)[0] ?? 'windows-1250'}", or save the file as UTF-8`,
  )
}

/** Continues from `place` in a file whose header is known. The text before it is decoded but not parsed. */
export function resumeCsv(text: AsyncIterable<string>, header: CsvHeader, place: Place): CsvFile {
  return csvFile(text[Symbol.asyncIterator](), '', header, place)
}

function csvFile(text: AsyncIterator<string>, sample: string, header: CsvHeader, start: Place): CsvFile {
  const damage = noDamage()
  return { header, start, records: readRecords(text, sample, header, start, damage), damage }
}

/**
 * Characters parsed at a time. The first piece of the text has a megabyte, and a preview needs only its first rows. Later
 * pieces are about as long as this.
 */
const PORTION = 1 << 16

async function* readRecords(
  text: AsyncIterator<string>,
  sample: string,
  { dialect, cells, wrapped }: CsvHeader,
  from: Place,
  damage: DamageSigns,
): AsyncGenerator<readonly CsvRecord[]> {
  const parser = createParser(dialect, cells.length, from)
  const read = (records: readonly CsvRecord[]) => (wrapped ? records.map(record => unwrap(record, dialect)) : records)
  let skip = from.offset
  try {
    for (let piece = sample; ; ) {
      lookForDamage(damage, piece)
      for (let at = skip; at < piece.length; at += PORTION) {
        const records = parser.push(piece.slice(at, at + PORTION), false)
        if (records.length > 0) yield read(records)
      }
      skip = Math.max(0, skip - piece.length)
      const next = await text.next()
      if (next.done) break
      piece = next.value
    }
    yield read(parser.push('', true))
  } finally {
    await text.return?.()
  }
}
