/** The thread that reads files for imports and previews, one after another. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { yieldToSearches } from '../../runtime/yield-to-searches.ts'
import { type BatchOfFile, type ImportStart, importBatches } from './import-batches.ts'
import { receiveThrough, sendThrough } from './port-stream.ts'
import { type BeginningStart, readBeginning } from './read-beginning.ts'

export interface ReadingTask {
  readonly what: { readonly batches: ImportStart } | { readonly beginning: BeginningStart }
  /** Where the bytes of the file arrive, and where its parts are sent. */
  readonly bytes: MessagePort
  readonly parts: MessagePort
}

/** How many parts are read before the first of them is used. */
const PARTS_AHEAD = 2

yieldToSearches()
parentPort!.on('message', (task: ReadingTask) => read(task))

/** An unexpected error ends the thread, and so the iteration of those who wait for the parts. */
async function read({ what, bytes, parts }: ReadingTask): Promise<void> {
  const file = receiveThrough<Uint8Array>(bytes)
  if ('batches' in what)
    await sendThrough(parts, importBatches(file, what.batches), { ahead: PARTS_AHEAD, transferOf: buffersOf })
  else await sendThrough(parts, readBeginning(file, what.beginning), { ahead: PARTS_AHEAD })
}

function buffersOf({ records: { companies, contacts } }: BatchOfFile): ArrayBuffer[] {
  return [companies.lines, companies.steps, contacts.lines, contacts.steps].map(({ bytes }) => bytes.buffer)
}
