/** The documented examples on S3 and OpenSearch. Run it with `npm run test:cluster`, or alone with `node test/cluster/stacks.ts`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { missingForOpenSearch, type OpenSearchServers, startOpenSearch } from './servers/opensearch.ts'
import { missingForS3, type S3Process, startS3 } from './servers/versitygw.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The one in the documented requests. */
const BUCKET = 'your-bucket'
const FILES = [
  'test/docs/querying.test.ts',
  'test/docs/identity.test.ts',
  'test/docs/jobs.test.ts',
  'test/docs/openapi.test.ts',
  'test/http/documented-requests.test.ts',
]

export async function missingForStacks(): Promise<string | null> {
  return (await missingForS3()) ?? (await missingForOpenSearch())
}

export async function describeStacks(): Promise<void> {
  describe('the documented examples', () => {
    let s3: S3Process
    let cluster: OpenSearchServers

    before(async () => {
      s3 = await startS3([BUCKET])
      cluster = await startOpenSearch({ nodes: 1 })
    })
    after(async () => {
      await s3?.stop()
      await cluster?.stop()
    })

    const files = () => ({ S3_BUCKET: BUCKET, S3_ENDPOINT: s3.url, S3_FORCE_PATH_STYLE: 'true' })
    const index = () => ({ OPENSEARCH_URL: cluster.urls.join(), OPENSEARCH_REPLICAS: '0', OPENSEARCH_SHARDS: '2' })

    it('with files in S3', async () => await runOn(s3, files()))

    it('with files in S3 and the index in OpenSearch', async () => await runOn(s3, { ...files(), ...index() }))
  })
}

/** Runs the test files in a process of their own, because the stack is part of their environment. */
async function runOn({ credentials }: S3Process, settings: Readonly<Record<string, string>>): Promise<void> {
  const credentialSettings = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env
  const options = ['--test', '--test-concurrency=1', '--test-global-setup=test/helpers/global-setup.ts']
  const child = spawn(process.execPath, [...options, ...FILES], {
    cwd: ROOT,
    env: {
      ...inherited,
      ...credentialSettings,
      CONNECTRA_TEST_STACK: JSON.stringify({ ...settings, ...credentialSettings }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  const [code] = await once(child, 'close')
  assert.equal(code, 0, await output)
}

if (import.meta.main) await describeStacks()
