/** A round-robin balancer that follows `/health/ready` and never sends a request twice. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from '../app/processes.ts'

/** Milliseconds. */
const PROBE_EVERY = 100
const PROBE_WITHIN = 1_000
/** Longer than a server waits for anything. */
const ANSWER_WITHIN = 20_000

export interface BalancedReply {
  readonly status: number
  readonly seq: string | undefined
  readonly retryAfter: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the replies have different shapes
  readonly body: any
}

export interface BalancedNode {
  readonly server: Server
  readonly agent: Agent
  isReady: boolean
}

/** Sends requests to the nodes that are ready, in turn, over connections that stay open. */
export interface Balancer {
  add(server: Server): BalancedNode
  remove(node: BalancedNode): void
  /** Rejects if the connection breaks, if no node is ready, or if there is no reply in time. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<BalancedReply>
  get(path: string): Promise<BalancedReply>
  /** How many requests each address has got. */
  readonly sent: ReadonlyMap<string, number>
  stop(): Promise<void>
}

export function openBalancer(key: string): Balancer {
  const nodes = new Set<BalancedNode>()
  const sent = new Map<string, number>()
  let turn = 0
  let isOpen = true
  const probe = async (node: BalancedNode) => {
    const signal = AbortSignal.timeout(PROBE_WITHIN)
    const reply = await fetch(`${node.server.url}/health/ready`, { signal }).catch(() => null)
    await reply?.arrayBuffer().catch(() => {})
    node.isReady = reply?.status === 200
  }
  /** Probes each node by itself: one that hangs does not delay what is known about the others. */
  const watch = async (node: BalancedNode) => {
    while (isOpen && nodes.has(node)) {
      await probe(node)
      await delay(PROBE_EVERY)
    }
  }
  const watching = new Set<Promise<void>>()
  const send = async (
    method: string,
    path: string,
    content: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<BalancedReply> => {
    const ready = [...nodes].filter(node => node.isReady)
    assert.ok(ready.length > 0, 'no node is ready')
    const { server, agent } = ready[turn++ % ready.length]!
    sent.set(server.url, (sent.get(server.url) ?? 0) + 1)
    const sending = request(server.url + path, {
      method,
      agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: { authorization: `Bearer ${key}`, ...headers },
    }).end(content ?? undefined)
    const [reply] = await once(sending, 'response')
    return {
      status: reply.statusCode,
      seq: reply.headers['x-connectra-seq'],
      retryAfter: reply.headers['retry-after'],
      body: JSON.parse(await text(reply)),
    }
  }
  return {
    sent,
    add(server) {
      const node = { server, agent: new Agent({ keepAlive: true }), isReady: false }
      nodes.add(node)
      const ended: Promise<void> = watch(node).finally(() => watching.delete(ended))
      watching.add(ended)
      return node
    },
    remove(node) {
      nodes.delete(node)
      node.agent.destroy()
    },
    post: async (path, body, headers = {}) =>
      await send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    get: async path => await send('GET', path, null, {}),
    async stop() {
      isOpen = false
      await Promise.all(watching)
      for (const { agent } of nodes) agent.destroy()
    },
  }
}
