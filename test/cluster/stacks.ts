/** The documented examples on S3 and OpenSearch. Run it with `npm run test:cluster`, or alone with `node test/cluster/stacks.ts`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { type NodeKiller, openNodeKiller } from './node-killer.ts'
import { missingForOpenSearch, type OpenSearchServers, startOpenSearch } from './servers/opensearch.ts'
import { missingForS3, type S3Process, startS3 } from './servers/versitygw.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The one in the documented requests. */
const BUCKET = 'your-bucket'
const NODES = 3
const FILES = [
  'test/docs/querying.test.ts',
  'test/docs/identity.test.ts',
  'test/docs/jobs.test.ts',
  'test/docs/openapi.test.ts',
  'test/http/documented-requests.test.ts',
]

type Settings = Readonly<Record<string, string>>

export async function missingForStacks(): Promise<string | null> {
  return (await missingForS3()) ?? (await missingForOpenSearch())
}

export async function describeStacks(): Promise<void> {
  describe('the documented examples', () => {
    let s3: S3Process
    let cluster: OpenSearchServers
    let killer: NodeKiller

    before(async () => {
      s3 = await startS3([BUCKET])
      cluster = await startOpenSearch({ nodes: NODES })
      killer = await openNodeKiller(cluster)
    })
    after(async () => {
      await killer?.close()
      await s3?.stop()
      await cluster?.stop()
    })

    const files = (): Settings => ({
      S3_BUCKET: BUCKET,
      S3_ENDPOINT: s3.url,
      S3_FORCE_PATH_STYLE: 'true',
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    })
    const index = (): Settings => ({
      OPENSEARCH_URL: cluster.urls.join(),
      OPENSEARCH_REPLICAS: '1',
      OPENSEARCH_SHARDS: '2',
    })

    it('with files in S3', async () => await runOn(files()))

    it('with files in S3 and the index in OpenSearch', async () => await runOn({ ...files(), ...index() }))

    it('with a node of OpenSearch that is killed before the examples of each file', async () => {
      await runOn({ ...files(), ...index() }, { CONNECTRA_TEST_FAULT: killer.url })
      assert.equal(killer.kills(), FILES.length)
    })
  })
}

/** Runs the test files in a process of their own, because the stack is part of their environment. */
async function runOn(stack: Settings, environment: Settings = {}): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env
  const options = ['--test', '--test-concurrency=1', '--test-global-setup=test/helpers/global-setup.ts']
  const child = spawn(process.execPath, [...options, ...FILES], {
    cwd: ROOT,
    env: {
      ...inherited,
      ...environment,
      AWS_ACCESS_KEY_ID: stack.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: stack.AWS_SECRET_ACCESS_KEY,
      CONNECTRA_TEST_STACK: JSON.stringify(stack),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  const [code] = await once(child, 'close')
  assert.equal(code, 0, await output)
}

if (import.meta.main) await describeStacks()
