/**
 * The thread that reads a file for an import. It reads the bytes from standard input and posts batches to the worker's
 * thread.
 */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { ConnectraError } from '../../errors.ts'
import { yieldToSearches } from '../../runtime/yield-to-searches.ts'
import { type ImportStart, importBatches } from './import-batches.ts'
import { BATCHES_AHEAD, type FromImportThread } from './in-thread.ts'

yieldToSearches()
const port = parentPort!
let ahead = 0
port.on('message', () => ahead--)

function send(message: FromImportThread, transferred: ArrayBuffer[] = []): void {
  port.postMessage(message, transferred)
}

try {
  for await (const batch of importBatches(process.stdin, workerData as ImportStart)) {
    const { companies, contacts } = batch.records
    send({ batch }, [companies.bytes.buffer, contacts.bytes.buffer])
    for (ahead++; ahead >= BATCHES_AHEAD; ) await once(port, 'message')
  }
  send('ended')
} catch (error) {
  if (!(error instanceof ConnectraError)) throw error
  send({ refused: { code: error.code, message: error.message } })
}
port.close()
