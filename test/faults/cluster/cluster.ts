/**
 * A cluster for fault tests: two processes of `serve` behind a balancer and two of `work`, with one PostgreSQL, one S3 server
 * and one node of OpenSearch.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../../../src/database/embedded-server.ts'
import { type Database, openPool } from '../../../src/database/pool.ts'
import { ensureDatabase } from '../../../src/database/roles.ts'
import type { S3Store } from '../../../src/files/s3/s3-store.ts'
import { type Client, openClient } from '../../../src/search/opensearch/cluster/client.ts'
import { readStored } from '../../../src/search/opensearch/cluster/indexes.ts'
import { readStatus } from '../../../src/search/opensearch/cluster/status.ts'
import { launch, type Server, serve } from '../../app/processes.ts'
import { type BalancedNode, type Balancer, openBalancer } from '../../cluster/balancer.ts'
import { type OpenSearchServers, startOpenSearch } from '../../cluster/servers/opensearch.ts'
import { type S3Process, startS3 } from '../../cluster/servers/versitygw.ts'
import { openStoreAt, PREFIX as S3_PREFIX } from '../../files/s3/open-stores.ts'
import { waitUntil } from '../../helpers/wait-until.ts'

export const INDEX_PREFIX = 'faults'
export const NODES = ['serve-1', 'serve-2', 'work-1', 'work-2'] as const
export type NodeName = (typeof NODES)[number]

const API_KEY = 'key-of-the-cluster-faults'
const BUCKET = 'files'
/** Compiled sources. Without them every process compiles them again. */
const COMPILED = join(import.meta.dirname, '../../../node_modules/.cache/compiled')
/** Seconds. */
const READY_WITHIN = 90
const CAUGHT_UP_WITHIN = 60

export interface Node {
  readonly name: NodeName
  readonly process: ChildProcess
  /** Everything it has written so far. */
  output(): string
  /** Null for `work`. */
  readonly balanced: BalancedNode | null
}

export interface Cluster {
  readonly database: Database
  readonly store: S3Store
  readonly s3: S3Process
  readonly openSearch: OpenSearchServers
  readonly search: Client
  readonly balancer: Balancer
  node(name: NodeName): Node
  /** The node that feeds the index. */
  leader(): Node
  /** The node that has started the job last. */
  holderOf(job: string): Node | null
  /** SIGKILL, and then the node is started again. `meanwhile` runs in between. */
  kill(name: NodeName, meanwhile?: () => Promise<void>): Promise<void>
  /** SIGTERM, as a deploy does, and a new start. Resolves when the node is ready again. */
  restart(name: NodeName): Promise<void>
  /** An immediate shutdown of PostgreSQL, and a new start at the same address. */
  restartDatabase(): Promise<void>
  /** Waits until every node is ready and the index has everything that was stored. */
  recovered(): Promise<void>
  /** The last lines of every node. */
  lastWords(): string
  end(): Promise<void>
}

