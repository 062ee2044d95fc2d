/** The thread that reads a file for its import, from standard input. */
import { workerData } from 'node:worker_threads'
import { type ImportStart, importBatches } from './import-batches.ts'
import { postParts } from './post-parts.ts'

await postParts(importBatches(process.stdin, workerData as ImportStart), ({ records: { companies, contacts } }) => [
  companies.lines.bytes.buffer,
  companies.steps.bytes.buffer,
  contacts.lines.bytes.buffer,
  contacts.steps.bytes.buffer,
])
