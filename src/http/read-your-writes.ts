/** `X-Connectra-Seq` and `X-Connectra-Min-Seq`: a client sees its own writes on every node. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ConnectraError } from '../errors.ts'
import type { Job } from '../jobs/job/job.ts'
import type { SearchEngine } from '../search/engine.ts'

/** Milliseconds a request waits for the search engine. */
const WAIT_MS = 5000

/** After a commit: sends the write's position in the feed, and waits until searches see the write or the time is up. */
export async function announceWrite(reply: FastifyReply, engine: SearchEngine, seq: number): Promise<void> {
  reply.header('X-Connectra-Seq', String(seq))
  // The write is stored, and becomes searchable when the engine has caught up, or its servers are back.
  if (!engine.state().keepsUp) return
  await engine.waitFor(seq, WAIT_MS)
}

/** In replies that show jobs: the newest position in the feed of their results, if one of them is completed. */
export function announceResults(reply: FastifyReply, jobs: readonly Job[]): void {
  const positions = jobs.flatMap(({ response }) => response.seq ?? [])
  if (positions.length > 0) reply.header('X-Connectra-Seq', String(Math.max(...positions)))
}

/** Before a search: waits for the writes that the client has asked for. */
export async function awaitRequestedWrites(request: FastifyRequest, engine: SearchEngine): Promise<void> {
  const wanted = request.headers['x-connectra-min-seq']
  if (wanted !== undefined) {
    if (typeof wanted !== 'string' || !/^\d{1,15}$/.test(wanted))
      throw new ConnectraError(
        'ERR_INVALID_VALUE',
        'the header X-Connectra-Min-Seq must be a number: send the X-Connectra-Seq of the reply to a write',
      )
    if (!(await engine.waitFor(Number(wanted), WAIT_MS)))
      throw new ConnectraError(
        'ERR_UNAVAILABLE',
        `write ${wanted} is not searchable ${engine.shared ? '' : 'on this node '}yet: try again shortly`,
      )
  }
}