/** `directory`: an empty one with a short path. */
export async function openCluster(directory: string): Promise<Cluster> {
  process.env.NODE_COMPILE_CACHE ??= COMPILED
  const servers = await startServers(directory)
  const { postgres, s3, openSearch, database } = servers
  const search = openClient(openSearch.urls, null)
  const balancer = openBalancer(API_KEY)
  const environment = environmentOf(servers)
  const nodes = new Map<NodeName, Node>()
  /** Of nodes that have ended. */
  const earlierWords: string[] = []

  async function start(name: NodeName): Promise<void> {
    const dataDir = join(directory, name)
    await mkdir(dataDir, { recursive: true })
    nodes.set(name, await (name.startsWith('serve') ? startServe : startWork)(name, dataDir))
  }

  async function startServe(name: NodeName, dataDir: string): Promise<Node> {
    // Jobs run in `work` only.
    const server: Server = await serve(dataDir, { ...environment, WORKER_CONCURRENCY: '0', STOP_GRACE: '1s' })
    return { name, process: server.process, output: server.output, balanced: balancer.add(server) }
  }

  async function startWork(name: NodeName, dataDir: string): Promise<Node> {
    const { child, output } = launch(['work'], { ...environment, DATA_DIR: dataDir })
    const text = () => output.stdout + output.stderr
    await waitUntil(
      `${name} is ready`,
      () => {
        assert.ok(isRunning(child), `${name} ended while it started: ${text()}`)
        return output.stdout.includes('"msg":"ready"')
      },
      READY_WITHIN,
    )
    return { name, process: child, output: text, balanced: null }
  }

  async function stop(name: NodeName, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { process, balanced, output } = nodes.get(name)!
    assert.ok(isRunning(process), `${name} has ended by itself: ${output().slice(-3000)}`)
    process.kill(signal)
    await once(process, 'exit')
    if (balanced !== null) balancer.remove(balanced)
    earlierWords.push(wordsOf(nodes.get(name)!))
    if (earlierWords.length > NODES.length) earlierWords.shift()
    return process.exitCode
  }

  async function newestSeq(): Promise<number> {
    return (await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')).rows[0]!.seq
  }

  const cluster: Cluster = {
    database,
    store: openStoreAt(s3, [BUCKET]),
    s3,
    openSearch,
    search,
    balancer,
    node: name => nodes.get(name)!,
    leader: () => lastToSay(nodes.values(), 'this process feeds the search indexes')!,
    holderOf: job => lastToSay(nodes.values(), 'job started', job),
    async kill(name, meanwhile = async () => {}) {
      await stop(name, 'SIGKILL')
      await meanwhile()
      await start(name)
    },
    async restart(name) {
      assert.equal(await stop(name, 'SIGTERM'), 0, `${name} did not end with 0: ${earlierWords.at(-1)}`)
      await start(name)
      await waitUntil(`${name} is ready`, () => nodes.get(name)!.balanced?.isReady !== false, READY_WITHIN)
    },
    async restartDatabase() {
      const [pid] = (await readFile(join(directory, 'db/postgres/postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      const isBack = () =>
        database.query('SELECT').then(
          () => true,
          () => false,
        )
      await waitUntil('PostgreSQL is down', async () => !(await isBack()))
      await waitUntil('PostgreSQL is back', isBack)
    },
    async recovered() {
      for (const { name, process, output, balanced } of nodes.values()) {
        assert.ok(isRunning(process), `${name} has ended by itself: ${output().slice(-3000)}`)
        if (balanced === null) continue
        const isHealthy = async () => {
          const reply = await fetch(`${balanced.server.url}/health`)
          await reply.arrayBuffer()
          return reply.status === 200
        }
        await waitUntil(`${name} is healthy`, isHealthy, READY_WITHIN)
        await waitUntil(`${name} gets requests`, () => balanced.isReady, READY_WITHIN)
      }
      const newest = await newestSeq()
      const hasAll = async () => ((await readStored(search, INDEX_PREFIX))?.position.seq ?? 0) >= newest
      await waitUntil('the index has everything', hasAll, CAUGHT_UP_WITHIN)
      const leader = () => `${hostname()}:${cluster.leader().process.pid}`
      const isLeaderShown = async () => (await readStatus(search, INDEX_PREFIX, 5_000))?.leader === leader()
      await waitUntil('/health shows the leader', isLeaderShown)
    },
    lastWords: () => [...earlierWords, ...[...nodes.values()].map(wordsOf)].join('\n'),
    async end() {
      await balancer.stop()
      for (const { process } of nodes.values()) {
        if (!isRunning(process)) continue
        process.kill('SIGKILL')
        await once(process, 'exit')
      }
      search.close()
      await database.end()
      await postgres.stop()
      await openSearch.stop()
      await s3.stop()
    },
  }
  try {
    // The first one migrates the database.
    await start('serve-1')
    await Promise.all(NODES.slice(1).map(start))
    await cluster.recovered()
    return cluster
  } catch (error) {
    await cluster.end()
    throw error
  }
}

interface Servers {
  readonly postgres: EmbeddedServer
  readonly database: Database
  readonly s3: S3Process
  readonly openSearch: OpenSearchServers
}

async function startServers(directory: string): Promise<Servers> {
  const [postgres, s3, openSearch] = await Promise.all([
    startEmbeddedServer(join(directory, 'db'), {
      command: 'test',
      settings: ['fsync=off', 'max_connections=200'],
      restarts: { onEnd() {}, onRestart() {} },
    }),
    startS3([BUCKET]),
    startOpenSearch({ nodes: 1 }),
  ])
  await ensureDatabase(postgres.adminUrl, 'connectra', true)
  return { postgres, s3, openSearch, database: openPool(postgres.url('connectra'), { max: 4 }) }
}

function environmentOf({ postgres, s3, openSearch }: Servers): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: postgres.url('connectra'),
    API_KEYS: API_KEY,
    READER_THREADS: '1',
    S3_BUCKET: BUCKET,
    S3_ENDPOINT: s3.url,
    S3_FORCE_PATH_STYLE: 'true',
    S3_PREFIX,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    OPENSEARCH_URL: openSearch.urls.join(),
    OPENSEARCH_INDEX_PREFIX: INDEX_PREFIX,
    OPENSEARCH_SHARDS: '2',
    OPENSEARCH_REPLICAS: '0',
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** The node that has logged this message last, about this job if there is one. Null if none has. */
function lastToSay(nodes: Iterable<Node>, message: string, job = ''): Node | null {
  let last: { readonly node: Node; readonly time: number } | null = null
  for (const node of nodes) {
    const lines = node.output().split('\n')
    const line = lines.findLast(line => line.includes(`"msg":"${message}"`) && line.includes(job))
    const time = line === undefined ? 0 : (JSON.parse(line) as { time: number }).time
    if (time > (last?.time ?? 0)) last = { node, time }
  }
  return last?.node ?? null
}

/** The last lines of a node, without the access log. */
function wordsOf({ name, output }: Node): string {
  const lines = output()
    .split('\n')
    .filter(line => line !== '' && !line.includes('"msg":"request'))
  return [`--- ${name}`, ...lines.slice(-15)].join('\n')
}
