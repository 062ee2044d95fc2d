/**
 * The OpenSearch engine on real nodes. Run it with `npm run test:cluster`, or alone with `node test/cluster/opensearch.ts`.
 * OPENSEARCH_TEST_NODES is the number of nodes; one of three or more is killed. OPENSEARCH_TEST_URLS are nodes that are running already.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { reindexedToken } from '../../src/database/reindexed-token.ts'
import { ConnectraError } from '../../src/errors.ts'
import { resolveField } from '../../src/fields.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import type { SearchEngine } from '../../src/search/engine.ts'
import { type Client, openClient } from '../../src/search/opensearch/cluster/client.ts'
import { deleteOthers, readStored } from '../../src/search/opensearch/cluster/indexes.ts'
import { openOpenSearchEngine } from '../../src/search/opensearch/engine.ts'
import { openTarget } from '../../src/search/opensearch/write/target.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'
import { someQuery } from '../engines/arbitraries.ts'
import { contract } from '../engines/contract.ts'
import * as reference from '../engines/reference.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { globalSetup, globalTeardown } from '../helpers/global-setup.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { readAll } from '../search/read-all.ts'
import { openEngineUnderTest, sourceOf } from './opensearch-engine.ts'
import { describeProcesses } from './opensearch-processes.ts'
import { type OpenSearchServers, startOpenSearch } from './servers/opensearch.ts'

const silent = { info() {}, warn() {}, error() {} }
const given = process.env.OPENSEARCH_TEST_URLS?.split(',')
const ALL = { type: 'all' } as const
/** Milliseconds. */
const SEARCHABLE_WITHIN = 20_000
const NEXT_LEADER_WITHIN = 5_000

const nodes = Number(process.env.OPENSEARCH_TEST_NODES ?? 1)

