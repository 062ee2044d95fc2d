/** A real S3 server, versitygw, on 127.0.0.1 only. Tests run it over a temporary directory. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, PutBucketCorsCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { Credentials } from '../../files/s3/verify-signature.ts'
import { freePorts } from '../../helpers/free-ports.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { buildGoProgram, type GoProgram, missingForGoProgram } from './go-programs.ts'

const run = promisify(execFile)
const VERSITYGW: GoProgram = {
  name: 'versitygw',
  source: 'github.com/versity/versitygw/cmd/versitygw',
  version: 'v1.8.0',
}

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
  return await missingForGoProgram(VERSITYGW)
}

export interface S3Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The command that serves the objects below `directory`, which it creates. */
export async function s3Command(directory: string, port: number, credentials: Credentials): Promise<S3Command> {
  const [objects, metadata, users] = ['objects', 'metadata', 'users'].map(folder => join(directory, folder))
  for (const folder of [objects!, metadata!, users!]) await mkdir(folder, { recursive: true })
  return {
    file: await buildGoProgram(VERSITYGW),
    args: ['--port', `127.0.0.1:${port}`, '--iam-dir', users!, 'posix', '--sidecar', metadata!, objects!],
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  }
}

/** Creates the buckets that do not exist. */
export async function createBuckets(url: string, credentials: Credentials, buckets: readonly string[]): Promise<void> {
  const client = clientOf(url, credentials)
  for (const bucket of buckets)
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(error => {
      if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409)) throw error
    })
  client.destroy()
}

/** Lets pages of all origins upload, such as those of the console, whose address differs from that of the S3 server. */
export async function allowPages(url: string, credentials: Credentials, bucket: string): Promise<void> {
  const client = clientOf(url, credentials)
  const CORSRules = [{ AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['content-type'] }]
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }))
  client.destroy()
}

function clientOf(endpoint: string, credentials: Credentials): S3Client {
  return new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
}

export async function startS3(buckets: readonly string[]): Promise<S3Process> {
  const directory = await mkdtemp(join(tmpdir(), 'connectra-s3-'))
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'cluster-test', secretAccessKey: 'cluster-test-secret' }
  const { file, args, env } = await s3Command(directory, port!, credentials)
  let child: ChildProcess

  async function start(): Promise<void> {
    child = spawn(file, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
    await waitUntil('the S3 server responds', async () => (await fetch(url).catch(() => null)) !== null, 30)
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  await start()
  await createBuckets(url, credentials, buckets)
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
      await run(file, ['admin', ...admin, 'create-user', ...added])
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
