import type { ServerResponse } from 'node:http'
import { ConnectraError } from '../../errors.ts'

/** Returns a signal that aborts when the client disconnects before it has the whole reply. */
export function endOfReply(reply: ServerResponse): AbortSignal {
  const end = new AbortController()
  const abort = () => {
    if (!reply.writableFinished)
      end.abort(new ConnectraError('ERR_CANCELLED', 'the client disconnected before it had the whole reply'))
  }
  if (reply.destroyed) abort()
  else reply.once('close', abort)
  return end.signal
}
