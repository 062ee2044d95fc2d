/** Applies the changes of the feed to the indexes of one epoch, and builds new ones. */
import type { Service } from '../../../fields.ts'
import type { Log } from '../../../runtime/log.ts'
import type { ChangedUuids, ChangeTarget, Moment, Position } from '../../engine.ts'
import type { Client } from '../cluster/client.ts'
import {
  type ClusterOptions,
  completeIndexes,
  createIndexes,
  deleteEpoch,
  deleteOthers,
  indexName,
  readStored,
  refresh,
  storePosition,
  switchTo,
} from '../cluster/indexes.ts'
import { documentOf, type JoinedRecord } from '../document.ts'
import { FORMAT } from '../mapping.ts'
import { type Operation, writeAll } from './bulk.ts'
import { outlast } from './outlast.ts'
import { openPipeline } from './pipeline.ts'
import type { RecordSource } from './record-source.ts'

export interface TargetOptions {
  readonly client: Client
  readonly cluster: ClusterOptions
  readonly source: RecordSource
  readonly log: Log
  readonly signal: AbortSignal
  /** Resolves if this process is still the only writer, otherwise rejects. */
  readonly confirm: () => Promise<void>
  /** How much of a build is done, from 0 to 1; null when it has ended. */
  readonly onProgress?: (done: number | null) => void
}

/** Records that are read and written at once. */
const PORTION = 1_000
/** How long old indexes stay, so that exports can read them to their end. Milliseconds. */
const EXPORTS_END_WITHIN = 60_000
/** Writes that may wait for the cluster at the same time. */
const MOST_WRITES = 2

/** Starts from the position that the index has stored. */
export async function openTarget(options: TargetOptions): Promise<ChangeTarget> {
  const { client, cluster, source, log, signal, confirm, onProgress = () => {} } = options
  const { prefix } = cluster
  const stored = await readStored(client, prefix)
  if (stored !== null && stored.format > FORMAT)
    throw new Error('the search indexes are those of a newer version of Connectra: update this process')
  /** The epoch that is searched, whatever its format. */
  let searched = stored?.epoch ?? null
  let epoch = stored?.format === FORMAT ? stored.epoch : null
  let position = stored?.format === FORMAT ? stored.position : null

  function operation(service: Service, uuid: string, joined: JoinedRecord | null): Operation {
    const index = indexName(prefix, service, epoch!)
    return { index, uuid, document: joined === null ? null : documentOf(service, joined) }
  }

  async function writeCurrent(service: Service, uuids: readonly string[], version: number): Promise<void> {
    const writes = openPipeline(MOST_WRITES)
    for (let place = 0; place < uuids.length; place += PORTION) {
      const some = uuids.slice(place, place + PORTION)
      const found = new Map((await source.read(service, some)).map(joined => [joined.record.uuid, joined]))
      const operations = some.map(uuid => operation(service, uuid, found.get(uuid) ?? null))
      await writes.add(() => writeAll(client, operations, version, signal))
    }
    await writes.end()
  }

  /** The documents of contacts have the fields of their company. `written` has been read with the new ones. */
  async function writeContactsOf(
    companies: readonly string[],
    written: ReadonlySet<string>,
    version: number,
  ): Promise<void> {
    const writes = openPipeline(MOST_WRITES)
    for await (const contacts of source.contactsOf(companies)) {
      const operations = contacts
        .filter(({ record }) => !written.has(record.uuid))
        .map(joined => operation('contact', joined.record.uuid, joined))
      await writes.add(() => writeAll(client, operations, version, signal))
    }
    await writes.end()
  }

  async function moveTo(next: Position): Promise<void> {
    await storePosition(client, prefix, epoch!, next)
    position = next
    // Others look once a second if this does not reach them.
    await source.announce(JSON.stringify({ epoch, ...next, format: FORMAT })).catch(() => {})
  }

  /**
   * Writes all records of the moment, reading the next portion while the cluster writes the last ones. Returns their numbers. During
   * an outage of the cluster it waits: a build may take an hour, and what was acknowledged is durable.
   */
  async function fill(epochToFill: string, moment: Moment, version: number): Promise<Record<Service, number>> {
    const writes = openPipeline(MOST_WRITES)
    const written = { company: 0, contact: 0 }
    const total = moment.pages.company + moment.pages.contact
    for (const service of ['company', 'contact'] as const) {
      const before = service === 'company' ? 0 : moment.pages.company
      const index = indexName(prefix, service, epochToFill)
      for await (const { records, done } of source.all(service, moment)) {
        const operations = records.map(joined => ({
          index,
          uuid: joined.record.uuid,
          document: documentOf(service, joined),
        }))
        await writes.add(() => outlast(() => writeAll(client, operations, version, signal), signal))
        written[service] += records.length
        onProgress(total === 0 ? 1 : (before + done * moment.pages[service]) / total)
      }
    }
    await writes.end()
    return written
  }

  return {
    position: () => position,
    async apply() {
      // The database knows the position. There is nothing to write.
    },
    async applyUuids(next: Position, changes: readonly ChangedUuids[]) {
      const of = (service: Service) => changes.flatMap(change => (change.service === service ? change.uuids : []))
      const contacts = of('contact')
      await writeCurrent('contact', contacts, next.seq)
      await writeContactsOf(of('company'), new Set(contacts), next.seq)
      await writeCurrent('company', of('company'), next.seq)
      await refresh(client, prefix, epoch!)
      await moveTo(next)
    },
    async rebuild(at: Position, moment: Moment) {
      try {
        // Indexes that an interrupted build has left.
        await deleteOthers(client, prefix, searched)
        const fresh = await createIndexes(client, cluster)
        const written = await fill(fresh, moment, at.seq)
        if (!(await outlast(() => completeIndexes(client, cluster, fresh, written), signal)))
          log.warn(
            {},
            'some copies of the search indexes are missing: add a node to the cluster, or lower OPENSEARCH_REPLICAS',
          )
        await outlast(() => storePosition(client, prefix, fresh, at), signal)
        await outlast(async () => {
          // A process that was suspended meanwhile must not bring back its indexes.
          await confirm()
          await switchTo(client, prefix, fresh)
        }, signal)
        const previous = searched
        epoch = searched = fresh
        position = at
        await source.announce(JSON.stringify({ epoch, ...at, format: FORMAT })).catch(() => {})
        log.info({ epoch }, 'the new search indexes are in use')
        if (previous === null) return
        // If this process ends before that, the next build deletes them.
        const end = () => void deleteEpoch(client, prefix, previous).catch(() => {})
        setTimeout(end, EXPORTS_END_WITHIN).unref()
      } finally {
        onProgress(null)
      }
    },
  }
}
