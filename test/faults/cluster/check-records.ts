/** Compares what clients were told, the database and the index, record for record. */
import assert from 'node:assert/strict'
import type { Database } from '../../../src/database/pool.ts'
import { SERVICES, type Service } from '../../../src/fields.ts'
import { TABLES } from '../../../src/records/columns.ts'
import { fetchJoined } from '../../../src/records/read/joined.ts'
import { aliasOf } from '../../../src/search/opensearch/cluster/indexes.ts'
import { documentOf } from '../../../src/search/opensearch/document.ts'
import { indexedFields, isNumber } from '../../../src/search/opensearch/fields.ts'
import { type Cluster, INDEX_PREFIX } from './cluster.ts'
import type { Ledger } from './ledger.ts'

/** Documents that are read at once. */
const PORTION = 2_000

/** Every acknowledged write is in the database. */
export async function checkLedger({ database }: Cluster, ledger: Ledger): Promise<void> {
  const stored = async (table: string, column: string, uuids: readonly string[]) => {
    const { rows } = await database.query<{ uuid: string; value: string }>(
      `SELECT uuid, ${column} AS value FROM ${table} WHERE uuid = ANY($1::uuid[]) AND deleted_at IS NULL`,
      [uuids],
    )
    return new Map(rows.map(({ uuid, value }) => [uuid, value]))
  }
  const titles = await stored('contacts', 'title', [...ledger.titles.keys()])
  for (const [uuid, title] of ledger.titles)
    assert.equal(titles.get(uuid) ?? null, title, `the title of contact ${uuid} in the database`)
  const countries = await stored('companies', 'country', [...ledger.countries.keys()])
  for (const [uuid, country] of ledger.countries)
    assert.equal(countries.get(uuid), country, `the country of company ${uuid} in the database`)
}

/** The index has the documents of all records and no others, and every node finds them. Returns their number. */
export async function checkIndex(cluster: Cluster): Promise<number> {
  let sum = 0
  for (const service of SERVICES) {
    const expected = await expectedDocuments(cluster.database, service)
    const indexed = await indexedDocuments(cluster, service)
    for (const uuid of new Set([...expected.keys(), ...indexed.keys()]))
      assert.deepEqual(indexed.get(uuid), expected.get(uuid), `the document of ${service} ${uuid}`)
    await checkCounts(cluster, service, expected.size)
    sum += expected.size
  }
  return sum
}

/** The searched values of a record by the names of the index. */
type Document = Readonly<Record<string, readonly unknown[]>>

const valueNames = (service: Service) =>
  indexedFields(service).map(({ name, field }) => (isNumber(field) ? name : `${name}.exact`))

async function expectedDocuments(database: Database, service: Service): Promise<Map<string, Document>> {
  const { rows } = await database.query<{ uuid: string }>(
    `SELECT uuid FROM ${TABLES[service]} WHERE deleted_at IS NULL`,
  )
  const documents = new Map<string, Document>()
  for (let place = 0; place < rows.length; place += PORTION) {
    const uuids = rows.slice(place, place + PORTION).map(({ uuid }) => uuid)
    for (const joined of await fetchJoined(database, service, uuids))
      documents.set(joined.record.uuid, valuesOf(service, documentOf(service, joined)))
  }
  return documents
}

function valuesOf(service: Service, document: object): Document {
  const parts = document as Readonly<Record<string, { readonly exact: unknown } | number>>
  const values: Record<string, readonly unknown[]> = {}
  for (const name of valueNames(service)) {
    const part = parts[name.replace('.exact', '')]
    if (part !== undefined) values[name] = [typeof part === 'object' ? part.exact : part].flat()
  }
  return values
}

interface Found {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly fields: Document }[] }
}

async function indexedDocuments({ search }: Cluster, service: Service): Promise<Map<string, Document>> {
  const documents = new Map<string, Document>()
  for (let after: string | null = null; ; ) {
    const body = {
      size: PORTION,
      sort: [{ 'uuid.exact': 'asc' }],
      docvalue_fields: valueNames(service),
      ...(after !== null && { search_after: [after] }),
    }
    const found: Found = (await search.request<Found>('POST', `/${aliasOf(INDEX_PREFIX, service)}/_search`, { body }))
      .body
    for (const { _id, fields } of found.hits.hits) documents.set(_id, fields)
    after = found.hits.hits.at(-1)?._id ?? null
    if (found.hits.hits.length < PORTION) return documents
  }
}

/** As `connectra doctor` does. */
async function checkCounts({ balancer, database }: Cluster, service: Service, expected: number): Promise<void> {
  const path = service === 'company' ? '/companies/count' : '/contacts/count'
  const { rows } = await database.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  // The balancer asks one node after the other.
  for (let node = 0; node < 2; node++) {
    const reply = await balancer.post(path, {}, { 'x-connectra-min-seq': String(rows[0]!.seq) })
    assert.deepEqual([reply.status, reply.body.count], [200, expected], `${path}: ${JSON.stringify(reply.body)}`)
  }
}
