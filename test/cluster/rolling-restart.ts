/**
 * A rolling restart under load: two processes of `serve` behind a round-robin balancer that follows `/health/ready` and never
 * sends a request twice. No request may fail. Run it with `npm run test:cluster`, or alone with
 * `node test/cluster/rolling-restart.ts`.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { ensureDatabase } from '../../src/database/roles.ts'
import { type Server, serve } from '../app/processes.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { type BalancedNode, type Balancer, openBalancer } from './balancer.ts'

const API_KEYS = 'key-of-the-rolling-restart'
/** How long a client waits after a write and a search. The test is about restarts, not about load. Milliseconds. */
const PAUSE = 80
const CLIENTS = 2
/** Compiled sources. Without them every process compiles them again. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled')

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
  const balancer = openBalancer(API_KEYS)
  const running = new Set<Server>()
  const start = async (name: string): Promise<BalancedNode> => {
    const environment = { DATABASE_URL: postgres.url('connectra'), API_KEYS, STOP_GRACE: '1s', READER_THREADS: '1' }
    const server = await serve(join(directory, name), environment)
    running.add(server)
    const node = balancer.add(server)
    await waitUntil(`${name} is ready`, () => node.isReady)
    return node
  }
  const stop = async (node: BalancedNode): Promise<void> => {
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
      const grown = ({ server: { url } }: BalancedNode) => balancer.sent.get(url)! > (before.get(url) ?? 0)
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
