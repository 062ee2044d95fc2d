/** The faults. Each one resolves when everything has been started again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../bench/data/random.ts'
import { reindexedToken } from '../../../src/database/reindexed-token.ts'
import { upsert } from '../../../src/records/write/upsert.ts'
import { readStored } from '../../../src/search/opensearch/cluster/indexes.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { type Cluster, INDEX_PREFIX, NODES, type Node } from './cluster.ts'
import { createExport, createImport, uploadFile } from './jobs.ts'
import type { Ledger } from './ledger.ts'
import type { Load } from './load.ts'
import { burst } from './records.ts'

export interface Scene {
  readonly cluster: Cluster
  readonly load: Load
  readonly ledger: Ledger
  readonly random: Random
  /** The times until another leader had fed the index, in milliseconds. */
  readonly takeovers: number[]
  /** Is called by faults that have to hit something that is under way, with whether they did. */
  onHit(hit: boolean): void
}

export interface Fault {
  readonly name: string
  /** No request may fail. */
  readonly isLossless?: boolean
  /** Exports that are reading may fail, and are tried again. */
  readonly stopsSearch?: boolean
  cause(scene: Scene): Promise<void>
}

const BURST = 600
const IMPORTED = 3_000
/** Seconds. */
const LEADS_WITHIN = 60
const REBUILT_WITHIN = 60

export const FAULTS: readonly Fault[] = [
  { name: 'the leader is killed while it applies a group', cause: killLeader },
  { name: 'the leader is suspended while it applies a group', cause: suspendLeader },
  { name: 'the leader is killed during a build', cause: killLeaderDuringBuild },
  { name: 'the leader is suspended during a build', cause: suspendLeaderDuringBuild },
  { name: 'a server that is not the leader is killed', cause: scene => killFollower(scene, 'serve') },
  { name: 'a worker that is not the leader is killed', cause: scene => killFollower(scene, 'work') },
  { name: 'a worker is killed in the middle of a job', cause: killWorkerWithJob },
  { name: 'both servers are restarted in turn', isLossless: true, cause: restartServers },
  { name: 'PostgreSQL is restarted immediately', cause: restartDatabase },
  { name: 'PostgreSQL is restarted and the leader is killed', cause: restartDatabaseAndKillLeader },
  { name: 'OpenSearch is suspended during searches', stopsSearch: true, cause: suspendSearch },
  { name: 'OpenSearch is suspended during a build', stopsSearch: true, cause: suspendSearchDuringBuild },
  { name: 'OpenSearch is killed', stopsSearch: true, cause: killSearch },
  { name: 'OpenSearch is killed during a build', stopsSearch: true, cause: killSearchDuringBuild },
  { name: 'OpenSearch is killed while the leader is suspended', stopsSearch: true, cause: killSearchAndSuspendLeader },
  { name: 'S3 is killed in the middle of an export', cause: scene => stopFilesDuringExport(scene, killFiles) },
  { name: 'S3 is suspended in the middle of an export', cause: scene => stopFilesDuringExport(scene, suspendFiles) },
  { name: 'S3 is killed in the middle of an import', cause: scene => stopFilesDuringImport(scene, killFiles) },
  { name: 'S3 is suspended in the middle of an import', cause: scene => stopFilesDuringImport(scene, suspendFiles) },
]

async function killLeader(scene: Scene): Promise<void> {
  const { leader, seq } = await leaderInGroup(scene)
  await scene.cluster.kill(leader.name, async () => {
    scene.onHit(!(await isApplied(scene, seq)))
    await untilOtherFeeds(scene)
  })
}

async function suspendLeader(scene: Scene): Promise<void> {
  const { leader, seq } = await leaderInGroup(scene)
  await whileSuspended(leader, async () => {
    scene.onHit(!(await isApplied(scene, seq)))
    await untilOtherFeeds(scene)
    await pause(scene, 3_000)
  })
}

async function killLeaderDuringBuild(scene: Scene): Promise<void> {
  await duringBuild(scene, async () => {
    const leader = scene.cluster.leader()
    await scene.cluster.kill(leader.name, () => untilFed(scene))
  })
}

