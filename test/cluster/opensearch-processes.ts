/** Processes that share a database and an OpenSearch cluster: two of `serve` and one of `work`. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { upsert } from '../../src/records/write/upsert.ts'
import { connectra, launch, ROOT, type Server, serve, temporaryDirectory } from '../app/processes.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const API_KEYS = 'key-of-the-cluster-tests'
const CONTACTS = 200
/** So many that their build takes seconds. */
const MANY = 20_000
const BATCH = 1_000
/** Milliseconds. */
const NEXT_LEADER_WITHIN = 6_000

/** `urls` are known when the tests run. */
export function describeProcesses(urls: () => readonly string[], prefix: string): void {
  it('processes share one index', async t => {
    const { url, pool } = await createTestDatabase()
    const dataDir = temporaryDirectory()
    const environment = {
      DATABASE_URL: url,
      DATA_DIR: dataDir,
      API_KEYS,
      OPENSEARCH_URL: urls().join(),
      OPENSEARCH_INDEX_PREFIX: prefix,
      OPENSEARCH_REPLICAS: urls().length > 1 ? '1' : '0',
      LOG_LEVEL: 'warn',
    }
    // Jobs run in `work` only.
    const serving = { ...environment, WORKER_CONCURRENCY: '0', LOG_LEVEL: 'info' }
    const servers: readonly Server[] = [await serve(dataDir, serving), await serve(dataDir, serving)]
    const worker = launch(['work'], environment).child

    const count = async ({ url }: Server, body: object, headers: Record<string, string> = {}) => {
      const reply = await fetch(`${url}/contacts/count`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${API_KEYS}`, 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
      return ((await reply.json()) as { count?: number; error?: string }).count
    }

    /** The process id of the leader, once the server has heard of it. */
    async function leaderPid({ url }: Server): Promise<number> {
      let leader: string | undefined
      await waitUntil('`/health` shows the leader', async () => {
        const health = (await (await fetch(`${url}/health`)).json()) as { parts: { index: { leader?: string } } }
        leader = health.parts.index.leader
        return leader !== undefined
      })
      return Number(leader!.split(':')[1])
    }

    await t.test('an import that `work` has completed is searchable in every `serve`', async () => {
      const send = async (method: string, path: string, body?: object) => {
        const headers = { Authorization: `Bearer ${API_KEYS}`, 'Content-Type': 'application/json' }
        const reply = await fetch(`${servers[0]!.url}${path}`, {
          method,
          headers,
          body: body ? JSON.stringify(body) : null,
        })
        // biome-ignore lint/suspicious/noExplicitAny: the replies have different shapes
        return (await reply.json()) as any
      }
      const { upload_url, s3_key } = await send('GET', '/common/upload-url?filename=contacts.csv')
      await fetch(upload_url, { method: 'PUT', body: readFileSync(join(ROOT, 'examples/contacts-apollo.csv')) })
      const job = { job_type: 'insert_csv_file', job_data: { s3_key } }
      const { uuid } = (await send('POST', '/common/jobs/create', job)).data
      await waitUntil('the import has ended', async () => {
        const { status } = (await send('GET', `/common/jobs/${uuid}`)).data
        assert.notEqual(status, 'failed')
        return status === 'completed'
      })
      for (const server of servers) assert.equal(await count(server, {}), CONTACTS)
    })

    await t.test('a search with X-Connectra-Min-Seq sees a write to the other process', async () => {
      for (let round = 0; round < 20; round++) {
        const [one, other] = round % 2 === 0 ? [servers[0]!, servers[1]!] : [servers[1]!, servers[0]!]
        const reply = await fetch(`${one.url}/contacts/batch-upsert`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${API_KEYS}`, 'Content-Type': 'application/json' },
          body: JSON.stringify([{ first_name: 'ada', email: `ada${round}@min-seq.example`, title: `Round ${round}` }]),
        })
        assert.equal(reply.status, 200)
        const seq = reply.headers.get('x-connectra-seq')!
        const where = { keyword_match: { must: { title: `Round ${round}` } } }
        assert.equal(await count(other, { where }, { 'X-Connectra-Min-Seq': seq }), 1)
      }
    })

    await t.test('an export contains everything', async () => {
      const where = { exists: { must: ['email'] }, not: { keyword_match: { must: { first_name: 'ada' } } } }
      const vql = JSON.stringify({
        select_columns: ['uuid', 'email', 'company_name'],
        where,
        order_by: [{ order_by: 'email' }],
      })
      const file = join(dataDir, 'out.csv')
      const exported = await connectra(['export', '--service', 'contact', '--out', file, '--vql', vql], environment)
      assert.equal(exported.code, 0, exported.stderr)
      const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1)
      assert.equal(rows.length, await count(servers[0]!, { where }))
    })

    await t.test('`doctor` finds the cluster, and an index that matches the database', async () => {
      const port = new URL(servers[0]!.url).port
      const { stdout } = await connectra(['doctor', '--json'], { ...environment, PORT: port })
      const checks = (JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] }).checks
      const of = (name: string) => checks.find(check => check.name === name)!
      assert.match(of('search cluster').message, /^OpenSearch \d+\.\d+\.\d+, \d data node/)
      assert.match(of('index').message, /^matches the database/)
    })

    await t.test('`reindex` fills new indexes while searches go on', async () => {
      const expected = await count(servers[0]!, {})
      const before = await currentIndex()
      assert.equal((await connectra(['reindex'], environment)).code, 0)
      await waitUntil('the new indexes are used', async () => {
        assert.equal(await count(servers[0]!, {}), expected)
        return (await currentIndex()) !== before
      })
    })

    await t.test(
      'another process takes over from a leader that is suspended, whose late writes do no harm',
      async () => {
        const running = [...servers.map(({ process }) => process), worker]
        const pid = await leaderPid(servers[0]!)
        const leader = running.find(child => child.pid === pid)!
        const awake = servers.find(({ process }) => process.pid !== pid)!
        leader.kill('SIGSTOP')
        const started = performance.now()
        const { status } = await awake.post('/contacts/batch-upsert', [
          { first_name: 'grace', email: 'grace@leader.example', title: 'Rear Admiral' },
        ])
        assert.equal(status, 200)
        const where = { keyword_match: { must: { title: 'rear admiral' } } }
        await waitUntil('the write is searchable', async () => (await count(awake, { where })) === 1)
        const took = performance.now() - started
        leader.kill('SIGCONT')
        assert.ok(took < NEXT_LEADER_WITHIN, `took ${Math.round(took)} ms`)
        for (const server of servers) {
          await waitUntil('every process sees the write', async () => (await count(server, { where })) === 1)
          await waitUntil('`/health` shows the next leader', async () => (await leaderPid(server)) !== pid)
        }
      },
    )

    await t.test(
      'a leader that is killed during a build leaves the old index in use; the next one builds again',
      async () => {
        for (let first = 0; first < MANY; first += BATCH) {
          const contacts = Array.from({ length: BATCH }, (_, place) => ({
            uuid: randomUUID(),
            values: { first_name: `Name ${first + place}`, title: 'Sales Engineer' },
          }))
          await upsert(pool, { companies: [], contacts })
        }
        const { rows } = await pool.query('SELECT count(*) AS count FROM contacts WHERE deleted_at IS NULL')
        const expected = Number(rows[0].count)
        await waitUntil('the contacts are searchable', async () => (await count(servers[0]!, {})) === expected)
        const before = await currentIndex()
        const known = Object.keys(await writesByIndex())
        assert.equal((await connectra(['reindex'], environment)).code, 0)
        let unfinished = ''
        await waitUntil('the new index has some documents', async () => {
          const found = Object.entries(await writesByIndex()).find(
            ([name, writes]) => !known.includes(name) && writes > 0,
          )
          unfinished = found?.[0] ?? ''
          return found !== undefined
        })
        const pid = await leaderPid(servers[0]!)
        process.kill(pid, 'SIGKILL')
        assert.ok((await writesByIndex())[unfinished]! < expected, 'the build was not complete')
        assert.equal(await currentIndex(), before)
        const alive = servers.find(({ process }) => process.pid !== pid)!
        await waitUntil('a complete new index is used', async () => {
          assert.equal(await count(alive, {}), expected)
          return (await currentIndex()) !== before
        })
        assert.equal(await count(alive, {}), expected)
        assert.notEqual(await currentIndex(), unfinished)
        assert.equal((await writesByIndex())[unfinished], undefined, 'the unfinished index is deleted')
      },
    )

    await t.test('after a restart of everything during a build, the old indexes are searched', async () => {
      const { rows } = await pool.query('SELECT count(*) AS count FROM contacts WHERE deleted_at IS NULL')
      const expected = Number(rows[0].count)
      const before = await currentIndex()
      const holder = await pool.connect()
      // The build waits for this lock. Searches that count do not need the table.
      await holder.query('BEGIN; LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE')
      assert.equal((await connectra(['reindex'], environment)).code, 0)
      for (const child of [...servers.map(({ process }) => process), worker]) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }
      const again = await Promise.all([serve(dataDir, serving), serve(dataDir, serving)])
      for (const server of again) assert.equal(await count(server, {}), expected)
      assert.equal(await currentIndex(), before)
      await holder.query('COMMIT')
      holder.release()
      await waitUntil('the new indexes are used', async () => {
        for (const server of again) assert.equal(await count(server, {}), expected)
        return (await currentIndex()) !== before
      })
    })

    /** How many documents have been written into each index of contacts, searchable or not. */
    async function writesByIndex(): Promise<Readonly<Record<string, number>>> {
      const reply = await fetch(`${urls()[0]}/${prefix}-contact-*/_stats/indexing`)
      const { indices } = (await reply.json()) as {
        indices: Record<string, { primaries: { indexing: { index_total: number } } }>
      }
      return Object.fromEntries(
        Object.entries(indices).map(([name, { primaries }]) => [name, primaries.indexing.index_total]),
      )
    }

    /** The name of the index that is searched. */
    async function currentIndex(): Promise<string> {
      const reply = await fetch(`${urls()[0]}/_alias/${prefix}-contact`)
      return Object.keys((await reply.json()) as object)[0]!
    }
  })
}
