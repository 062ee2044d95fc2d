/** Test helpers for engines with a snapshot: what they log, records to fill them with, and a comparison with the database. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Database } from '../../../src/database/pool.ts'
import { findField } from '../../../src/fields.ts'
import { softDelete } from '../../../src/records/write/delete.ts'
import { upsert } from '../../../src/records/write/upsert.ts'
import type { Log } from '../../../src/runtime/log.ts'
import { openEmbeddedEngine } from '../../../src/search/embedded/engine.ts'
import type { SearchEngine } from '../../../src/search/engine.ts'
import { parseQuery } from '../../../src/vql/parse-query.ts'
import * as reference from '../../engines/reference.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { readAll } from '../read-all.ts'

/** Writes a snapshot almost immediately. */
export const EAGER = { quiet: 1, latest: 5, firstPause: 5, longestPause: 20 }
/** Writes a snapshot only after a build and when the engine is closed. */
export const LAZY = { quiet: 600_000, latest: 600_000, firstPause: 600_000, longestPause: 600_000 }

interface Messages {
  /** All messages in order. */
  readonly messages: string[]
  readonly warnings: { readonly message: string; readonly reason: string }[]
}

export interface Logged extends Messages {
  readonly engine: SearchEngine
  /** Resolves when a matching message has been logged. */
  saw(message: RegExp): Promise<void>
}

export const READ = /^search index snapshot read$/
export const BUILT = /^search index built$/
export const WRITTEN = /^search index snapshot written$/
export const DISCARDED = /^search index snapshot discarded/

/** A log that keeps its messages. */
export function createLogged(): Messages & { readonly log: Log } {
  const messages: string[] = []
  const warnings: Messages['warnings'] = []
  const info = (_: object, message: string) => void messages.push(message)
  const warn = (details: object, message: string) => {
    messages.push(message)
    warnings.push({ message, reason: String((details as { err?: Error }).err?.message) })
  }
  return { messages, warnings, log: { info, warn, error: warn } }
}

export function openLogged(databaseUrl: string, directory: string, patience = LAZY): Logged {
  const { messages, warnings, log } = createLogged()
  const engine = openEmbeddedEngine({ databaseUrl, directory, patience, log })
  after(() => engine.close())
  const saw = async (wanted: RegExp) =>
    await waitUntil(`a message ${wanted}`, () => messages.some(message => wanted.test(message)))
  return { engine, messages, warnings, saw }
}

/** The path of a snapshot directory, which does not exist yet. Its parent is removed when the test file ends. */
export function snapshotDirectory(): string {
  const home = mkdtempSync(join(tmpdir(), 'connectra-snapshot-'))
  after(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
  return join(home, 'index')
}

const CITIES = ['berlin', 'paris', 'zürich', 'new york']

/** Writes some contacts and companies. Returns the position in the feed. */
export async function fill(database: Database, count: number): Promise<number> {
  const companies = Array.from({ length: Math.ceil(count / 4) }, (_, index) => ({
    uuid: randomUUID(),
    values: { name: `Company ${index}`, country: index % 2 === 0 ? 'france' : 'spain', employees_count: index },
  }))
  const contacts = Array.from({ length: count }, (_, index) => ({
    uuid: randomUUID(),
    values: {
      first_name: `name ${index % 17}`,
      title: `Head of ${index % 5}`,
      city: CITIES[index % CITIES.length]!,
      company_id: companies[index % companies.length]!.uuid,
    },
  }))
  return (await upsert(database, { companies, contacts })).seq
}

/** Changes some contacts and deletes others. Returns the position in the feed. */
export async function change(database: Database, count: number): Promise<number> {
  const { rows } = await database.query<{ uuid: string }>(
    'SELECT uuid FROM contacts WHERE deleted_at IS NULL ORDER BY random() LIMIT $1',
    [count],
  )
  const uuids = rows.map(row => row.uuid)
  const contacts = uuids.map(uuid => ({ uuid, values: { city: 'oslo', title: `Changed ${Math.random()}` } }))
  const { seq } = await upsert(database, { companies: [], contacts })
  const deleted = uuids.slice(0, count / 3)
  return deleted.length === 0 ? seq : (await softDelete(database, 'contact', deleted)).seq
}

const QUERIES = [
  { where: {}, order_by: [{ order_by: 'first_name', order_direction: 'asc' }] },
  { where: { keyword_match: { must: { city: 'Zürich' } } } },
  { where: { keyword_match: { must: { company_country: 'france' } } }, order_by: [{ order_by: 'title' }] },
  { where: { text_matches: { must: [{ filter_key: 'title', text_value: 'head', search_type: 'match' }] } } },
].map(query => parseQuery('contact', { ...query, limit: 100 }))

/** Fails unless the answers of the engine, at this position in the feed, match the records in the database. */
export async function assertAnswers(engine: SearchEngine, database: Database, seq: number): Promise<void> {
  assert.equal(await engine.waitFor(seq, 20_000), true)
  const records = await readAll(database)
  for (const query of QUERIES) {
    assert.deepEqual(await engine.search(query), reference.search(records, query))
    const expected = reference.count(records, 'contact', query.where)
    assert.equal(await engine.count('contact', query.where), expected)
  }
  const field = findField('contact', 'city')!
  const request = { service: 'contact', field, where: { type: 'all' }, contains: '', offset: 0, limit: 20 } as const
  assert.deepEqual(await engine.facet(request), reference.facet(records, request))
}
