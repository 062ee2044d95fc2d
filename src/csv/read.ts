/**
 * Opens a CSV file: finds its dialect and the line of its header, then yields its records. Memory does not grow with the
 * file. What the header means is decided in header/read-header.ts.
 */
import { ConnectraError } from '../errors.ts'
import type { DecodedText, Encoding } from './encoding.ts'
import { headerKnowledge } from './header/column-names.ts'
import { type FirstRows, readFirstRows } from './header/export-header.ts'
import type { Mapping } from './header/meaning.ts'
import { MAX_COLUMNS } from './header/read-header.ts'
import { BEGINNING, type CsvRecord, createParser, type Dialect, MAX_RECORD, type Place } from './parse.ts'
import { shownEncoding } from './text/encodings.ts'
import { type ColumnSigns, type DamageSigns, findColumnSigns, lookForDamage, noDamage } from './text/repairs.ts'

export interface CsvHeader {
  readonly dialect: Dialect
  readonly cells: readonly string[]
  /** The line of the file on which it begins, counted from 1. */
  readonly line: number
  /** Detected from the beginning of the file, unless it is given. */
  readonly encoding: Encoding
  /** U+FFFD in the text stands for bytes that have no character in the encoding. */
  readonly marksUndecodable: boolean
  /** What the rows after it show about a `uuid` column, if there is one. */
  readonly firstRows: FirstRows | null
  /** What the rows after it show about damaged text. */
  readonly signs: ColumnSigns
  /** Lines before the header, such as LinkedIn's notes. */
  readonly preamble: readonly SkippedLine[]
}

export interface SkippedLine {
  readonly line: number
  readonly text: string
}

const TEXT_KEPT = 200

export function skippedLine({ line, cells }: CsvRecord): SkippedLine {
  return { line, text: cells.join(' ').trim().slice(0, TEXT_KEPT).toWellFormed() }
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

/** Characters read to find the dialect and the header. */
const SAMPLE = 1 << 17
/** Records that are searched for a header and used to compare dialects. */
const LOOK_AT = 25
const DELIMITERS = [',', ';', '\t', '|']

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
  return new ConnectraError(
    'ERR_INVALID_CSV',
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

async function* readRecords(
  text: AsyncIterator<string>,
  sample: string,
  { dialect, cells }: CsvHeader,
  from: Place,
  damage: DamageSigns,
): AsyncGenerator<readonly CsvRecord[]> {
  const parser = createParser(dialect, cells.length, from)
  let skip = from.offset
  try {
    for (let piece = sample; ; ) {
      lookForDamage(damage, piece)
      if (skip >= piece.length) skip -= piece.length
      else {
        const records = parser.push(skip === 0 ? piece : piece.slice(skip), false)
        skip = 0
        if (records.length > 0) yield records
      }
      const next = await text.next()
      if (next.done) break
      piece = next.value
    }
    yield parser.push('', true)
  } finally {
    await text.return?.()
  }
}

interface Found {
  readonly header: Omit<CsvHeader, 'encoding' | 'marksUndecodable'>
  readonly tooLong: boolean
  /** The position of the record after the header. */
  readonly end: Place
}

/** `ended`: the sample is the whole text. */
function findHeader(sample: string, ended: boolean, mapping: Mapping): Found {
  const newline = sample.includes('\n') || !sample.includes('\r') ? '\n' : '\r'
  // Excel declares the delimiter in this way.
  const said = /^"?sep=([,;\t|])"?(?=[\r\n])/i.exec(sample)?.[1]
  const known = memoized(headerKnowledge(mapping))
  let best: Candidate | null = null
  for (const delimiter of said === undefined ? DELIMITERS : [said]) {
    const candidate = findHeaderRecord({ delimiter, newline }, sample, known)
    if (candidate !== null && (best === null || isBetter(candidate, best))) best = candidate
  }
  if (best === null) throw new ConnectraError('ERR_INVALID_CSV', 'the file is empty: start it with a line of headers')
  const { dialect, records, at } = best
  const header = records[at]!
  // The last record of the sample may be cut.
  const rows = records.slice(at + 1, ended || records.length === LOOK_AT ? records.length : -1)
  // The same rows, however the text was cut.
  const telling = best.all.filter(({ end }) => end.offset > header.end.offset && end.offset < SAMPLE)
  return {
    header: {
      dialect,
      cells: header.cells,
      line: header.line,
      firstRows: readFirstRows(
        header.cells,
        rows.map(({ cells }) => cells),
      ),
      signs: findColumnSigns(telling.map(({ cells }) => cells)),
      preamble: records.slice(0, at).map(skippedLine),
    },
    tooLong: header.tooLong ?? false,
    end: header.end,
  }
}

interface Candidate {
  readonly dialect: Dialect
  readonly records: readonly CsvRecord[]
  /** The records of the whole sample. */
  readonly all: readonly CsvRecord[]
  /** The index of the header among the records. */
  readonly at: number
  /** The number of its cells that are known headers. */
  readonly known: number
  /** The number of records after it that are as wide as the header; 0 if that is a single cell. */
  readonly regular: number
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.known === b.known ? a.regular > b.regular : a.known > b.known
}

/** The header is the first record with the most known headers, provided that no record before it looks like a row. */
function findHeaderRecord(dialect: Dialect, sample: string, isKnown: (header: string) => boolean): Candidate | null {
  const all = createParser(dialect, null, BEGINNING).push(sample, true)
  const records = all.slice(0, LOOK_AT)
  let at = -1
  let most = -1
  for (const [index, { cells }] of records.entries()) {
    if (at < 0 && !cells.some(cell => /[\p{L}\p{N}]/u.test(cell))) continue
    // A wider file is rejected anyway, and looking up so many cells would take a second.
    const known = cells.length > MAX_COLUMNS ? 0 : new Set(cells.filter(isKnown)).size
    if (known > most && (at < 0 || isPreamble(records.slice(0, index), cells.length))) {
      at = index
      most = known
    }
  }
  if (at < 0) return null
  const width = records[at]!.cells.length
  const regular = width === 1 ? 0 : records.slice(at + 1).filter(({ cells }) => cells.length === width).length
  return { dialect, records, all, at, known: most, regular }
}

/** Notes and titles have few cells. Rows have about as many as the header. */
function isPreamble(records: readonly CsvRecord[], headerWidth: number): boolean {
  return records.every(({ cells }) => cells.filter(cell => cell.trim() !== '').length <= Math.max(1, headerWidth / 3))
}

function memoized(compute: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return text => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const answer = text.length < 200 && compute(text)
    known.set(text, answer)
    return answer
  }
}
