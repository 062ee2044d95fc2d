/**
 * The services that the processes of Connectra use, without Docker: PostgreSQL from npm, versitygw as the S3 server, OpenSearch from
 * Maven Central, and Caddy as the load balancer.
 */
import { execFile } from 'node:child_process'
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findBinaries } from '../../src/database/cluster.ts'
import { findDatabaseUser } from '../../src/database/database-user.ts'
import { environment } from '../../src/database/guarded-process.ts'
import { caddyCommand, missingForCaddy } from '../../test/cluster/servers/caddy.ts'
import { missingForOpenSearch, prepareNodes } from '../../test/cluster/servers/opensearch.ts'
import { allowPages, createBuckets, missingForS3, s3Command } from '../../test/cluster/servers/versitygw.ts'
import { BUCKET, type Ports, type Secrets } from './settings.ts'
import type { Part } from './supervisor.ts'

const run = promisify(execFile)
const DATABASE = 'connectra'

/**
 * Downloads and builds what is not there yet, one after the other. `say` gets the name of each before that. Returns what is missing on this
 * machine, or null.
 */
export async function missingForServices(say: (service: string) => void): Promise<string | null> {
  const services = [
    ['versitygw, the S3 server', missingForS3],
    ['Caddy, the load balancer', missingForCaddy],
    ['OpenSearch', missingForOpenSearch],
  ] as const
  for (const [name, missingFor] of services) {
    say(name)
    const missing = await missingFor()
    if (missing !== null) return missing
  }
  return null
}

/** PostgreSQL in `directory`, with a superuser `connectra` who needs a password. */
export async function postgresPart(directory: string, { postgres: port }: Ports, secrets: Secrets): Promise<Part> {
  const cluster = join(directory, 'postgres')
  const binaries = await findBinaries()
  const user = await findDatabaseUser(cluster, Object.values(binaries))
  const command = [...user.prefix, binaries.postgres]
  if ((await stat(cluster).catch(() => null)) === null) {
    const unfinished = `${cluster}.new`
    const password = join(directory, 'postgres.password')
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished, { mode: 0o700 })
    await writeFile(password, secrets.databasePassword, { mode: 0o600 })
    if (user.ids !== null) for (const path of [unfinished, password]) await chown(path, user.ids.uid, user.ids.gid)
    const options = [`--pgdata=${unfinished}`, '--username=connectra', `--pwfile=${password}`]
    const [file, ...prefix] = [...user.prefix, binaries.initdb]
    const args = [...prefix, ...options, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8']
    await run(file!, args, { env: environment, ...user.ids })
    await rm(password)
    await rename(unfinished, cluster)
  }
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  return {
    name: 'postgres',
    file: command[0]!,
    args: [...command.slice(1), '-D', cluster, ...settings.flatMap(setting => ['-c', setting])],
    env: environment,
    user: user.ids,
    // SIGTERM waits until all clients have left.
    stopSignal: 'SIGINT',
    isReady: async () => await createDatabase(port, secrets.databasePassword).catch(() => false),
  }
}

/** Resolves with true when the database exists. */
async function createDatabase(port: number, password: string): Promise<true> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'connectra', password, database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
    return true
  } finally {
    await client.end()
  }
}

/** The S3 server. It is ready when the bucket exists, with a CORS rule. */
export async function s3Part(directory: string, { s3: port }: Ports, secrets: Secrets): Promise<Part> {
  const credentials = { accessKeyId: secrets.s3AccessKey, secretAccessKey: secrets.s3SecretKey }
  const url = `http://127.0.0.1:${port}`
  const { file, args, env } = await s3Command(join(directory, 's3'), port, credentials)
  return {
    name: 's3',
    file,
    args,
    env: { ...process.env, ...env },
    stopSignal: 'SIGTERM',
    async isReady() {
      if ((await fetch(url).catch(() => null)) === null) return false
      const created = createBuckets(url, credentials, [BUCKET]).then(() => allowPages(url, credentials, BUCKET))
      return await created.then(
        () => true,
        () => false,
      )
    },
  }
}

/** One node of OpenSearch. */
export async function openSearchPart(directory: string, { opensearch, opensearchTransport }: Ports): Promise<Part> {
  const home = join(directory, 'opensearch')
  await mkdir(home, { recursive: true })
  const commandOf = await prepareNodes(home)
  const { file, args } = commandOf(home, {
    'cluster.name': 'connectra',
    'node.name': 'node-1',
    'discovery.type': 'single-node',
    'http.port': opensearch,
    'transport.port': opensearchTransport,
  })
  return {
    name: 'opensearch',
    file,
    args,
    env: process.env,
    stopSignal: 'SIGTERM',
    // After a crash it replies long before it has replayed its log and can search.
    isReady: async () => await isOk(`http://127.0.0.1:${opensearch}/_cluster/health?wait_for_status=yellow&timeout=1s`),
  }
}

/** The load balancer, with the file of deploy/compose.yaml. */
export async function balancerPart(directory: string, ports: Ports): Promise<Part> {
  const { file, args, env } = await caddyCommand(join(directory, 'balancer'), {
    ...ports,
    admin: ports.balancerAdmin,
    nodes: [ports.serve1, ports.serve2],
  })
  return {
    name: 'balancer',
    file,
    args,
    env: { ...process.env, ...env },
    stopSignal: 'SIGTERM',
    isReady: async () => await isOk(`http://127.0.0.1:${ports.api}/health/ready`),
  }
}

export async function isOk(url: string): Promise<boolean> {
  const reply = await fetch(url).catch(() => null)
  await reply?.arrayBuffer()
  return reply?.status === 200
}
