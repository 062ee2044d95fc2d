/** The thread's side of in-thread.ts: posts the parts that it reads, a few ahead of the reader. */
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { ConnectraError } from '../../errors.ts'
import { yieldToSearches } from '../../runtime/yield-to-searches.ts'
import { type FromReadingThread, PARTS_AHEAD } from './in-thread.ts'

/** Ends the thread once all parts are posted. `transferOf`: the buffers of a part that are transferred instead of copied. */
export async function postParts<T>(
  parts: AsyncIterable<T>,
  transferOf: (part: T) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  yieldToSearches()
  const port = parentPort!
  let ahead = 0
  port.on('message', () => ahead--)
  const send = (message: FromReadingThread<T>, transferred: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transferred)
  try {
    for await (const part of parts) {
      send({ part }, transferOf(part))
      for (ahead++; ahead >= PARTS_AHEAD; ) await once(port, 'message')
    }
    send('ended')
  } catch (error) {
    if (!(error instanceof ConnectraError)) throw error
    send({ refused: { code: error.code, message: error.message } })
  }
  port.close()
}
