/** The OpenSearch engine without a database: the records come from the test. */
import type { Service } from '../../src/fields.ts'
import type { IndexedRecord, Position } from '../../src/search/engine.ts'
import { openAsker } from '../../src/search/opensearch/ask.ts'
import { raiseClauseLimit } from '../../src/search/opensearch/cluster/clause-limit.ts'
import { openClient } from '../../src/search/opensearch/cluster/client.ts'
import { deleteOthers } from '../../src/search/opensearch/cluster/indexes.ts'
import type { JoinedRecord } from '../../src/search/opensearch/document.ts'
import type { RecordSource } from '../../src/search/opensearch/write/record-source.ts'
import { openTarget } from '../../src/search/opensearch/write/target.ts'
import type { EngineUnderTest } from '../engines/contract.ts'

const silent = { info() {}, warn() {}, error() {} }
const TIMEOUT = 30_000

type Stored = Record<Service, Map<string, IndexedRecord>>

export async function openEngineUnderTest(urls: readonly string[], prefix: string): Promise<EngineUnderTest> {
  const client = openClient(urls, null)
  await raiseClauseLimit(client, silent)
  const records: Stored = { company: new Map(), contact: new Map() }
  const target = await openTarget({
    client,
    cluster: { urls, caFile: null, prefix, shards: 3, replicas: urls.length > 1 ? 1 : 0 },
    source: sourceOf(records),
    log: silent,
    signal: new AbortController().signal,
    confirm: async () => {},
  })
  let position: Position = { seq: 1, token: '00000000-0000-4000-8000-000000000000' }
  const { search, count, scan, facet, extent } = openAsker(client, prefix, TIMEOUT)
  return {
    search,
    count,
    scan,
    facet,
    extent,
    async load(next) {
      for (const service of ['company', 'contact'] as const)
        records[service] = new Map(next[service].map(record => [record.uuid, record]))
      position = { ...position, seq: position.seq + 1 }
      await target.rebuild(position, { snapshotId: '', pages: { company: 1, contact: 1 } })
    },
    async apply(changes) {
      for (const { service, uuid, record } of changes)
        if (record === null) records[service].delete(uuid)
        else records[service].set(uuid, record)
      position = { ...position, seq: position.seq + 1 }
      const of = (service: Service) => ({
        service,
        uuids: changes.flatMap(change => (change.service === service ? change.uuid : [])),
      })
      await target.applyUuids!(position, [of('company'), of('contact')])
    },
    async close() {
      await deleteOthers(client, prefix, null)
      client.close()
    },
  }
}

export function sourceOf(records: Stored): RecordSource {
  const join = (service: Service, record: IndexedRecord): JoinedRecord => ({
    record,
    company: service === 'contact' ? (records.company.get(String(record.company_id)) ?? null) : null,
  })
  return {
    read: async (service, uuids) =>
      uuids.flatMap(uuid => {
        const record = records[service].get(uuid)
        return record === undefined ? [] : [join(service, record)]
      }),
    async *contactsOf(companies) {
      const wanted = new Set<unknown>(companies)
      yield [...records.contact.values()].flatMap(record =>
        wanted.has(record.company_id) ? [join('contact', record)] : [],
      )
    },
    async *all(service) {
      yield { records: [...records[service].values()].map(record => join(service, record)), done: 1 }
    },
    announce: async () => {},
  }
}
