/**
 * Requests to the nodes of a cluster. A request that a node does not answer is sent to the next one: all of them may be repeated,
 * because writes carry versions. A node that does not answer is asked last for some seconds.
 */
import http from 'node:http'
import https from 'node:https'
import { ConnectraError } from '../../../errors.ts'
import type { Sign } from './aws-signature.ts'

export interface Client {
  /**
   * Sends JSON, or lines of JSON if `body` is a text. Throws OpenSearchError if the reply is an error, unless its status is in
   * `accept`; ConnectraError ERR_UNAVAILABLE if no node answers in time.
   */
  request<T>(method: string, path: string, options?: RequestOptions): Promise<Reply<T>>
  close(): void
}

export interface RequestOptions {
  readonly body?: object | string
  /** How long all attempts may take, in milliseconds. */
  readonly timeoutMs?: number
  readonly accept?: readonly number[]
  readonly signal?: AbortSignal
}

export interface Reply<T> {
  readonly status: number
  readonly body: T
}

/** A reply that is an error. */
export class OpenSearchError extends Error {
  readonly status: number
  /** Such as `index_not_found_exception`. */
  readonly type: string

  constructor(status: number, type: string, reason: string) {
    super(`OpenSearch replied ${status} ${type}: ${reason}`)
    this.status = status
    this.type = type
  }
}

/** Milliseconds. */
const CONNECT_WITHIN = 3_000
const DEFAULT_TIMEOUT = 30_000
const AVOIDED_FOR = 5_000
const CHECK_EVERY = 2_000
const MOST_SOCKETS = 128
/** Statuses with which a node says that it cannot answer now; another one may. */
const ELSEWHERE = [502, 503, 504]

interface Node {
  readonly url: URL
  readonly agent: http.Agent
  /** For checks. With many long searches, they would wait for a connection of the other agent, and the node would seem to hang. */
  readonly checkAgent: http.Agent
  readonly headers: Readonly<Record<string, string>>
  /** Null if requests are not signed. */
  readonly sign: Sign | null
  avoidedUntil: number
  /** Ends the requests that wait for the node. */
  waiting: AbortController
}

/** `sign` signs each request. The others are what tests make smaller; times in milliseconds. */
export interface ClientTuning {
  readonly sign?: Sign | null
  readonly sockets?: number
  readonly checkEvery?: number
  readonly checkWithin?: number
}

/** `ca`: certificates in PEM, or null for those of Node.js. */
export function openClient(
  urls: readonly string[],
  ca: string | null,
  { sign = null, sockets = MOST_SOCKETS, checkEvery = CHECK_EVERY, checkWithin = CONNECT_WITHIN }: ClientTuning = {},
): Client {
  const nodes = urls.map(url => openNode(url, ca, sockets, sign))
  let next = 0
  const checking = nodes.length > 1 ? setInterval(() => void Promise.all(nodes.map(check)), checkEvery).unref() : null

  /** All nodes, beginning with another one each time. Those to avoid are last. */
  function inTurn(): Node[] {
    const start = next++ % nodes.length
    const turn = [...nodes.slice(start), ...nodes.slice(0, start)]
    const now = Date.now()
    return [...turn.filter(node => node.avoidedUntil <= now), ...turn.filter(node => node.avoidedUntil > now)]
  }

  /** A node that hangs keeps its connections open. Without this, requests would wait for it until their time is up. */
  async function check(node: Node): Promise<void> {
    try {
      const checked = { ...node, agent: node.checkAgent }
      await send(checked, 'GET', '/', '', 'application/json', AbortSignal.timeout(checkWithin))
    } catch (error) {
      if (isOwnFault(error)) return
      avoid(node)
      node.waiting.abort()
      node.waiting = new AbortController()
    }
  }

  return {
    async request<T>(method: string, path: string, options: RequestOptions = {}) {
      const { body, timeoutMs = DEFAULT_TIMEOUT, accept = [], signal } = options
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
      const late = AbortSignal.timeout(timeoutMs)
      let failure: unknown
      // A second attempt at the only node: it may have closed an idle connection.
      const turn = inTurn()
      for (const node of turn.length === 1 ? [turn[0]!, turn[0]!] : turn) {
        signal?.throwIfAborted()
        if (late.aborted) break
        const ends = [late, node.waiting.signal, ...(signal === undefined ? [] : [signal])]
        try {
          const reply = await send(node, method, path, text, type, AbortSignal.any(ends))
          if (ELSEWHERE.includes(reply.status)) {
            failure = errorOf(reply)
            continue
          }
          if (reply.status >= 300 && !accept.includes(reply.status)) throw errorOf(reply)
          return { status: reply.status, body: parse(reply.text) as T }
        } catch (error) {
          if (error instanceof OpenSearchError || isOwnFault(error)) throw error
          failure = error
          if (!late.aborted && signal?.aborted !== true) avoid(node)
        }
      }
      signal?.throwIfAborted()
      throw unavailable(failure)
    },
    close() {
      if (checking !== null) clearInterval(checking)
      for (const { agent, checkAgent } of nodes) {
        agent.destroy()
        checkAgent.destroy()
      }
    },
  }
}

