/**
 * The indexes in the cluster. A build creates an index for each service and one for the position in the feed; their names
 * end with the same random epoch. The aliases `<prefix>-company`, `<prefix>-contact` and `<prefix>-position` point to the current ones
 * and are switched in one step, so that searches and position always belong together.
 */
import { randomBytes } from 'node:crypto'
import { ConnectraError } from '../../../errors.ts'
import { SERVICES, type Service } from '../../../fields.ts'
import type { Position } from '../../engine.ts'
import { FORMAT, indexOf, positionIndex, settingsOnceFilled } from '../mapping.ts'
import type { Client } from './client.ts'

/** The cluster and how this database uses it. */
export interface ClusterOptions {
  readonly urls: readonly string[]
  /** A file with certificates in PEM, or null. */
  readonly caFile: string | null
  /** Requests are signed for this region of AWS. Null: they are not signed. */
  readonly awsRegion?: string | null
  readonly prefix: string
  readonly shards: number
  readonly replicas: number
}

export interface Stored {
  readonly epoch: string
  readonly position: Position
  readonly format: number
}

const KINDS = [...SERVICES, 'position'] as const
type Kind = (typeof KINDS)[number]
const POSITION_ID = 'position'
/** How long to wait for all copies of a new index, in milliseconds. Searches do not need them. */
const GREEN_WITHIN = 60_000
const SLOW = 120_000

export function aliasOf(prefix: string, kind: Kind): string {
  return `${prefix}-${kind}`
}

export function indexName(prefix: string, kind: Kind, epoch: string): string {
  return `${prefix}-${kind}-${epoch}`
}

/** The position of the current indexes. Null if there are none. */
export async function readStored(client: Client, prefix: string, timeoutMs = 5_000): Promise<Stored | null> {
  const path = `/${aliasOf(prefix, 'position')}/_doc/${POSITION_ID}`
  const { status, body } = await client.request<{ _source?: StoredSource }>('GET', path, { accept: [404], timeoutMs })
  const source = body?._source
  if (status === 404 || source === undefined) return null
  return { epoch: source.epoch, position: { seq: source.seq, token: source.token }, format: source.format }
}

interface StoredSource {
  readonly epoch: string
  readonly seq: number
  readonly token: string
  readonly format: number
}

/** A later position stays: a former leader has stored it, after it had applied everything up to there. */
export async function storePosition(client: Client, prefix: string, epoch: string, position: Position): Promise<void> {
  const index = indexName(prefix, 'position', epoch)
  const path = `/${index}/_doc/${POSITION_ID}?version=${position.seq}&version_type=external_gte`
  const { seq, token } = position
  await client.request('PUT', path, { body: { epoch, seq, token, format: FORMAT }, accept: [409] })
}

/** Creates empty indexes that nobody searches yet. Returns their epoch. */
export async function createIndexes(client: Client, { prefix, shards, replicas }: ClusterOptions): Promise<string> {
  const epoch = `${Date.now().toString(36)}${randomBytes(3).toString('hex')}`
  for (const kind of KINDS) {
    const body = kind === 'position' ? positionIndex(replicas) : indexOf(kind, shards)
    await client.request('PUT', `/${indexName(prefix, kind, epoch)}`, { body, timeoutMs: SLOW })
  }
  return epoch
}

/**
 * After the build: adds the copies, and makes everything written so far visible and durable. Resolves with whether all copies
 * exist. Rejects if documents are missing: a node may have lost its disk during the build. It may be repeated.
 */
export async function completeIndexes(
  client: Client,
  { prefix, replicas }: ClusterOptions,
  epoch: string,
  written: Readonly<Record<Service, number>>,
): Promise<boolean> {
  const names = SERVICES.map(service => indexName(prefix, service, epoch)).join(',')
  await client.request('POST', `/${names}/_refresh`, { timeoutMs: SLOW })
  for (const service of SERVICES) {
    const { body } = await client.request<{ count: number; _shards: { total: number; successful: number } }>(
      'GET',
      `/${indexName(prefix, service, epoch)}/_count`,
      { timeoutMs: SLOW },
    )
    if (body._shards.successful < body._shards.total)
      throw new ConnectraError('ERR_UNAVAILABLE', 'a part of the new search index does not answer')
    if (body.count !== written[service])
      throw new Error(
        `the new index has ${body.count} documents instead of ${written[service]}; it will be built again`,
      )
  }
  await client.request('PUT', `/${names}/_settings`, { body: settingsOnceFilled(replicas), timeoutMs: SLOW })
  await client.request('POST', `/${names}/_flush`, { timeoutMs: SLOW })
  const path = `/_cluster/health/${names}?wait_for_status=green&timeout=${GREEN_WITHIN}ms`
  const { body } = await client.request<{ status: string }>('GET', path, { accept: [408], timeoutMs: 2 * GREEN_WITHIN })
  return body.status === 'green'
}

/** Points the aliases to the indexes of `epoch`, all at once. */
export async function switchTo(client: Client, prefix: string, epoch: string): Promise<void> {
  const actions: object[] = KINDS.map(kind => ({
    add: { index: indexName(prefix, kind, epoch), alias: aliasOf(prefix, kind) },
  }))
  for (const kind of KINDS) {
    const alias = aliasOf(prefix, kind)
    const { status, body } = await client.request<Record<string, unknown>>('GET', `/_alias/${alias}`, { accept: [404] })
    if (status === 404) continue
    for (const index of Object.keys(body))
      if (index !== indexName(prefix, kind, epoch)) actions.unshift({ remove: { index, alias } })
  }
  await client.request('POST', '/_aliases', { body: { actions }, timeoutMs: SLOW })
}

/** Deletes the indexes of all epochs except this one; of all epochs if it is null. */
export async function deleteOthers(client: Client, prefix: string, epoch: string | null): Promise<void> {
  const pattern = KINDS.map(kind => `${prefix}-${kind}-*`).join(',')
  const path = `/_cat/indices/${pattern}?format=json&h=index&expand_wildcards=all`
  const { status, body } = await client.request<readonly { readonly index: string }[]>('GET', path, { accept: [404] })
  if (status === 404) return
  const own = new RegExp(`^${prefix}-(?:${KINDS.join('|')})-([0-9a-z]+)$`)
  for (const { index } of body) {
    const found = own.exec(index)?.[1]
    if (found !== undefined && found !== epoch) await deleteIndex(client, index)
  }
}

export async function deleteEpoch(client: Client, prefix: string, epoch: string): Promise<void> {
  for (const kind of KINDS) await deleteIndex(client, indexName(prefix, kind, epoch))
}

async function deleteIndex(client: Client, name: string): Promise<void> {
  await client.request('DELETE', `/${name}`, { accept: [404], timeoutMs: SLOW })
}

export async function refresh(client: Client, prefix: string, epoch: string): Promise<void> {
  const names = SERVICES.map((service: Service) => indexName(prefix, service, epoch)).join(',')
  await client.request('POST', `/${names}/_refresh`, { timeoutMs: SLOW })
}
