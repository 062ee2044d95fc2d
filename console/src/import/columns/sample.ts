/**
 * The first rows of an uploaded file as they stand in it, to show examples of each column. The server decides how the file is
 * read; where its description does not fit what is found here, there is no sample.
 */
import { shorten } from '../../ui/format.ts'
import { type CsvRecord, parseCsv } from './csv.ts'

export interface Sample {
  /** Whole headers. Those in a preview are cut. */
  readonly header: readonly string[]
  readonly rows: readonly CsvRecord[]
}

/** What a preview says about the file. */
interface SampleHints {
  readonly delimiter: string
  readonly headerLine: number
  readonly columns: number
}

/** Names of the server that `TextDecoder` does not know. */
const DECODERS: Readonly<Record<string, string>> = { 'utf-8 with BOM': 'utf-8', 'utf-8 twice': 'utf-8', mixed: 'utf-8' }
const RECORDS = 200

/** `encoding` as in a preview, null if it is not known yet. Null for encodings that a browser does not know. */
export function decodeSample(bytes: Uint8Array, encoding: string | null): string | null {
  const label = encoding === null ? guessEncoding(bytes) : (DECODERS[encoding] ?? encoding)
  try {
    // As a stream, because the sample may end within a character.
    return new TextDecoder(label).decode(bytes, { stream: true })
  } catch {
    return null
  }
}

function guessEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** Null if the text is not read as the hints say. Without hints (no preview was possible) they are guessed. */
export function readSample(text: string, isWhole: boolean, hints: SampleHints | null): Sample | null {
  if (hints === null) return guessSample(text, isWhole)
  const records = parseCsv(text, { delimiter: hints.delimiter, limit: RECORDS, isWhole })
  const at = records.findIndex(record => record.line === hints.headerLine)
  const header = records[at]
  if (header === undefined || header.cells.length !== hints.columns) return null
  return { header: header.cells, rows: records.slice(at + 1) }
}

const LOOK_AT = 25

/** The delimiter is the one that splits most lines into the same number of cells, as many as possible. */
function guessSample(text: string, isWhole: boolean): Sample | null {
  const read = [',', ';', '\t', '|'].map(delimiter => {
    const records = parseCsv(text, { delimiter, limit: RECORDS, isWhole })
    return { records, ...rateWidths(records.slice(0, LOOK_AT)) }
  })
  const { records, width } = read.reduce((best, next) => (next.rating > best.rating ? next : best))
  const at = records.findIndex(record => record.cells.length === width)
  return at < 0 ? null : { header: records[at]!.cells, rows: records.slice(at + 1) }
}

/** The number of cells that splits off the most in all. */
function rateWidths(records: readonly CsvRecord[]): { readonly width: number; readonly rating: number } {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  const rated = [...counts].map(([width, count]) => ({ width, rating: (width - 1) * count }))
  return rated.reduce((best, next) => (next.rating > best.rating ? next : best), { width: 1, rating: 0 })
}

const EXAMPLES = 3
const EXAMPLE_SHOWN = 80

/** The first different values of a column. */
export function examplesOf({ rows }: Sample, column: number): readonly string[] {
  const found = new Set<string>()
  for (const { cells } of rows) {
    const cell = (cells[column] ?? '').trim()
    if (cell !== '') found.add(shorten(cell, EXAMPLE_SHOWN))
    if (found.size === EXAMPLES) break
  }
  return [...found]
}
