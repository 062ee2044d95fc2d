import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { transaction } from '../../src/database/pool.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { commitBatch, upsert, upsertRecords } from '../../src/records/write/upsert.ts'
import { openUpserts } from '../../src/records/write/upsert-together.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fetchRecords } from '../helpers/fetch-records.ts'

const { pool } = await createTestDatabase()

test('writers of the same records in different orders neither fail nor lose each other’s fields', async () => {
  const companies = Array.from({ length: 300 }, () => randomUUID())
  const contacts = Array.from({ length: 1200 }, () => randomUUID())
  const fields = ['title', 'city', 'state', 'stage']
  const writer = async (field: string, turn: number) => {
    for (let round = 0; round < 5; round++) {
      const write = (uuid: string): RecordWrite => ({
        uuid,
        values: { [field === 'title' ? 'website' : field]: `${field} ${round}` },
      })
      const turned = <T>(list: readonly T[]) => {
        const shifted = [...list.slice(turn * 70), ...list.slice(0, turn * 70)]
        return turn % 2 ? shifted.reverse() : shifted
      }
      await upsert(pool, {
        companies: turned(companies).map(uuid => ({
          uuid,
          values: { [field === 'stage' ? 'address' : field === 'title' ? 'name' : field]: `${field} ${round}` },
        })),
        contacts: turned(contacts).map(write),
      })
    }
  }
  await Promise.all(fields.map(writer))
  const stored = await fetchRecords(pool, 'contact', contacts, ['website', 'city', 'state', 'stage'])
  const expected = { website: 'title 4', city: 'city 4', state: 'state 4', stage: 'stage 4' }
  for (const uuid of contacts) assert.deepEqual(stored.get(uuid), expected)
  const storedCompanies = await fetchRecords(pool, 'company', companies, ['name', 'city', 'state', 'address'])
  for (const uuid of companies)
    assert.deepEqual(storedCompanies.get(uuid), {
      name: 'title 4',
      city: 'city 4',
      state: 'state 4',
      address: 'stage 4',
    })
})

test('a field that a writer leaves out keeps what the previous writer committed, not an older value', async () => {
  const uuid = randomUUID()
  await upsert(pool, { companies: [{ uuid, values: { name: 'Acme', city: 'old', state: 'old' } }], contacts: [] })
  const holder = await pool.connect()
  await holder.query('BEGIN')
  const held = await upsertRecords(holder, {
    companies: [{ uuid, values: { city: 'new', state: null } }],
    contacts: [],
  })
  const waiting = upsert(pool, { companies: [{ uuid, values: { name: 'Acme 2' } }], contacts: [] })
  await blocked()
  await commitBatch(holder, held)
  holder.release()
  await waiting
  const record = (await fetchRecords(pool, 'company', [uuid], ['name', 'city', 'state'])).get(uuid)
  assert.deepEqual(record, { name: 'Acme 2', city: 'new', state: null })
})

test('a record that another writer creates meanwhile is updated', async () => {
  const uuid = randomUUID()
  const holder = await pool.connect()
  await holder.query('BEGIN')
  const held = await upsertRecords(holder, {
    companies: [{ uuid, values: { name: 'Acme', city: 'x', state: 'y' } }],
    contacts: [],
  })
  const waiting = upsert(pool, { companies: [{ uuid, values: { name: 'Acme 2', city: null } }], contacts: [] })
  await blocked()
  await commitBatch(holder, held)
  holder.release()
  assert.deepEqual((await waiting).companies, {
    created: 0,
    updated: 1,
    unchanged: 0,
    furtherUpdates: 0,
    written: `{${uuid}}`,
  })
  const record = (await fetchRecords(pool, 'company', [uuid], ['name', 'city', 'state'])).get(uuid)
  assert.deepEqual(record, { name: 'Acme 2', city: null, state: 'y' })
})

test('two writers of the same value change updated_at once', async () => {
  const uuid = randomUUID()
  await upsert(pool, { companies: [{ uuid, values: { name: 'Acme' } }], contacts: [] })
  const batch = { companies: [{ uuid, values: { name: 'Acme 2' } }], contacts: [] }
  const holder = await pool.connect()
  await holder.query('BEGIN')
  const held = await upsertRecords(holder, batch)
  const waiting = upsert(pool, batch)
  await blocked()
  await commitBatch(holder, held)
  holder.release()
  const once = await fetchRecords(pool, 'company', [uuid], ['updated_at'])
  await waiting
  assert.deepEqual(await fetchRecords(pool, 'company', [uuid], ['updated_at']), once)
})

test('a deletion and an upsert of many of the same records wait for each other without a deadlock', async () => {
  const uuids = Array.from({ length: 500 }, () => randomUUID())
  const batch = { companies: [], contacts: uuids.map(uuid => ({ uuid, values: { title: 'CEO' } })) }
  await upsert(pool, batch)
  for (let round = 0; round < 5; round++)
    await Promise.all([softDelete(pool, 'contact', uuids.toReversed()), upsert(pool, batch), upsert(pool, batch)])
  await upsert(pool, batch)
  assert.equal((await fetchRecords(pool, 'contact', uuids, ['title'])).size, 500)
})

