/**
 * `npm run cluster`: a whole cluster on this machine, as deploy/compose.yaml starts it with Docker. docs/scaling.md says what to do
 * with it. `--directory` is where all data is stored; `--ports-from N` uses other ports, from N on.
 */
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeLeftovers } from './leftovers.ts'
import { balancerPart, isOk, missingForServices, openSearchPart, postgresPart, s3Part } from './services.ts'
import { PORTS, portsFrom, secretsOf, settingsFile } from './settings.ts'
import { keepRunning, type Part, type Supervised } from './supervisor.ts'

const ROOT = join(import.meta.dirname, '../..')
const LAUNCHER = join(ROOT, 'bin/connectra.js')

const { values } = parseArgs({
  options: { directory: { type: 'string', default: join(ROOT, 'cluster') }, 'ports-from': { type: 'string' } },
})
const directory = resolve(values.directory)
const ports = values['ports-from'] === undefined ? PORTS : portsFrom(Number(values['ports-from']))
const started: Supervised[] = []
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
const say = (line: string) => console.log(line)

try {
  await startAll()
  showHowToUse()
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort')
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
if (started.some(isNode)) say('stopping; the servers go on answering for 5 seconds (STOP_GRACE)')
const [nodes, services] = [started.filter(isNode), started.filter(part => !isNode(part))]
for (const parts of [nodes, services]) await Promise.all(parts.map(part => part.stop()))

/** In the order of `depends_on` in deploy/compose.yaml. */
async function startAll(): Promise<void> {
  const leftovers = describeLeftovers(directory, relative('', directory) || '.')
  if (leftovers !== null) throw new Error(leftovers)
  for (const [name, port] of Object.entries(ports)) await requireFree(name, port)
  say('preparing the services; the first time they are downloaded and built, which takes some minutes')
  const missing = await missingForServices(name => say(`  ${name}`))
  if (missing !== null) throw new Error(`${missing} is missing on this machine`)
  stopping.signal.throwIfAborted()
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const settings = join(directory, '.env')
  const secrets = secretsOf(existsSync(settings) ? readFileSync(settings, 'utf8') : null)
  writeFileSync(settings, settingsFile(ports, secrets), { mode: 0o600 })
  await startTogether([
    await postgresPart(directory, ports, secrets),
    await s3Part(directory, ports, secrets),
    await openSearchPart(directory, ports),
  ])
  // The first server migrates the database.
  await startTogether([servePart('serve-1', ports.serve1)])
  await startTogether([servePart('serve-2', ports.serve2), workPart('work-1'), workPart('work-2')])
  await startTogether([await balancerPart(directory, ports)])
}

async function startTogether(parts: readonly Part[]): Promise<void> {
  stopping.signal.throwIfAborted()
  const some = parts.map(part => keepRunning(part, directory, say))
  started.push(...some)
  await Promise.all(some.map(({ ready }) => ready))
  stopping.signal.throwIfAborted()
  for (const part of some) say(`${part.name} is ready, pid ${part.pid()}`)
}

/** A process with the settings in `.env`, which it reads from its working directory, and these. */
function nodePart(
  name: string,
  command: 'serve' | 'work',
  own: Readonly<Record<string, string>>,
): Omit<Part, 'isReady'> {
  const { PATH, HOME } = process.env
  return {
    name,
    file: process.execPath,
    args: [LAUNCHER, command],
    env: {
      PATH,
      HOME,
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
      GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=262144:glibc.malloc.hugetlb=1',
      DATA_DIR: join(directory, name),
      ...own,
    },
    followsParent: true,
    stopSignal: 'SIGTERM',
  }
}

function servePart(name: string, port: number): Part {
  return {
    ...nodePart(name, 'serve', { PORT: String(port), WORKER_CONCURRENCY: '0' }),
    isReady: async () => await isOk(`http://127.0.0.1:${port}/health/ready`),
  }
}

function workPart(name: string): Part {
  return { ...nodePart(name, 'work', {}), isReady: async log => log.includes('"msg":"ready"') }
}

function isNode({ name }: Supervised): boolean {
  return /^(?:serve|work)-/.test(name)
}

async function requireFree(name: string, port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  }).catch(error => {
    throw new Error(
      `port ${port} (${name}) cannot be used: ${error.message}; use other ports with: npm run cluster -- --ports-from 18000`,
    )
  })
  server.close()
  await once(server, 'close')
}

function showHowToUse(): void {
  const folder = relative('', directory) || '.'
  say(`
The cluster runs. The load balancer is at http://localhost:${ports.api}, the servers are at ports ${ports.serve1} and ${ports.serve2}.
  ${folder}/.env       the settings of all processes, and the API key (API_KEYS)
  ${folder}/NAME.log   what each part writes
  ${folder}/NAME.pid   its process id. A part that ends is started again: \`kill $(cat ${folder}/serve-1.pid)\` restarts it
Press Ctrl-C to stop it. The data stays in ${folder}.`)
}
