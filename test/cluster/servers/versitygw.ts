/**
 * A real S3 server for tests, versitygw, on 127.0.0.1 only and over a temporary directory. It is built with Go from the module proxy and
 * stays in the cache of node_modules.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Credentials } from '../../files/s3/verify-signature.ts'
import { waitUntil } from '../../helpers/wait-until.ts'

const run = promisify(execFile)
const VERSION = 'v1.8.0'
const BIN = join(import.meta.dirname, '../../../node_modules/.cache', `versitygw-${VERSION}`)
const BUILD_WITHIN = 600_000

export interface S3Process {
  readonly url: string
  readonly credentials: Credentials
  /** Adds a user who has no rights, until the policy of a bucket grants some. */
  addUser(user: Credentials): Promise<void>
  /** SIGKILL, SIGSTOP or SIGCONT. */
  signal(signal: NodeJS.Signals): void
  /** Starts the server again at the same address, after it was killed. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** What is missing on this machine, or null if the server can be started. */
export async function missingForS3(): Promise<string | null> {
  if (existsSync(join(BIN, 'versitygw'))) return null
  const go = await run('go', ['version']).catch(() => null)
  if (go === null) return 'Go (go)'
  return await build().then(
    () => null,
    () => `versitygw ${VERSION}, which could not be downloaded and built,`,
  )
}

export async function startS3(buckets: readonly string[]): Promise<S3Process> {
  const binary = await build()
  const directory = await mkdtemp(join(tmpdir(), 'connectra-s3-'))
  for (const folder of ['objects', 'metadata', 'users']) await mkdir(join(directory, folder))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'cluster-test', secretAccessKey: 'cluster-test-secret' }
  let child: ChildProcess

  async function start(): Promise<void> {
    child = spawn(
      binary,
      [
        ...['--port', `127.0.0.1:${port}`, '--iam-dir', join(directory, 'users')],
        ...['posix', '--sidecar', join(directory, 'metadata'), join(directory, 'objects')],
      ],
      {
        env: { ...process.env, ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
        stdio: 'ignore',
      },
    )
    await waitUntil('the S3 server responds', async () => (await fetch(url).catch(() => null)) !== null, 30)
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  await start()
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials })
  for (const bucket of buckets) await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  return {
    url,
    credentials,
    async addUser(user) {
      const admin = [
        '--access',
        credentials.accessKeyId,
        '--secret',
        credentials.secretAccessKey,
        '--endpoint-url',
        url,
      ]
      const added = ['--access', user.accessKeyId, '--secret', user.secretAccessKey, '--role', 'user']
      await run(binary, ['admin', ...admin, 'create-user', ...added])
    },
    signal: signal => void child.kill(signal),
    async restart() {
      await end('SIGKILL')
      await start()
    },
    async stop() {
      await end('SIGKILL')
      await rm(directory, { recursive: true })
    },
  }
}

async function build(): Promise<string> {
  const binary = join(BIN, 'versitygw')
  if (!existsSync(binary))
    await run('go', ['install', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], {
      env: { ...process.env, GOBIN: BIN },
      timeout: BUILD_WITHIN,
    })
  return binary
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return (address as { port: number }).port
}
