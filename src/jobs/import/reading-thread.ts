/** The thread that reads files for imports and previews, one after another. */
import { serveWork } from '../../runtime/thread-work.ts'
import { yieldToSearches } from '../../runtime/yield-to-searches.ts'
import { type BatchOfFile, type ImportStart, importBatches } from './import-batches.ts'
import { type BeginningPart, type BeginningStart, readBeginning } from './read-beginning.ts'

export type ReadingTask = { readonly batches: ImportStart } | { readonly beginning: BeginningStart }

/** How many parts are read before the first of them is used. */
const PARTS_AHEAD = 2

yieldToSearches()
serveWork<BatchOfFile | BeginningPart, ReadingTask, Uint8Array>(
  (task, bytes) => ('batches' in task ? importBatches(bytes, task.batches) : readBeginning(bytes, task.beginning)),
  { ahead: PARTS_AHEAD, transferOf: buffersOf },
)

/** Of a batch; the beginning of a file is copied. */
function buffersOf(part: BatchOfFile | BeginningPart): ArrayBuffer[] {
  if (!('records' in part)) return []
  const { companies, contacts } = part.records
  return [companies.lines, companies.steps, contacts.lines, contacts.steps].map(({ bytes }) => bytes.buffer)
}
