/**
 * Time limits for clients. Node limits the time for the headers of a request (`headersTimeout`). This file limits the time for its
 * body, for the rest of a rejected request, and for reading the reply.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../parts.ts'

/** The time limit for the body of a request, unless it is a file. Milliseconds. */
const BODY_WITHIN = 60_000
/** A file or a reply may take any time, but at least this many bytes have to move in each such period (milliseconds). */
const MIN_MOVED = 64 << 10
const MIN_MOVED_MS = 30_000
/** Smaller replies (bytes) are not watched. */
const WATCHED_BYTES = 16 << 10
/**
 * How much of a rejected request is still read (bytes), and for how long (milliseconds), so that the client sees the reply
 * before the connection closes. It must be more than operating systems buffer: a client that has sent its whole body may send its next
 * request on the same connection.
 */
const LINGER_BYTES = 32 << 20
const LINGER_MS = 5_000

export function limitClients(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    if (encoding === undefined && (length === undefined || length === '0')) return
    if (request.routeOptions.config.takesFile)
      cutOffWhenIdle(reply, () => (request.raw.complete ? null : request.raw.socket.bytesRead))
    else limitBody(request, reply)
  })
  const inFlight = watchReplies()
  app.addHook('onSend', async (_request, reply, payload) => {
    // The client has disconnected: `close` was emitted before, so nothing would ever stop the watch.
    if (reply.raw.destroyed) return
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    // The operating system buffers small replies at once.
    if (isWhole && payload.length < WATCHED_BYTES) return
    cutOffWhenIdle(reply, () => bytesTaken(reply.raw))
    if (isWhole) inFlight.add(reply.raw, payload.length)
  })
}

/** The limit for the bytes of all replies in flight, and the minimum age (milliseconds) of a reply that is cut off above it. */
const MAX_IN_FLIGHT = 64 << 20
const OLD_MS = 1_000

/** Tracks replies that clients have not fully read. Above the limit the oldest are cut off, until half of it is free. */
function watchReplies() {
  const replies = new Map<ServerResponse, { readonly bytes: number; readonly since: number }>()
  let total = 0
  const remove = (reply: ServerResponse) => {
    total -= replies.get(reply)?.bytes ?? 0
    replies.delete(reply)
  }
  return {
    add(reply: ServerResponse, bytes: number): void {
      replies.set(reply, { bytes, since: performance.now() })
      total += bytes
      reply.once('close', () => remove(reply))
      if (total <= MAX_IN_FLIGHT) return
      // A Map iterates in the order of insertion, so the oldest come first.
      for (const [old, { since }] of replies) {
        if (total <= MAX_IN_FLIGHT / 2 || performance.now() - since < OLD_MS) return
        old.destroy()
        // Its `close` event comes later.
        remove(old)
      }
    },
  }
}

/** The parts of a socket's handle that Node itself uses to see the progress of a write (lib/net.js). */
interface WriteHandle {
  readonly bytesWritten: number
  /** Bytes of `bytesWritten` that the operating system has not taken yet. */
  readonly writeQueueSize: number
}

/**
 * Bytes that the client has read so far; null if nothing is waiting to be sent. `writableLength` is no measure: it counts a
 * write, which may be a reply of megabytes, until its last byte is sent.
 */
function bytesTaken(reply: ServerResponse): number | null {
  if (!reply.writableNeedDrain && !reply.writableEnded) return null
  const { _handle: handle } = (reply.socket ?? {}) as { readonly _handle?: WriteHandle | null }
  return handle == null ? null : handle.bytesWritten - handle.writeQueueSize
}

function limitBody({ raw, log }: FastifyRequest, reply: FastifyReply): void {
  const timer = setTimeout(() => {
    if (raw.complete) return
    log.info('client took too long to send its request')
    raw.destroy()
  }, BODY_WITHIN).unref()
  const stop = () => clearTimeout(timer)
  raw.once('end', stop)
  reply.raw.once('close', stop)
}

/** `moved` returns the bytes so far, or null while nothing is pending. */
function cutOffWhenIdle({ raw }: FastifyReply, moved: () => number | null): void {
  let before = moved()
  const timer = setInterval(() => {
    const now = moved()
    if (before !== null && now !== null && now - before < MIN_MOVED) raw.destroy()
    before = now
  }, MIN_MOVED_MS).unref()
  raw.once('close', () => clearInterval(timer))
}

/** Keeps reading for a moment after a request was rejected. Closing at once could reset the connection before the client has read the reply. */
export function discardBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  // The rest is not decompressed: a megabyte may expand to a gigabyte, which takes seconds.
  raw.unpipe()
  if (raw.complete || raw.readableEnded) {
    raw.resume()
    return
  }
  if (raw.destroyed) {
    // Decompression has failed. The rest of the body cannot be read, so neither can the next request on this connection.
    reply.header('Connection', 'close')
    return
  }
  const timer = setTimeout(() => raw.destroy(), LINGER_MS).unref()
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    // The client cannot send more, but can still read the reply.
    if (bytes > LINGER_BYTES) raw.pause()
  })
  const stop = () => clearTimeout(timer)
  raw.once('end', stop).once('close', stop)
  raw.resume()
}
