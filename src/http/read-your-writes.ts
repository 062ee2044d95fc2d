/** `X-Connectra-Seq` and `X-Connectra-Min-Seq`: what a client has written it finds, on whatever node it asks. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ConnectraError } from '../errors.ts'
import type { SearchEngine } from '../search/engine.ts'

/** How long a request waits for the engine. */
const WAIT_MS = 5000

/** After a commit: waits until searches see it, in vain if need be, and tells the client where it is in the feed. */
export async function announceWrite(reply: FastifyReply, engine: SearchEngine, seq: number): Promise<void> {
  reply.header('X-Connectra-Seq', String(seq))
  await engine.waitFor(seq, WAIT_MS)
}

/** Before a search: waits for the writes that the client asks to see. */
export async function awaitRequestedWrites(request: FastifyRequest, engine: SearchEngine): Promise<void> {
  const wanted = request.headers['x-connectra-min-seq']
  if (wanted !== undefined) {
    if (typeof wanted !== 'string' || !/^\d{1,15}$/.test(wanted))
      throw new ConnectraError(
        'ERR_INVALID_VALUE',
        'the header X-Connectra-Min-Seq must be a number that a write answered as X-Connectra-Seq',
      )
    if (!(await engine.waitFor(Number(wanted), WAIT_MS)))
      throw new ConnectraError('ERR_UNAVAILABLE', `write ${wanted} is not searchable here yet: try again shortly`)
  }
}
