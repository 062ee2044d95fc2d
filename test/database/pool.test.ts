import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { getPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { to as copyTo } from 'pg-copy-streams'
import { type Connection, openPool, transaction } from '../../src/database/pool.ts'
import { describeUnavailable, isUnavailable } from '../../src/database/unavailable.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { openFlakyServer } from '../search/flaky-server.ts'

const { pool, url } = await createTestDatabase()
await pool.query('CREATE TABLE notes (text text)')

async function notes() {
  return (await pool.query<{ text: string }>('SELECT text FROM notes ORDER BY text')).rows.map(row => row.text)
}

test('a transaction is committed when its work resolves and rolled back when it throws', async () => {
  const note = (text: string) => `INSERT INTO notes VALUES ('${text}')`
  assert.equal(await transaction(pool, async connection => (await connection.query(note('a'))).rowCount), 1)
  const failing = transaction(pool, async connection => {
    await connection.query(note('b'))
    throw new Error('no')
  })
  await assert.rejects(failing, { message: 'no' })
  assert.deepEqual(await notes(), ['a'])
})

test('work may send the COMMIT with its last statement; it commits once', async () => {
  const notices: string[] = []
  await transaction(pool, async connection => {
    connection.on('notice', notice => notices.push(String(notice.message)))
    await connection.query(`INSERT INTO notes VALUES ('c'); COMMIT`)
  })
  assert.deepEqual(notices, [])
  assert.ok((await notes()).includes('c'))
})

test('the sessions of a pool that yields have a lower priority than others', async () => {
  const yielding = openPool(url, { yields: true })
  const priorityOf = async (database: typeof pool) => {
    const { rows } = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    return getPriority(rows[0]!.pid)
  }
  assert.ok((await priorityOf(yielding)) > (await priorityOf(pool)))
  // Linux compares priorities only within an autogroup, and each session of PostgreSQL has its own.
  const { rows } = await yielding.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const autogroup = `/proc/${rows[0]!.pid}/autogroup`
  if (existsSync(autogroup)) assert.match(readFileSync(autogroup, 'utf8'), /nice 10$/m)
  await yielding.end()
})

test('a failure that work ignores does not look like a commit', async () => {
  const swallowed = transaction(pool, async connection => {
    await connection.query(`INSERT INTO notes VALUES ('d')`)
    await connection.query('SELECT 1 / 0').catch(() => {})
  })
  await assert.rejects(swallowed, /rolled back/)
  assert.ok(!(await notes()).includes('d'))
})

test('after a serialisation failure, work runs again', async () => {
  let runs = 0
  await transaction(pool, async connection => {
    runs++
    await connection.query(`INSERT INTO notes VALUES ('e${runs}')`)
    if (runs < 3) await connection.query(`DO $$ BEGIN RAISE 'collision' USING ERRCODE = '40001'; END $$`)
  })
  assert.equal(runs, 3)
  assert.deepEqual(
    (await notes()).filter(text => text.startsWith('e')),
    ['e3'],
  )
})

const LIMITS = { connect: 1_000, answer: 1_000, lock: 500 }

/** What a client is told about the failure of `work`. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => '',
    error => (isUnavailable(error) ? describeUnavailable(error) : `unexpected: ${error}`),
  )
}

test('on a connection that has gone silent a transaction fails in time, and its session and locks are gone', async () => {
  const server = await openFlakyServer(url)
  const limited = openPool(server.url, { max: 2, limits: LIMITS })
  after(() => limited.end())
  await pool.query('CREATE TABLE counters AS SELECT 1 AS value')
  const broken = transaction(limited, async connection => {
    await connection.query('UPDATE counters SET value = 2')
    server.freeze()
    await connection.query('UPDATE counters SET value = 3')
  })
  assert.equal(await failureOf(broken), 'the database did not answer within 1 s')
  await waitUntil('its locks are gone', async () => {
    const { rowCount } = await pool.query(`SELECT FROM pg_locks WHERE relation = 'counters'::regclass`)
    return rowCount === 0
  })
  assert.equal((await limited.query('UPDATE counters SET value = value + 10')).rowCount, 1)
  assert.deepEqual((await pool.query('SELECT value FROM counters')).rows, [{ value: 11 }])
})

test('a server that accepts connections but does not answer is reported in time', async () => {
  const server = await openFlakyServer(url)
  server.hang()
  const limited = openPool(server.url, { max: 1, limits: { ...LIMITS, connect: 200 } })
  after(() => limited.end())
  assert.equal(await failureOf(limited.query('SELECT')), 'the database cannot be reached')
})

test('a wait for a free connection is limited', async () => {
  const limited = openPool(url, { max: 1, limits: LIMITS })
  after(() => limited.end())
  const held = await limited.connect()
  assert.equal(await failureOf(limited.query('SELECT')), 'all connections to the database are in use')
  held.release()
  assert.equal((await limited.query('SELECT')).rowCount, 1)
})

test('an idle connection and a COPY with a slow reader are not cut off', async () => {
  const limited = openPool(url, { max: 1, limits: LIMITS })
  after(() => limited.end())
  const connection = await limited.connect()
  const { stream } = (connection as Connection & { connection: { stream: Socket } }).connection
  const timeOut = async () => {
    stream.emit('timeout')
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  }
  await timeOut()
  assert.equal((await connection.query('SELECT')).rowCount, 1)
  const rows = connection.query(copyTo('COPY (SELECT generate_series(1, 200000)) TO STDOUT'))
  rows.read(0)
  await waitUntil('data waits for the reader', () => stream.readableLength > 0)
  await timeOut()
  assert.ok((await text(rows)).endsWith('\n200000\n'))
  connection.release()
  assert.equal(stream.destroyed, false)
})

test('session settings are sent after the startup message, which poolers would refuse with them', async () => {
  const server = await openFlakyServer(url)
  const limited = openPool(server.url, { max: 1, limits: LIMITS })
  after(() => limited.end())
  assert.deepEqual((await limited.query('SHOW lock_timeout')).rows, [{ lock_timeout: '500ms' }])
  assert.deepEqual((await limited.query('SHOW idle_in_transaction_session_timeout')).rows, [
    { idle_in_transaction_session_timeout: '1min' },
  ])
  const names = server.startups[0]!.slice(8)
    .split('\0')
    .filter((_, place) => place % 2 === 0)
  assert.deepEqual(names.filter(Boolean).sort(), ['application_name', 'client_encoding', 'database', 'user'])
})
