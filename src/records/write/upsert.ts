/** The upsert: stores a batch of companies and contacts as a whole or not at all. */
import type pg from 'pg'
import { type Connection, type Database, transaction } from '../../database/pool.ts'
import { limitAnswers, WORK_LIMITS } from '../../database/time-limits.ts'
import type { Service } from '../../fields.ts'
import type { RecordWrite } from '../record.ts'
import { foldDuplicates } from './fold.ts'
import { furtherUpdatesSql, mergeSql } from './merge-sql.ts'
import {
  copyStaged,
  copySteps,
  jsonSource,
  type StagedLines,
  stagedJson,
  stageLines,
  stepsSource,
  tableSource,
} from './stage.ts'
import type { StagedBatch, StagedRecords } from './stage-batch.ts'

export interface UpsertBatch {
  readonly companies: readonly RecordWrite[]
  readonly contacts: readonly RecordWrite[]
}

/** The counts of distinct records of one service by outcome. */
export interface Upserted {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  /**
   * Of a staged batch: how many rows changed a record beyond its one creation or update. With them the counts are those of
   * the same rows sent one by one.
   */
  readonly furtherUpdates: number
  /** The UUIDs of the created and updated records, in PostgreSQL's array notation. */
  readonly written: string
}

export interface UpsertResult {
  readonly companies: Upserted
  readonly contacts: Upserted
}

/** Upserts in its own transaction. Engines that have reached `seq` include the batch in their searches. */
export async function upsert(database: Database, batch: UpsertBatch): Promise<UpsertResult & { seq: number }> {
  return await transaction(database, async connection => {
    const result = await upsertRecords(connection, batch)
    return { ...result, seq: await commitBatch(connection, result) }
  })
}

/**
 * Merges the batch within the caller's transaction, without announcing or committing; `commitBatch` does both. Records are
 * locked in a fixed order, companies first. To avoid deadlocks, a transaction should call this only once.
 */
export async function upsertRecords(connection: Connection, batch: UpsertBatch): Promise<UpsertResult> {
  // The limit of a request is for its usual size.
  if (batch.companies.length + batch.contacts.length > FEW) limitAnswers(connection, WORK_LIMITS.answer)
  await connection.query(PLAN)
  const companies = await mergeWrites(connection, 'company', foldDuplicates('company', batch.companies))
  const contacts = await mergeWrites(connection, 'contact', foldDuplicates('contact', batch.contacts))
  return { companies, contacts }
}

/** Like `upsertRecords`, for a batch that has already been staged. */
export async function mergeBatch(connection: Connection, batch: StagedBatch): Promise<UpsertResult> {
  await connection.query(PLAN)
  const companies = await mergeStaged(connection, 'company', batch.companies)
  const contacts = await mergeStaged(connection, 'contact', batch.contacts)
  return { companies, contacts }
}

/**
 * Runs `extraSql` (statements without parameters, such as the checkpoint of a job), announces the written records and
 * commits, all in one message. The lock that orders the feed is thus held as briefly as possible.
 */
export async function commitBatch(
  connection: Connection,
  { companies, contacts }: UpsertResult,
  extraSql = '',
): Promise<number> {
  return await announceAndCommit(connection, companies.written, contacts.written, extraSql)
}

/**
 * `companies` and `contacts` are UUIDs in PostgreSQL's array notation. Returns the seq of the announcement, or of the latest
 * one if there is nothing to announce.
 */
export async function announceAndCommit(
  connection: Connection,
  companies: string,
  contacts: string,
  extraSql = '',
): Promise<number> {
  const announce = `SELECT announce('${companies}', '${contacts}') AS seq`
  const statements = [...(extraSql === '' ? [] : [extraSql]), announce, 'COMMIT']
  // A message with several statements returns one result per statement.
  const results = (await connection.query(statements.join(';\n'))) as unknown as { rows: { seq: number }[] }[]
  return results.at(-2)!.rows[0]!.seq
}

/**
 * Makes the merge look up every row by its key. Without statistics on the batch, the planner would read the whole
 * table.
 */
const PLAN = `
  SET LOCAL plan_cache_mode = force_custom_plan;
  SET LOCAL enable_hashjoin = off;
  SET LOCAL enable_mergejoin = off;
  SET LOCAL enable_seqscan = off`

/** Up to this many records, JSON is faster than creating a temporary table and copying into it. */
const FEW = 1000

const MERGE_JSON = {
  company: mergeSql('company', jsonSource('company')),
  contact: mergeSql('contact', jsonSource('contact')),
}
const MERGE_TABLE = {
  company: mergeSql('company', tableSource('company')),
  contact: mergeSql('contact', tableSource('contact')),
}

const FURTHER_UPDATES = {
  company: furtherUpdatesSql('company', stepsSource('company')),
  contact: furtherUpdatesSql('contact', stepsSource('contact')),
}

async function mergeWrites(
  connection: Connection,
  service: Service,
  writes: readonly RecordWrite[],
): Promise<Upserted> {
  if (writes.length === 0) return NONE
  if (writes.length > FEW) return await mergeLines(connection, service, stageLines(service, writes))
  const values = [stagedJson(service, writes)]
  return await runMerge(connection, { name: `merge_${service}`, text: MERGE_JSON[service], values }, writes.length)
}

async function mergeStaged(
  connection: Connection,
  service: Service,
  { lines, steps }: StagedRecords,
): Promise<Upserted> {
  const furtherUpdates = steps.records === 0 ? 0 : await countFurtherUpdates(connection, service, steps)
  return { ...(await mergeLines(connection, service, lines)), furtherUpdates }
}

async function countFurtherUpdates(connection: Connection, service: Service, steps: StagedLines): Promise<number> {
  await copySteps(connection, service, steps)
  const { rows } = await connection.query<{ more: number }>(FURTHER_UPDATES[service])
  return rows[0]!.more
}

async function mergeLines(connection: Connection, service: Service, lines: StagedLines): Promise<Upserted> {
  if (lines.records === 0) return NONE
  await copyStaged(connection, service, lines)
  return await runMerge(connection, { text: MERGE_TABLE[service] }, lines.records)
}

const NONE: Upserted = { created: 0, updated: 0, unchanged: 0, furtherUpdates: 0, written: '{}' }

async function runMerge(connection: Connection, statement: pg.QueryConfig, records: number): Promise<Upserted> {
  const { rows } = await connection.query<{ created: number; updated: number; written: string }>(statement)
  const { created, updated, written } = rows[0]!
  return { created, updated, unchanged: records - created - updated, furtherUpdates: 0, written }
}