export function describeOpenSearch({ rounds = 12, queries = 12 } = {}): void {
  describe('OpenSearch', () => {
    let servers: OpenSearchServers | null = null
    let urls: readonly string[]

    const isFirst = process.env.CONNECTRA_TEST_SERVER === undefined

    before(async () => {
      if (isFirst) await globalSetup()
      servers = given === undefined ? await startOpenSearch({ nodes }) : null
      urls = given ?? servers!.urls
    })
    after(async () => {
      await servers?.stop()
      if (isFirst) await globalTeardown()
    })

    contract('the engine', () => openEngineUnderTest(urls, prefix()), { rounds, queries })

    it('a build that has lost documents is not used', async () => {
      const client = openClient(urls, null)
      const name = prefix()
      // As a node does that loses its disk.
      const forgetful: Client = {
        ...client,
        request: async (method, path, options) =>
          path.startsWith('/_bulk')
            ? { status: 200, body: { errors: false, items: [] } as never }
            : await client.request(method, path, options),
      }
      const record = { uuid: randomUUID(), first_name: 'ada' }
      const target = await openTarget({
        client: forgetful,
        cluster: { urls, caFile: null, prefix: name, shards: 1, replicas: 0 },
        source: sourceOf({ company: new Map(), contact: new Map([[record.uuid, record]]) }),
        log: silent,
        signal: new AbortController().signal,
        confirm: async () => {},
      })
      const moment = { snapshotId: '', pages: { company: 1, contact: 1 } }
      await assert.rejects(target.rebuild({ seq: 1, token: randomUUID() }, moment), /0 documents instead of 1/)
      assert.equal(await readStored(client, name), null)
      await deleteOthers(client, name, null)
      client.close()
    })

    describeProcesses(() => urls, prefix())

    describe('with a database', () => {
      const engines = new Set<SearchEngine>()
      after(() => Promise.all([...engines].map(engine => engine.close())))

      async function open({ url }: TestDatabase, name: string, feeds = true): Promise<SearchEngine> {
        const cluster = { urls, caFile: null, prefix: name, shards: 3, replicas: urls.length > 1 ? 1 : 0 }
        const engine = await openOpenSearchEngine({
          databaseUrl: url,
          log: silent,
          queryTimeoutMs: 10_000,
          cluster,
          feeds,
        })
        engines.add(engine)
        return engine
      }

      it('follows writes and deletions, also in a process that only searches', async () => {
        const database = await createTestDatabase()
        const name = prefix()
        const engine = await open(database, name)
        const other = await open(database, name, false)
        await other.ready()
        const uuid = randomUUID()
        for (const title of ['Pilot', 'Captain']) {
          const { seq } = await upsert(database.pool, contacts({ uuid, values: { first_name: 'ada', title } }))
          for (const one of [engine, other]) {
            assert.equal(await one.waitFor(seq, SEARCHABLE_WITHIN), true)
            assert.equal(await one.count('contact', parseWhere('contact', { keyword_match: { must: { title } } })), 1)
          }
        }
        const { seq } = await softDelete(database.pool, 'contact', [uuid])
        assert.equal(await other.waitFor(seq, SEARCHABLE_WITHIN), true)
        assert.equal(await other.count('contact', ALL), 0)
        assert.equal(await other.waitFor(seq + 1000, 5), false)
      })

      it('contacts follow when their company changes, arrives later or is deleted', async () => {
        const database = await createTestDatabase()
        const engine = await open(database, prefix())
        const [company, employee] = [randomUUID(), randomUUID()]
        const inCountry = async (country: string, seq: number) => {
          assert.equal(await engine.waitFor(seq, SEARCHABLE_WITHIN), true)
          const where = parseWhere('contact', { keyword_match: { must: { company_country: country } } })
          return await engine.count('contact', where)
        }
        const employed = await upsert(
          database.pool,
          contacts({ uuid: employee, values: { first_name: 'ada', company_id: company } }),
        )
        assert.equal(await inCountry('france', employed.seq), 0)
        const founded = await upsert(
          database.pool,
          companies({ uuid: company, values: { name: 'acme', country: 'france' } }),
        )
        assert.equal(await inCountry('france', founded.seq), 1)
        const moved = await upsert(database.pool, companies({ uuid: company, values: { country: 'spain' } }))
        assert.equal(await inCountry('france', moved.seq), 0)
        assert.equal(await inCountry('spain', moved.seq), 1)
        const closed = await softDelete(database.pool, 'company', [company])
        assert.equal(await inCountry('spain', closed.seq), 0)
        assert.equal(await engine.count('contact', ALL), 1)
      })

      it('agrees with the database after random histories, with restarts and rebuilds in between', async () => {
        const database = await createTestDatabase()
        const name = prefix()
        let engine = await open(database, name)
        const steps = fc.array(fc.tuple(fc.nat(19), fc.nat(5), fc.constantFrom('france', 'spain', null), fc.nat(9)), {
          minLength: 3,
          maxLength: 8,
        })
        const questions = fc.array(
          someQuery('contact').map(json => parseQuery('contact', json)),
          { minLength: 6, maxLength: 6 },
        )
        await fc.assert(
          fc.asyncProperty(steps, questions, async (history, asked) => {
            let seq = 0
            for (const [contact, company, country, dice] of history) {
              const batch = {
                companies: [{ uuid: known('c', company), values: { name: `Company ${company}`, country } }],
                contacts: [
                  {
                    uuid: known('a', contact),
                    values: { first_name: `Name ${contact}`, title: 'Sales Engineer', company_id: known('c', company) },
                  },
                ],
              }
              seq = (await upsert(database.pool, batch)).seq
              if (dice === 0) seq = (await softDelete(database.pool, 'company', [known('c', company)])).seq
              if (dice === 1) {
                await engine.close()
                engine = await open(database, name)
              }
              if (dice === 2) await reindex(database)
            }
            assert.equal(await engine.waitFor(seq, SEARCHABLE_WITHIN), true)
            const records = await readAll(database.pool)
            for (const query of asked) {
              assert.deepEqual(await engine.search(query), reference.search(records, query))
              assert.equal(await engine.count('contact', query.where), reference.count(records, 'contact', query.where))
            }
          }),
          { numRuns: 6, endOnFailure: true },
        )
      })

      it('answers from the old indexes during a rebuild, and a scan reads one moment to its end', async () => {
        const database = await createTestDatabase()
        const engine = await open(database, prefix())
        const writes = Array.from({ length: 300 }, (_, index) => ({
          uuid: randomUUID(),
          values: { first_name: `Name ${index}` },
        }))
        const { seq } = await upsert(database.pool, contacts(...writes))
        assert.equal(await engine.waitFor(seq, SEARCHABLE_WITHIN), true)
        const before = engine.applied()
        const scan = engine.scan(parseQuery('contact', { select_columns: ['uuid'] }, { export: true }))
        const rows: string[] = []
        let isFirst = true
        for await (const uuids of scan) {
          rows.push(...uuids)
          if (!isFirst) continue
          isFirst = false
          await reindex(database)
          await waitUntil('the index is rebuilt', async () => {
            assert.equal(await engine.count('contact', ALL), 300)
            return engine.applied()!.token !== before!.token
          })
        }
        assert.equal(new Set(rows).size, 300)
        const field = resolveField('contact', 'first_name')!
        const [first] = await engine.facet({
          service: 'contact',
          field,
          where: ALL,
          contains: 'name 7',
          offset: 0,
          limit: 1,
        })
        assert.equal(first!.folded, 'name 7')
      })

      it('what a node repeats after a crash is bounded', async () => {
        const name = prefix()
        const engine = await open(await createTestDatabase(), name)
        await engine.ready()
        const reply = await fetch(`${urls[0]}/${name}-contact/_settings?flat_settings=true`)
        const [index] = Object.values((await reply.json()) as Record<string, { settings: Record<string, string> }>)
        assert.equal(index!.settings['index.translog.flush_threshold_size'], '64mb')
      })

      it('another process feeds the index within seconds when the leader ends', async () => {
        const database = await createTestDatabase()
        const name = prefix()
        const leader = await open(database, name)
        await leader.ready()
        const next = await open(database, name)
        await next.ready()
        await leader.close()
        const started = performance.now()
        const { seq } = await upsert(database.pool, contacts({ uuid: randomUUID(), values: { first_name: 'ada' } }))
        assert.equal(await next.waitFor(seq, SEARCHABLE_WITHIN), true)
        const took = performance.now() - started
        assert.ok(took < NEXT_LEADER_WITHIN, `took ${Math.round(took)} ms`)
      })

      // Nodes that were running before are not touched.
      if (given !== undefined) return

      it('while the cluster does not answer, searches are refused and writes go on; they are applied later', async () => {
        const { signal } = servers!
        const database = await createTestDatabase()
        const engine = await open(database, prefix())
        await engine.ready()
        for (let node = 0; node < urls.length; node++) signal(node, 'SIGSTOP')
        await waitUntil('the engine is down', () => engine.state().status === 'down')
        const { seq } = await upsert(database.pool, contacts({ uuid: randomUUID(), values: { first_name: 'ada' } }))
        await assert.rejects(
          engine.count('contact', ALL),
          error => error instanceof ConnectraError && error.code === 'ERR_UNAVAILABLE' && error.retryAfter! > 0,
        )
        for (let node = 0; node < urls.length; node++) signal(node, 'SIGCONT')
        assert.equal(await engine.waitFor(seq, 60_000), true)
        await waitUntil('the engine is up', () => engine.state().status === 'ok')
        assert.equal(await engine.count('contact', ALL), 1)
      })

      if (nodes < 3) return

      it('while one of several nodes is killed, searches go on and writes are applied', async () => {
        const database = await createTestDatabase()
        const engine = await open(database, prefix())
        await engine.ready()
        const write = async (number: number) =>
          await upsert(database.pool, contacts({ uuid: known('a', number), values: { first_name: `Name ${number}` } }))
        let { seq } = await write(0)
        assert.equal(await engine.waitFor(seq, SEARCHABLE_WITHIN), true)
        let searches = 0
        let isOver = false
        const searching = (async () => {
          for (; !isOver; searches++) assert.ok((await engine.count('contact', ALL)) > 0)
        })()
        for (let number = 1; number < 20; number++) {
          if (number === 10) servers!.signal(1, 'SIGKILL')
          seq = (await write(number)).seq
        }
        assert.equal(await engine.waitFor(seq, 60_000), true)
        const before = searches
        await waitUntil('searches go on', () => searches > before + 10)
        isOver = true
        await searching
        const records = await readAll(database.pool)
        const query = parseQuery('contact', { order_by: [{ order_by: 'first_name' }], limit: 100 })
        assert.deepEqual(await engine.search(query), reference.search(records, query))
        assert.equal(records.contact.length, 20)
        await servers!.restart(1)
      })
    })
  })
}

function prefix(): string {
  return `test-${randomUUID().slice(0, 8)}`
}

function known(kind: 'a' | 'c', number: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function contacts(...writes: RecordWrite[]) {
  return { companies: [], contacts: writes }
}

function companies(...writes: RecordWrite[]) {
  return { companies: writes, contacts: [] }
}

/** As the command `reindex` does. */
async function reindex({ pool }: TestDatabase): Promise<void> {
  await pool.query(`UPDATE changes SET token = ${reindexedToken('token')}`)
  await pool.query(`SELECT pg_notify('changes', '')`)
}

if (import.meta.main) describeOpenSearch()
