/** Logs what clients get while a part of the server is down: one line every few seconds, however many requests fail. */
import type { FastifyRequest } from 'fastify'
import type { ConnectraError } from '../errors.ts'

/** Milliseconds between two lines about the same problem. */
const EVERY = 5_000
/** More problems at a time are logged without being counted. */
const MOST_KINDS = 100

interface Logged {
  readonly at: number
  /** Requests since then. */
  more: number
}

/** By server. */
const logged = new WeakMap<object, Map<string, Logged>>()

/** `error` is an ERR_UNAVAILABLE. */
export function logUnavailable(request: FastifyRequest, error: ConnectraError): void {
  const problems = logged.get(request.server) ?? new Map<string, Logged>()
  logged.set(request.server, problems)
  // Positions and times differ.
  const problem = error.message.replace(/\d+/g, '#')
  const last = problems.get(problem)
  const now = performance.now()
  if (last !== undefined && now - last.at < EVERY) {
    last.more++
    return
  }
  if (problems.size >= MOST_KINDS) problems.clear()
  problems.set(problem, { at: now, more: 0 })
  const reason = error.cause instanceof Error ? error.cause.message : undefined
  request.log.warn({ reason, more: last?.more || undefined }, error.message)
}
