/**
 * Time limits for clients. Node limits the time for the head of a request (`headersTimeout`); here are those for its body, for what
 * follows a request that was refused, and for reading the reply.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './parts.ts'

/** How long the body of a request may take, unless it is a file. Milliseconds. */
const BODY_WITHIN = 60_000
/** A file, and a reply, may take as long as this many bytes of it move in each such time (milliseconds). */
const LEAST_MOVED = 64 << 10
const LEAST_MOVED_MS = 30_000
/** A reply of fewer bytes is not watched. */
const WATCHED_BYTES = 16 << 10
/** What is read of a request after its refusal, in bytes and milliseconds, so that the client sees the reply before the connection is cut. */
const LINGER_BYTES = 4 << 20
const LINGER_MS = 5_000

export function limitClients(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.raw.complete) return
    if (request.routeOptions.config.takesFile) cutOffWhenIdle(reply, () => request.raw.socket.bytesRead)
    else limitBody(request)
  })
  const inFlight = watchReplies()
  app.addHook('onSend', async (_request, reply, payload) => {
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    // The system takes what is small at once.
    if (isWhole && payload.length < WATCHED_BYTES) return
    cutOffWhenIdle(reply, () => taken(reply.raw))
    if (isWhole) inFlight.add(reply.raw, payload.length)
  })
}

/** Bytes of all replies that are under way; and how old a reply may get while there are more. */
const MOST_IN_FLIGHT = 64 << 20
const OLD_MS = 1_000

/** Replies that were not taken in full yet. When they become too many, the oldest are cut off: clients that read are done by then. */
function watchReplies() {
  const replies = new Map<ServerResponse, { readonly bytes: number; readonly since: number }>()
  let total = 0
  return {
    add(reply: ServerResponse, bytes: number): void {
      replies.set(reply, { bytes, since: performance.now() })
      total += bytes
      reply.once('close', () => {
        replies.delete(reply)
        total -= bytes
      })
      if (total <= MOST_IN_FLIGHT) return
      // In the order in which they were added.
      for (const [old, { since }] of replies) {
        if (total <= MOST_IN_FLIGHT / 2 || performance.now() - since < OLD_MS) return
        old.destroy()
      }
    },
  }
}

/** Bytes that the client has taken. Compared while there is more to send. */
function taken(reply: ServerResponse): number | null {
  return reply.writableNeedDrain || reply.writableEnded
    ? (reply.socket?.bytesWritten ?? 0) - reply.writableLength
    : null
}

function limitBody({ raw, log }: FastifyRequest): void {
  const timer = setTimeout(() => {
    if (raw.complete) return
    log.info('the client took too long to send its request')
    raw.socket.destroy()
  }, BODY_WITHIN)
  const stop = () => clearTimeout(timer)
  raw.once('end', stop).once('close', stop)
}

/** `moved`: bytes up to now; null while nothing is waited for. */
function cutOffWhenIdle({ raw }: FastifyReply, moved: () => number | null): void {
  let before = moved()
  const timer = setInterval(() => {
    const now = moved()
    if (before !== null && now !== null && now - before < LEAST_MOVED) raw.destroy()
    before = now
  }, LEAST_MOVED_MS)
  raw.once('close', () => clearInterval(timer))
}

/** Reads on for a moment after a request was refused. Closing at once would reset the connection under the reply. */
export function discardBody({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return
  const cut = () => raw.socket.destroy()
  const timer = setTimeout(cut, LINGER_MS)
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_BYTES) cut()
  })
  const stop = () => clearTimeout(timer)
  raw.once('end', stop).once('close', stop)
  raw.resume()
}