async function suspendLeaderDuringBuild(scene: Scene): Promise<void> {
  await duringBuild(scene, async () => {
    const leader = scene.cluster.leader()
    await whileSuspended(leader, async () => {
      await untilFed(scene)
      await pause(scene, 3_000)
    })
  })
}

async function whileSuspended({ process }: Node, work: () => Promise<void>): Promise<void> {
  process.kill('SIGSTOP')
  try {
    await work()
  } finally {
    process.kill('SIGCONT')
  }
}

async function killFollower(scene: Scene, command: 'serve' | 'work'): Promise<void> {
  const { cluster, random } = scene
  const leader = cluster.leader()
  const others = NODES.filter(name => name.startsWith(command) && name !== leader.name)
  await pause(scene, 500)
  await cluster.kill(random.pick(others), () => pause(scene, 1_500))
}

async function killWorkerWithJob(scene: Scene): Promise<void> {
  const { cluster, random } = scene
  const job = random.chance(0.5) ? await importUnderWay(scene) : await exportUnderWay(scene)
  await pause(scene, 300)
  const holder = job === null ? null : cluster.holderOf(job)
  await cluster.kill(holder?.name ?? 'work-1', async () => {
    await noteHit(scene, job)
    await pause(scene, 2_000)
  })
}

async function restartServers({ cluster }: Scene): Promise<void> {
  await cluster.restart('serve-1')
  await cluster.restart('serve-2')
}

async function restartDatabase(scene: Scene): Promise<void> {
  await leaderInGroup(scene)
  await scene.cluster.restartDatabase()
}

async function restartDatabaseAndKillLeader(scene: Scene): Promise<void> {
  const { leader } = await leaderInGroup(scene)
  await scene.cluster.kill(leader.name, async () => {
    await pause(scene, 1_000)
    await scene.cluster.restartDatabase()
    await untilFed(scene)
  })
}

async function suspendSearch(scene: Scene): Promise<void> {
  const { openSearch } = scene.cluster
  await pause(scene, 500)
  openSearch.signal(0, 'SIGSTOP')
  await pause(scene, 9_000)
  openSearch.signal(0, 'SIGCONT')
}

async function suspendSearchDuringBuild(scene: Scene): Promise<void> {
  const { openSearch } = scene.cluster
  await duringBuild(scene, async () => {
    openSearch.signal(0, 'SIGSTOP')
    await pause(scene, 6_000)
    openSearch.signal(0, 'SIGCONT')
  })
}

async function killSearch(scene: Scene): Promise<void> {
  await leaderInGroup(scene)
  await restartSearch(scene)
}

async function killSearchAndSuspendLeader(scene: Scene): Promise<void> {
  const { leader, seq } = await leaderInGroup(scene)
  await whileSuspended(leader, async () => {
    scene.onHit(!(await isApplied(scene, seq)))
    await restartSearch(scene)
    await untilFed(scene)
  })
}

async function killSearchDuringBuild(scene: Scene): Promise<void> {
  await duringBuild(scene, () => restartSearch(scene))
}

async function restartSearch(scene: Scene): Promise<void> {
  const { openSearch } = scene.cluster
  openSearch.signal(0, 'SIGKILL')
  await pause(scene, 2_000)
  await openSearch.restart(0)
}

/** Causes a fault while new indexes are built, and waits until they are searched. */
async function duringBuild(scene: Scene, cause: () => Promise<void>): Promise<void> {
  const { database, search } = scene.cluster
  const before = await readStored(search, INDEX_PREFIX)
  // As the command `reindex` does.
  await database.query(`UPDATE changes SET token = ${reindexedToken('token')}`)
  await database.query(`SELECT pg_notify('changes', '')`)
  await pause(scene, 1_500)
  const isRebuilt = async () => (await readStored(search, INDEX_PREFIX).catch(() => before))?.epoch !== before?.epoch
  scene.onHit(!(await isRebuilt()))
  await cause()
  await waitUntil('the indexes are rebuilt', isRebuilt, REBUILT_WITHIN)
}