test('a transaction that deadlocks is retried as a whole, and nobody sees the error', async () => {
  const [a, b] = [randomUUID(), randomUUID()].sort() as [string, string]
  await upsert(pool, { companies: [a, b].map(uuid => ({ uuid, values: { name: 'Acme' } })), contacts: [] })
  const both = Promise.withResolvers<void>()
  let first = 0
  const crossed = (uuids: readonly [string, string], name: string) =>
    transaction(pool, async connection => {
      await upsertRecords(connection, { companies: [{ uuid: uuids[0], values: { name } }], contacts: [] })
      if (++first === 2) both.resolve()
      await both.promise
      const result = await upsertRecords(connection, {
        companies: [{ uuid: uuids[1], values: { name } }],
        contacts: [],
      })
      await commitBatch(connection, result)
    })
  await Promise.all([crossed([a, b], 'one'), crossed([b, a], 'two')])
  assert.ok(first > 2, 'one of them ran twice')
  const names = await fetchRecords(pool, 'company', [a, b], ['name'])
  assert.deepEqual(names.get(a), names.get(b))
})

function company(uuid: string, values: RecordWrite['values']) {
  return { companies: [{ uuid, values }], contacts: [] }
}

/** The position of the last change of a record in the feed. */
async function lastChange(uuid: string): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes WHERE $1 = ANY (uuids)', [
    uuid,
  ])
  return rows[0]!.seq
}

test('concurrent small upserts share transactions, and each has the effect it would have alone', async () => {
  const together = openUpserts(pool)
  const [shared, ...own] = Array.from({ length: 41 }, () => randomUUID())
  const transactions = async () => (await pool.query('SELECT FROM changes')).rowCount!
  const before = await transactions()
  const writes = [
    ...own.map((uuid, place) => company(uuid, { name: `Own ${place}`, employees_count: place })),
    // Of one record: each writes the city, and a field of its own.
    ...['name', 'state', 'country', 'address', 'website', 'phone_number', 'facebook_url', 'twitter_url'].map(field =>
      company(shared!, { city: field, [field]: `x ${field}` }),
    ),
    {
      companies: [{ uuid: own[0]!, values: { name: null } }],
      contacts: [{ uuid: randomUUID(), values: { title: 'CEO' } }],
    },
    company(own[1]!, { employees_count: 1 }),
  ]
  const stored = await Promise.all(writes.map(together))
  assert.ok((await transactions()) - before <= 15, `${(await transactions()) - before} rows in the feed`)
  for (const [place, { companies }] of writes.entries())
    assert.ok(stored[place]!.seq >= 1 && (await lastChange(companies[0]!.uuid)) >= 1)
  for (const uuid of own.slice(2)) {
    const place = writes.findIndex(({ companies }) => companies[0]!.uuid === uuid)
    assert.ok(stored[place]!.seq >= (await lastChange(uuid)))
  }
  assert.ok(stored[47]!.seq >= (await lastChange(shared!)))

  const records = await fetchRecords(
    pool,
    'company',
    [shared!, ...own],
    ['name', 'city', 'state', 'website', 'employees_count'],
  )
  assert.deepEqual(records.get(shared!), {
    name: 'x name',
    city: 'twitter_url',
    state: 'x state',
    website: 'x website',
    employees_count: null,
  })
  for (const [place, uuid] of own.entries()) {
    const name = place === 0 ? null : `Own ${place}`
    assert.deepEqual(records.get(uuid), { name, city: null, state: null, website: null, employees_count: place })
  }
})

test('an upsert that PostgreSQL refuses does not fail those it shared a transaction with', async () => {
  const together = openUpserts(pool)
  const uuids = Array.from({ length: 10 }, () => randomUUID())
  const outcomes = await Promise.allSettled(
    uuids.map((uuid, place) => together(company(uuid, { name: place % 4 === 2 ? 'a\u0000b' : `Fine ${place}` }))),
  )
  const failed = outcomes.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []))
  assert.deepEqual(failed, [2, 6])
  assert.equal((await fetchRecords(pool, 'company', uuids, ['name'])).size, 8)
})

test('upserts of long values do not share transactions without a limit', async () => {
  const together = openUpserts(pool)
  const value = 'x'.repeat(7_000)
  const contacts = () => Array.from({ length: 60 }, () => ({ uuid: randomUUID(), values: { title: value } }))
  const stored = async (batches: number) => {
    const seqs = Array.from({ length: batches }, async () => {
      const { seq } = await together({ companies: [], contacts: contacts() })
      return seq
    })
    return new Set(await Promise.all(seqs)).size
  }
  // Of 0.42 million characters each. The first is stored at once, and of the others four share a transaction.
  assert.equal(await stored(9), 3)
})

test('an upsert that waits for a lock does not hold up the others', async () => {
  const together = openUpserts(pool)
  const [locked, free] = [randomUUID(), randomUUID()]
  await upsert(pool, company(locked, { name: 'Locked' }))
  const holder = await pool.connect()
  await holder.query('BEGIN')
  const held = await upsertRecords(holder, company(locked, { name: 'Held' }))
  const waiting = together(company(locked, { city: 'after' }))
  await blocked()
  await together(company(free, { name: 'Free' }))
  await commitBatch(holder, held)
  holder.release()
  await waiting
  assert.deepEqual((await fetchRecords(pool, 'company', [locked], ['name', 'city'])).get(locked), {
    name: 'Held',
    city: 'after',
  })
})

/** Waits until a statement in this database is waiting for a lock. */
async function blocked(): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  while ((await pool.query(waiting)).rows.length === 0);
}
