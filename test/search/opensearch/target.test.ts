import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { ConnectraError } from '../../../src/errors.ts'
import { type Client, OpenSearchError } from '../../../src/search/opensearch/cluster/client.ts'
import { outlast } from '../../../src/search/opensearch/write/outlast.ts'
import type { RecordSource } from '../../../src/search/opensearch/write/record-source.ts'
import { openTarget } from '../../../src/search/opensearch/write/target.ts'

const down = () => new ConnectraError('ERR_UNAVAILABLE', 'the search cluster cannot answer')
const quick = { longest: 10_000, firstPause: 1, longestPause: 2 }
const never = new AbortController().signal

test('work is repeated until the outage is over, but not for longer than allowed, and not after other errors', async () => {
  const failures = [down(), new OpenSearchError(503, 'unavailable_shards_exception', 'primary shard is not active')]
  const work = async () => {
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    return 'done'
  }
  assert.equal(await outlast(work, never, quick), 'done')

  let attempts = 0
  const failing = (error: Error) => async () => {
    attempts++
    throw error
  }
  await assert.rejects(outlast(failing(down()), never, { ...quick, longest: 20 }), { code: 'ERR_UNAVAILABLE' })
  assert.ok(attempts > 2, `${attempts} attempts`)
  attempts = 0
  await assert.rejects(outlast(failing(new OpenSearchError(400, 'mapper_parsing_exception', '')), never, quick), /400/)
  assert.equal(attempts, 1)

  const ending = new AbortController()
  const waiting = outlast(failing(down()), ending.signal, { ...quick, firstPause: 60_000 })
  ending.abort()
  await assert.rejects(waiting, { name: 'AbortError' })
})

const RECORDS = 3
const EMPTY: RecordSource = {
  read: async () => [],
  async *contactsOf() {},
  async *all(service) {
    const records = Array.from({ length: service === 'contact' ? RECORDS : 0 }, () => ({
      record: { uuid: randomUUID(), first_name: 'ada' },
      company: null,
    }))
    yield { records, done: 1 }
  },
  announce: async () => {},
}

/** A cluster without indexes that replies as if every request had succeeded, except those that `fails`. */
function openFakeClient(fails: (path: string) => boolean) {
  const created: string[] = []
  /** Of existing indexes. */
  const settings: unknown[] = []
  const client: Client = {
    async request(method, path, { body: sent } = {}) {
      if (fails(path)) throw down()
      if (path.endsWith('/_settings')) settings.push(sent)
      if (method === 'PUT' && !path.includes('/', 1)) created.push(path)
      const count = path.includes('-contact-') ? RECORDS : 0
      const body = { errors: false, status: 'green', count, _shards: { total: 1, successful: 1 } }
      return { status: /^\/(?:_cat|_alias)\/|\/_doc\//.test(path) && method === 'GET' ? 404 : 200, body: body as never }
    },
    close() {},
  }
  return { client, created, settings }
}

test('a build goes on where it was after outages of the cluster', async () => {
  const failed = new Set<string>()
  /** Each kind of request after the creation of the indexes fails once. */
  const fails = (path: string) => {
    const kind = /_bulk|_count|_settings|_doc\/position\?|_aliases/.exec(path)?.[0]
    if (kind === undefined || failed.has(kind)) return false
    failed.add(kind)
    return true
  }
  const { client, created, settings } = openFakeClient(fails)
  const target = await openTarget({
    client,
    cluster: { urls: [], caFile: null, prefix: 'test', shards: 1, replicas: 0 },
    source: EMPTY,
    log: { info() {}, warn() {}, error() {} },
    signal: never,
    confirm: async () => {},
  })
  const position = { seq: 7, token: randomUUID() }
  await target.rebuild(position, { snapshotId: '', pages: { company: 1, contact: 1 } })
  assert.deepEqual(target.position(), position)
  assert.equal(failed.size, 5)
  assert.equal(created.length, 3, 'the indexes were created once')
  assert.deepEqual(settings, [{ index: { number_of_replicas: 0, 'translog.flush_threshold_size': '64mb' } }])
})
