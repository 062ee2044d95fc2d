/** Reads the beginning of a file as an import would, from its bytes alone. */
import { type SkippedLine, skippedLine } from '../../csv/find-header.ts'
import type { Compression } from '../../files/source.ts'
import type { ImportData } from './data.ts'
import { type FileDescription, readImportFile } from './open-file.ts'
import { fileSigns, type Outcome, recordReader, type Stored } from './read-record.ts'
import { SKIPPED_KEPT } from './tally.ts'
import { type ListedWarning, warningLister } from './warnings.ts'

/** Plain data that can be sent to a thread, as are the parts. */
export interface BeginningStart {
  readonly data: ImportData
  readonly compression: Compression | null
  /** The number of rows to read. */
  readonly rows: number
  /** The limit of bytes to read, after decompression. */
  readonly maxBytes: number
}

export interface BeginningRow {
  readonly line: number
  readonly outcome: Exclude<Outcome, { becomes: 'skipped' | 'stored' }> | Omit<Stored, 'values' | 'dropped' | 'unread'>
  readonly warnings: readonly Omit<ListedWarning, 'line' | 'place'>[]
}

/** First the description of the file, then rows and skipped lines as they are read, finally whether the file has no more. */
export type BeginningPart =
  | { readonly description: FileDescription }
  | { readonly rows: readonly BeginningRow[]; readonly skipped: readonly SkippedLine[] }
  | { readonly isWhole: boolean }

/** Throws ERR_INVALID_CSV like the import of the file. */
export async function* readBeginning(
  bytes: AsyncIterable<Uint8Array>,
  { data, compression, rows: wanted, maxBytes }: BeginningStart,
): AsyncGenerator<BeginningPart> {
  let enough = false
  async function* limited(): AsyncGenerator<Uint8Array> {
    let read = 0
    for await (const chunk of bytes) {
      read += chunk.length
      enough ||= read > maxBytes
      if (enough) return
      yield chunk
    }
  }
  const { csv, meaning, description } = await readImportFile(limited(), data, compression)
  yield { description }
  const readRecord = recordReader(csv.header.cells, meaning, fileSigns(csv))
  const listWarnings = warningLister(meaning)
  let withinFooter = false
  let [rowsRead, skippedLines] = [0, 0]
  for await (const records of csv.records) {
    const rows: BeginningRow[] = []
    const skipped: SkippedLine[] = []
    for (const record of records) {
      const outcome = readRecord(record, withinFooter)
      withinFooter = outcome.becomes === 'skipped' && outcome.footer
      if (outcome.becomes === 'skipped') {
        if (skippedLines++ < SKIPPED_KEPT) skipped.push(skippedLine(record))
        continue
      }
      if (rowsRead++ === wanted) {
        yield { rows, skipped }
        yield { isWhole: false }
        return
      }
      rows.push(describeRow(record.line, outcome, outcome.becomes === 'stored' ? listWarnings(record, outcome) : []))
    }
    // If the limit of bytes was reached, the text ends in the middle of a row.
    if (rows.length > 0 || skipped.length > 0) yield { rows: enough ? rows.slice(0, -1) : rows, skipped }
  }
  yield { isWhole: !enough }
}

function describeRow(line: number, outcome: Exclude<Outcome, { becomes: 'skipped' }>, listed: ListedWarning[]) {
  const warnings = listed.map(({ line: _, place: __, ...warning }) => warning)
  if (outcome.becomes !== 'stored') return { line, outcome, warnings }
  const { values: _, dropped: __, unread: ___, ...stored } = outcome
  return { line, outcome: stored, warnings }
}