function openNode(address: string, ca: string | null, maxSockets: number, sign: Sign | null): Node {
  const url = new URL(address)
  const openAgent = () => {
    const options = { keepAlive: true, maxSockets, timeout: 0 }
    return url.protocol === 'https:'
      ? new https.Agent({ ...options, ...(ca !== null && { ca }) })
      : new http.Agent(options)
  }
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const headers = url.username === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  return {
    url,
    agent: openAgent(),
    checkAgent: openAgent(),
    headers,
    sign,
    avoidedUntil: 0,
    waiting: new AbortController(),
  }
}

/** Whether the request was not sent, because it could not be signed. */
function isOwnFault(error: unknown): boolean {
  return error instanceof ConnectraError
}

function avoid(node: Node): void {
  node.avoidedUntil = Date.now() + AVOIDED_FOR
}

interface RawReply {
  readonly status: number
  readonly text: string
}

async function send(
  { url, agent, headers: fixed, sign }: Node,
  method: string,
  path: string,
  body: string,
  type: string,
  signal: AbortSignal,
): Promise<RawReply> {
  const content = body === '' ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }
  const plain = { host: url.host, ...fixed, ...content }
  const fullPath = `${url.pathname.replace(/\/$/, '')}${path}`
  const headers = sign === null ? plain : await sign({ method, path: fullPath, headers: plain, body }, signal)
  return await new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request({
      agent,
      method,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: fullPath,
      headers,
      signal,
    })
    request.on('error', reject)
    request.on('socket', socket => {
      if (!socket.connecting) return
      const timer = setTimeout(() => request.destroy(new Error('no connection in time')), CONNECT_WITHIN)
      socket.once('connect', () => clearTimeout(timer))
      socket.once('close', () => clearTimeout(timer))
    })
    request.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.end(body)
  })
}

function parse(text: string): unknown {
  return text === '' ? null : JSON.parse(text)
}

interface ErrorBody {
  /** How a proxy of AWS names the reason. */
  readonly message?: string
  readonly Message?: string
  readonly error?: string | { readonly type?: string; readonly reason?: string; readonly root_cause?: readonly Cause[] }
}

interface Cause {
  readonly type?: string
  readonly reason?: string
}

/** The first root cause says more than the error around it. */
function errorOf({ status, text }: RawReply): OpenSearchError {
  let body: ErrorBody | null = null
  try {
    body = parse(text) as ErrorBody
  } catch {
    // A proxy may reply in HTML.
  }
  const error = body?.error
  if (typeof error !== 'object')
    return new OpenSearchError(status, 'error', String(error ?? body?.message ?? body?.Message ?? text).slice(0, 500))
  const cause = error.root_cause?.[0] ?? error
  return new OpenSearchError(
    status,
    cause.type ?? error.type ?? 'error',
    String(cause.reason ?? error.reason).slice(0, 500),
  )
}

/** Whether a node was silent for too long. */
function isSilence(failure: unknown): boolean {
  return failure instanceof Error && failure.name === 'AbortError'
}

/** What to say about the cluster after an error of `request`, without the address of a node. */
export function describeOutage(error: unknown): string {
  return error instanceof Error && isSilence(error.cause) ? 'does not answer' : 'cannot be reached'
}

function unavailable(failure: unknown): ConnectraError {
  const isKnown = failure instanceof Error && !isSilence(failure)
  const reason = isKnown ? failure.message || failure.name : 'no node answered in time'
  return new ConnectraError('ERR_UNAVAILABLE', `the search cluster cannot answer (${reason}); try again shortly`, {
    retryAfter: 5,
    cause: failure,
  })
}