type StopFiles = (scene: Scene, job: string | null) => Promise<void>

async function killFiles(scene: Scene, job: string | null): Promise<void> {
  const { s3 } = scene.cluster
  s3.signal('SIGKILL')
  await noteHit(scene, job)
  await pause(scene, 2_000)
  await s3.restart()
}

async function suspendFiles(scene: Scene, job: string | null): Promise<void> {
  const { s3 } = scene.cluster
  s3.signal('SIGSTOP')
  await noteHit(scene, job)
  await pause(scene, 8_000)
  s3.signal('SIGCONT')
}

async function stopFilesDuringExport(scene: Scene, stopFiles: StopFiles): Promise<void> {
  const job = await exportUnderWay(scene)
  await stopFiles(scene, job)
}

async function stopFilesDuringImport(scene: Scene, stopFiles: StopFiles): Promise<void> {
  const job = await importUnderWay(scene)
  await pause(scene, 300)
  await stopFiles(scene, job)
}

/** Starts a large export and waits until it uploads its file, or has ended before that was seen. Returns the job. */
async function exportUnderWay({ cluster, load, ledger }: Scene): Promise<string | null> {
  const { store } = cluster
  const job = await createExport(load.client, ledger, 'large')
  const uploads = async () =>
    (await store.unfinished!('exports/')).length > 0 || (job !== null && (await hasEnded(cluster, job)))
  await waitUntil('the export uploads its file', uploads)
  return job
}

/** Starts a larger import and waits until a worker has it. Returns the job. */
async function importUnderWay({ cluster, load, ledger }: Scene): Promise<string | null> {
  const key = await uploadFile(load.client, ledger, IMPORTED)
  const job = key === null ? null : await createImport(load.client, ledger, key)
  if (job !== null) await waitUntil('a worker has the import', () => cluster.holderOf(job) !== null)
  return job
}

async function noteHit({ cluster, onHit }: Scene, job: string | null): Promise<void> {
  onHit(job !== null && !(await hasEnded(cluster, job)))
}

async function hasEnded({ database }: Cluster, job: string): Promise<boolean> {
  const { rows } = await database.query<{ status: string }>('SELECT status FROM jobs WHERE uuid = $1', [job])
  return ['completed', 'failed'].includes(rows[0]!.status)
}

let bursts = 0

/** Writes a large group of changes, and returns the leader while it applies them, and the position after them. */
async function leaderInGroup(scene: Scene): Promise<{ readonly leader: Node; readonly seq: number }> {
  const { cluster, random } = scene
  const leader = cluster.leader()
  const seq = await writeBurst(scene)
  await delay(random.int(100))
  return { leader, seq: (await isApplied(scene, seq)) ? await writeBurst(scene) : seq }
}

/** Writes directly to the database. Returns the position in the feed. */
async function writeBurst({ cluster: { database }, ledger }: Scene): Promise<number> {
  const title = `burst ${++bursts}`
  const contacts = burst(title, BURST)
  const { seq } = await upsert(database, { companies: [], contacts })
  for (const { uuid } of contacts) ledger.titles.set(uuid, title)
  return seq
}

/** Resolves when a write made now has been applied, and notes how long that took. */
async function untilOtherFeeds(scene: Scene): Promise<void> {
  const startedAt = performance.now()
  await untilFed(scene)
  scene.takeovers.push(performance.now() - startedAt)
}

async function untilFed(scene: Scene): Promise<void> {
  const seq = await writeBurst(scene)
  await waitUntil('another process feeds the index', () => isApplied(scene, seq), LEADS_WITHIN)
}

/** False while OpenSearch does not answer. */
async function isApplied({ cluster: { search } }: Scene, seq: number): Promise<boolean> {
  const stored = await readStored(search, INDEX_PREFIX).catch(() => null)
  return (stored?.position.seq ?? 0) >= seq
}

async function pause({ random }: Scene, longest: number): Promise<void> {
  await delay(random.int(longest))
}
