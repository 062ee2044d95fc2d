/**
 * A rolling restart under load: two processes of `serve` behind a round-robin balancer that follows `/health/ready` and never
 * sends a request twice. No request may fail. Run it with `npm run test:cluster`, or alone with
 * `node test/cluster/rolling-restart.ts`.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { ensureDatabase } from '../../src/database/roles.ts'
import { type Server, serve } from '../app/processes.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const API_KEYS = 'key-of-the-rolling-restart'
/** Milliseconds. */
const PROBE_EVERY = 100
/** How long a client waits after a write and a search. The test is about restarts, not about load. Milliseconds. */
const PAUSE = 80
const CLIENTS = 2
/** Compiled sources. Without them every process compiles them again. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled')

interface Reply {
  readonly status: number
  readonly seq: string | undefined
  readonly body: { readonly count?: number; readonly error?: string }
}

interface Node {
  readonly server: Server
  readonly agent: Agent
  isReady: boolean
}

/** Sends requests to the nodes that are ready, in turn, over connections that stay open. */
interface Balancer {
  add(server: Server): Node
  remove(node: Node): void
  /** Rejects if the connection breaks, or if no node is ready. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  /** How many requests each address has got. */
  readonly sent: ReadonlyMap<string, number>
  stop(): Promise<void>
}

function openBalancer(): Balancer {
  const nodes = new Set<Node>()
  const sent = new Map<string, number>()
  let turn = 0
  let isOpen = true
  const probe = async (node: Node) => {
    const reply = await fetch(`${node.server.url}/health/ready`).catch(() => null)
    await reply?.arrayBuffer()
    node.isReady = reply?.status === 200
  }
  const probing = (async () => {
    while (isOpen) {
      await Promise.all([...nodes].map(probe))
      await delay(PROBE_EVERY)
    }
  })()
  return {
    sent,
    add(server) {
      const node = { server, agent: new Agent({ keepAlive: true }), isReady: false }
      nodes.add(node)
      return node
    },
    remove(node) {
      nodes.delete(node)
      node.agent.destroy()
    },
    async post(path, body, headers = {}) {
      const ready = [...nodes].filter(node => node.isReady)
      assert.ok(ready.length > 0, 'no node is ready')
      const { server, agent } = ready[turn++ % ready.length]!
      sent.set(server.url, (sent.get(server.url) ?? 0) + 1)
      const sending = request(server.url + path, {
        method: 'POST',
        agent,
        headers: { authorization: `Bearer ${API_KEYS}`, 'content-type': 'application/json', ...headers },
      }).end(JSON.stringify(body))
      const [reply] = await once(sending, 'response')
      return {
        status: reply.statusCode,
        seq: reply.headers['x-connectra-seq'],
        body: JSON.parse(await text(reply)),
      }
    },
    async stop() {
      isOpen = false
      await probing
      for (const { agent } of nodes) agent.destroy()
    },
  }
}

/** Writes, and searches for what it has written, until `isOver`. Returns the number of requests. */
async function runClient(balancer: Balancer, number: number, isOver: () => boolean): Promise<number> {
  let requests = 0
  while (!isOver()) {
    const title = `title ${number} ${requests}`
    const record = { first_name: 'Ada', linkedin_url: `linkedin.com/in/restarted-${number}`, title }
    const written = await balancer.post('/contacts/batch-upsert', [record])
    assert.equal(written.status, 200, written.body.error)
    const query = { where: { keyword_match: { must: { title } } } }
    const found = await balancer.post('/contacts/count', query, { 'x-connectra-min-seq': written.seq! })
    assert.deepEqual([found.status, found.body.count], [200, 1], found.body.error)
    requests += 2
    await delay(PAUSE)
  }
  return requests
}

/** Rejects if a request has failed. `log` gets a line with the figures. */
async function testRollingRestart(log: (line: string) => void): Promise<void> {
  process.env.NODE_COMPILE_CACHE ??= COMPILED
  const directory = await mkdtemp(join(tmpdir(), 'rolling-restart-'))
  const postgres = await startEmbeddedServer(join(directory, 'postgres'), { command: 'test', settings: ['fsync=off'] })
  const balancer = openBalancer()
  const running = new Set<Server>()
  const start = async (name: string): Promise<Node> => {
    const environment = { DATABASE_URL: postgres.url('connectra'), API_KEYS, STOP_GRACE: '1s', READER_THREADS: '1' }
    const server = await serve(join(directory, name), environment)
    running.add(server)
    const node = balancer.add(server)
    await waitUntil(`${name} is ready`, () => node.isReady)
    return node
  }
  const stop = async (node: Node): Promise<void> => {
    node.server.process.kill('SIGTERM')
    assert.equal((await node.server.end()).code, 0, node.server.output())
    running.delete(node.server)
    balancer.remove(node)
  }
  try {
    await ensureDatabase(postgres.adminUrl, 'connectra', true)
    await shareFiles(directory, ['first', 'second'])
    const nodes = await Promise.all(['first', 'second'].map(start))
    let isOver = false
    const clients = Array.from({ length: CLIENTS }, (_, number) => runClient(balancer, number, () => isOver))
    const requests = Promise.all(clients)
    const restart = async () => {
      for (const [place, name] of ['first', 'second'].entries()) {
        await stop(nodes[place]!)
        nodes[place] = await start(name)
      }
      // Both get requests again.
      const before = new Map(balancer.sent)
      const grown = ({ server: { url } }: Node) => balancer.sent.get(url)! > (before.get(url) ?? 0)
      await waitUntil('both nodes get requests', () => nodes.every(grown))
    }
    // A client that fails ends the test at once.
    await Promise.race([requests, restart()])
    isOver = true
    const sum = (await requests).reduce((total, count) => total + count, 0)
    assert.ok(balancer.sent.size >= 3, 'a restarted node has another address')
    log(`rolling restart: ${sum} requests over two restarts, none lost`)
  } finally {
    await balancer.stop()
    for (const server of running) {
      server.process.kill('SIGKILL')
      await server.end()
    }
    await postgres.stop()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Nodes have their own data directories, but the same files. */
async function shareFiles(directory: string, names: readonly string[]): Promise<void> {
  await mkdir(join(directory, 'files'))
  for (const name of names) {
    await mkdir(join(directory, name))
    await symlink(join(directory, 'files'), join(directory, name, 'files'))
  }
}

/** Registers the test. */
export async function describeRollingRestart(): Promise<void> {
  test('a rolling restart under load loses no request', async t => {
    await testRollingRestart(line => t.diagnostic(line))
  })
}

if (import.meta.main) await describeRollingRestart()
