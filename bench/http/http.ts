/**
 * `bench http`: frequent requests over loopback, at 1 and 8 connections, compared with their goals. It also measures the parts of a list.
 * The cost of HTTP itself is the time of a request that needs almost no work.
 */
import { Worker } from 'node:worker_threads'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { type BenchDatabase, loadRecords, withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { median, quantile, significant } from '../shared/figures.ts'
import { residentMegabytes } from '../shared/memory.ts'
import { printReport } from '../shared/report.ts'
import type { Table } from '../shared/table.ts'
import type { Load, LoadResult } from './client.ts'
import { measureParts, type Parts } from './parts.ts'
import { drawRequests, httpWorkloads, type Workload } from './workloads.ts'

const KEY = 'bench-key-of-sixteen-characters'

interface Measured {
  readonly workload: Workload
  readonly connections: number
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
  /** Mean size of a response body. */
  readonly bytes: number
}

export async function benchHttp(options: BenchOptions): Promise<void> {
  const { sizes } = options
  const generator = createGenerator(sizes)
  const workloads = httpWorkloads(generator)
  await withDatabase(async bench => {
    await loadRecords(bench.database, generator)
    const app = await openServer(bench)
    const measured: Measured[] = []
    for (const workload of workloads) measured.push(...(await measureWorkload(app.url!, workload)))
    const http = await measureHttp(app.url!)
    const resident = residentMegabytes()
    await app.close()
    const lists = drawRequests(workloads[0]!, 3, 1000)
    const parts = { ...(await measureParts(bench, lists)), http }
    report({ measured, parts, resident }, options)
  })
}

/** Warms up, then measures the workload at each number of connections. */
async function measureWorkload(url: string, workload: Workload): Promise<Measured[]> {
  const warmUp = drawRequests(workload, 1, workload.requests / 5)
  await runLoad({ url, key: KEY, connections: 4, requests: warmUp })
  const measured: Measured[] = []
  for (const connections of workload.connections) measured.push(await measure(url, workload, connections))
  return measured
}

/** Median milliseconds of a request that needs almost no work. */
async function measureHttp(url: string): Promise<number> {
  const requests = Array.from({ length: 1000 }, () => ({ path: '/contacts/count', body: '{}' }))
  return median((await runLoad({ url, key: KEY, connections: 1, requests })).milliseconds)
}

async function openServer({ url, directory }: BenchDatabase): Promise<App> {
  const config = readConfig({
    DATABASE_URL: url,
    DATA_DIR: `${directory}/app`,
    PORT: '0',
    API_KEYS: KEY,
    LOG_LEVEL: 'warn',
  })
  const log = createLog('warn', process.stderr)
  const app = await openApp(config, {
    command: 'bench',
    http: true,
    create: true,
    log,
    signal: new AbortController().signal,
  })
  await app.ready
  return app
}

async function measure(url: string, workload: Workload, connections: number): Promise<Measured> {
  const requests = drawRequests(workload, 100 + connections)
  const { seconds, milliseconds, bytes } = await runLoad({ url, key: KEY, connections, requests })
  return {
    workload,
    connections,
    requestsPerSecond: requests.length / seconds,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    bytes: bytes / requests.length,
  }
}

async function runLoad(load: Load): Promise<LoadResult> {
  const client = new Worker(new URL('./client.ts', import.meta.url), { workerData: load })
  return await new Promise<LoadResult>((resolve, reject) => {
    client.once('message', resolve)
    client.once('error', reject)
  })
}

interface Figures {
  readonly measured: readonly Measured[]
  readonly parts: Parts & { readonly http: number }
  readonly resident: number
}

function report({ measured, parts, resident }: Figures, options: BenchOptions): void {
  const load = measured.map(({ workload: { name, goalP50, goalRate, goalP99 }, ...figures }) => ({
    name,
    ...figures,
    goals: { p50: goalP50, requestsPerSecond: goalRate, p99: goalP99 },
  }))
  const lines = Object.entries({ ...parts, 'resident memory with client and server, MB': resident })
  printReport(options, { load, parts, resident }, [
    loadTable(measured),
    { header: ['part of a list', 'median, ms'], rows: lines.map(([name, value]) => [name, significant(value)]) },
  ])
}

/** Goals of p50 apply to one connection, the others to several. */
function loadTable(measured: readonly Measured[]): Table {
  const goal = (value: number | null) => (value === null ? '' : value.toLocaleString('en'))
  return {
    header: ['requests', 'connections', 'p50, ms', 'goal', 'p99, ms', 'goal', 'requests/s', 'goal', 'bytes'],
    rows: measured.map(({ workload, connections, requestsPerSecond, p50, p99, bytes }) => {
      const alone = connections === 1
      return [
        workload.name,
        String(connections),
        significant(p50),
        goal(alone ? workload.goalP50 : null),
        significant(p99),
        goal(alone ? null : workload.goalP99),
        significant(requestsPerSecond),
        goal(alone ? null : workload.goalRate),
        significant(bytes),
      ]
    }),
  }
}
