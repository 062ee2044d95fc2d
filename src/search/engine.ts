/**
 * The interfaces of a search engine. An engine returns ids in order, never rows, which are stored in PostgreSQL. It can be
 * discarded and rebuilt from the database at any time.
 */
import type { Field, Service } from '../fields.ts'
import type { TakeRow } from '../records/read/binary-rows.ts'
import type { Condition, Query } from '../vql/query.ts'

/** A record as input for an engine: values by field name, dates in milliseconds. A missing value is null or absent. */
export interface IndexedRecord {
  readonly uuid: string
  readonly [field: string]: string | number | readonly string[] | null
}

/** A changed record: its current values, or null if it was deleted. */
export interface Change {
  readonly service: Service
  readonly uuid: string
  readonly record: IndexedRecord | null
}

/**
 * A position in the feed. `token` is the random token of the row `seq`. If the database no longer has this pair, it was
 * restored or the feed was trimmed, and the engine has to be rebuilt.
 */
export interface Position {
  readonly seq: number
  readonly token: string
}

export interface Hit {
  readonly uuid: string
  /** The `cursor` of this row: one string per `orderBy` ("" for a missing value), then the uuid. */
  readonly cursor: readonly string[]
}

export interface FacetRequest {
  readonly service: Service
  /** A field of the service or, for contacts, of their company. Its kind is text, keyword, list or uuid. */
  readonly field: Field
  readonly where: Condition
  /** A folded text: only values that contain it are returned. If empty, all values are. */
  readonly contains: string
  readonly offset: number
  readonly limit: number
}

/** A distinct folded value. */
export interface Facet {
  readonly folded: string
  /** The number of matching records that have it. */
  readonly count: number
  /** The smallest uuid among them. */
  readonly uuid: string
  /**
   * The smallest uuid among those of them that have it spelled with capitals and small letters. Null if there is none, and for
   * fields that are not answered in lower case.
   */
  readonly spelled: string | null
}

/** What an engine is doing, for `/health`. */
export interface EngineState {
  /**
   * starting: it does not answer searches yet, or only rehearses (rehearsal.ts). outdated: the database does not know its position, and it is being rebuilt, or waits for
   * its turn; until then, searches are answered from the last state that it had. rebuilding: searches fail until it is rebuilt.
   * down: its servers cannot be reached, or cannot answer.
   */
  readonly status: 'ok' | 'starting' | 'outdated' | 'rebuilding' | 'down'
  /** Whether a write should wait until it is searchable. Not while a shared index is built, far behind the database, or down. */
  readonly keepsUp: boolean
  /** More about it: plain JSON with names in snake_case. */
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * The read interface. Every answer is exact. The records that it contains are those of a position in the feed, or newer: each
 * record is replaced as a whole. An embedded engine answers from a single moment; one on several servers does so for `scan` only.
 * Calls fail with ERR_UNAVAILABLE until the engine has applied everything that was committed when it started (unless it is outdated),
 * and while it cannot answer because it is rebuilt or its servers are down. A call that takes long rejects with the reason of its `signal` once that
 * aborts, and is no longer worked on.
 */
export interface SearchEngine {
  /**
   * Whether all processes of the database use the same index. A process then opens it even if it answers no requests, so that
   * it can wait for it and take part in feeding it.
   */
  readonly shared: boolean
  /** The rows of the query's page, after its cursor. */
  search(query: Query, signal?: AbortSignal): Promise<readonly Hit[]>
  count(service: Service, where: Condition, signal?: AbortSignal): Promise<number>
  /** All uuids of the query in order, up to its limit, in portions. They reflect a single moment. */
  scan(query: Query, signal?: AbortSignal): AsyncIterable<readonly string[]>
  /** The most frequent values first. Ties are in the order of the UTF-8 bytes of the folded values. */
  facet(request: FacetRequest, signal?: AbortSignal): Promise<readonly Facet[]>
  /** The smallest and largest value (dates in milliseconds) among the matching records, or null if none has a value. */
  extent(
    service: Service,
    field: Field,
    where: Condition,
    signal?: AbortSignal,
  ): Promise<{ readonly min: number; readonly max: number } | null>
  state(): EngineState
  /** The position in the feed that searches reflect; null unless its status is `ok`, or `outdated` only because of `connectra reindex`. */
  position(): Position | null
  /** The last position in the feed that was applied. Searches do not reflect it until the engine is ready. Null if there is none yet. */
  applied(): Position | null
  /** Waits until searches reflect `seq`. Resolves with false if that takes longer than `timeoutMs`. */
  waitFor(seq: number, timeoutMs: number): Promise<boolean>
  /** Resolves once searches can be answered. Rejects if the engine is closed before that. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** An exported snapshot of the database. Other connections can use it while its transaction is open. */
export interface Moment {
  /** For SET TRANSACTION SNAPSHOT. */
  readonly snapshotId: string
  /** The approximate size of the table of each service, in pages of 8 kB. */
  readonly pages: Readonly<Record<Service, number>>
}

/** The write interface, which the feed (search/feed.ts) calls. */
export interface ChangeTarget {
  position(): Position | null
  /**
   * Called when the database does not have the position. Returns whether searches are still answered. The engine is then rebuilt
   * when no other one is. Otherwise it is rebuilt at once, as is a target without this method.
   */
  outdate?(): boolean
  /** Replaces everything with the live records of `moment`, which reflects `position` and is held until this resolves. */
  rebuild(position: Position, moment: Moment): Promise<void>
  /**
   * Applies the changes up to `position`, atomically for searches, and idempotently. On every new connection, the first call
   * may have no changes; it confirms that the database has `position`.
   */
  apply(position: Position, changes: readonly Change[]): Promise<void>
  /**
   * The same for many changes at once, with records in PostgreSQL's binary format. The rows are not used after it resolves. A
   * target without this method gets all changes through `apply`.
   */
  applyRows?(position: Position, changes: readonly ChangedRows[]): Promise<void>
  /**
   * The same for a target that reads the records itself, at any moment after `position` was committed. If a target has this
   * method, it gets no records through the others.
   */
  applyUuids?(position: Position, changes: readonly ChangedUuids[]): Promise<void>
}

/** The uuids of changed records of one service, distinct. */
export interface ChangedUuids {
  readonly service: Service
  readonly uuids: readonly string[]
}

/** Changed records of one service. A uuid without a row is a deleted record. */
export interface ChangedRows extends ChangedUuids {
  /** Sends the rows. Called once. */
  send(take: TakeRow): Promise<void>
}
