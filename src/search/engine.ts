/**
 * What every search engine fulfils. An engine answers with ids in order, never with rows: those are PostgreSQL's.
 * It can be thrown away and rebuilt from the database at any time.
 */
import type { Field, Service } from '../fields.ts'
import type { TakeRow } from '../records/read/binary-rows.ts'
import type { Condition, Query } from '../vql/query.ts'

/** A record as an engine takes it: values by field name, dates in milliseconds, a missing value null or absent. */
export interface IndexedRecord {
  readonly uuid: string
  readonly [field: string]: string | number | readonly string[] | null
}

/** A record that was changed: its present values, or null when it is gone. */
export interface Change {
  readonly service: Service
  readonly uuid: string
  readonly record: IndexedRecord | null
}

/**
 * A place in the feed. `token` is the random token of the row `seq`: when the database has no such pair any more
 * it was restored or the feed was trimmed, and the engine has to be rebuilt.
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
  /** A field of the service or, for contacts, of their company; text, keyword, list or uuid. */
  readonly field: Field
  readonly where: Condition
  /** Folded; only values that contain it. Empty: all. */
  readonly contains: string
  readonly offset: number
  readonly limit: number
}

/** One distinct folded value, the number of matching records that have it, and the smallest uuid among those. */
export interface Facet {
  readonly folded: string
  readonly count: number
  readonly uuid: string
}

/**
 * Reads. Every answer is exact and shows one moment of the index; until the engine has applied all that was committed when it
 * started, and while it is rebuilt because the database does not know its position, it is ERR_UNAVAILABLE.
 */
export interface SearchEngine {
  /** The rows of the query's page, after its cursor. */
  search(query: Query): Promise<readonly Hit[]>
  count(service: Service, where: Condition): Promise<number>
  /** All uuids of the query in order, up to its limit, of one moment; in portions. */
  scan(query: Query): AsyncIterable<readonly string[]>
  /** Most frequent first, then by folded value in the order of UTF-8 bytes. */
  facet(request: FacetRequest): Promise<readonly Facet[]>
  /** Smallest and largest number (dates in milliseconds) among the matching records; null when none has one. */
  extent(
    service: Service,
    field: Field,
    where: Condition,
  ): Promise<{ readonly min: number; readonly max: number } | null>
  /** The last place of the feed that searches see; null until the engine is ready. */
  position(): Position | null
  /** The last place of the feed that was applied, which searches do not see until the engine is ready; null: none yet. */
  applied(): Position | null
  /** Waits until searches see `seq`: true when they do, false when `timeoutMs` passed first. */
  waitFor(seq: number, timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}

/** A moment of the database that other connections can be shown too, for as long as it is held. */
export interface Moment {
  /** For SET TRANSACTION SNAPSHOT. */
  readonly snapshotId: string
  /** Pages of 8 kB that each service's table has, about. */
  readonly pages: Readonly<Record<Service, number>>
}

/** Writes: what the feed (search/feed.ts) drives. */
export interface ChangeTarget {
  position(): Position | null
  /** Replaces everything by the live records of `moment`, which shows `position` and is held until this is done. */
  rebuild(position: Position, moment: Moment): Promise<void>
  /**
   * Applies the changes up to `position`: atomically for searches, and idempotently. On every new connection the first call
   * may come without changes: it says that the database knows `position`.
   */
  apply(position: Position, changes: readonly Change[]): Promise<void>
  /**
   * The same for many changes at once, of which each record comes as PostgreSQL sends it. It is done with the rows when it resolves.
   * A target without it gets all changes by `apply`.
   */
  applyRows?(position: Position, changes: readonly ChangedRows[]): Promise<void>
}

/** Records of one service that were changed. */
export interface ChangedRows {
  readonly service: Service
  /** Each once. Of which no row comes, that is gone. */
  readonly uuids: readonly string[]
  /** Sends the rows, once. */
  send(take: TakeRow): Promise<void>
}
