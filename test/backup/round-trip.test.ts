import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { openKeyRing } from '../../src/access/key-ring.ts'
import { createKey, listKeys } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { createSignInCode, openSessionWithCode } from '../../src/access/sessions.ts'
import { LEFT_OUT, SEQUENCES, TABLES } from '../../src/backup/tables.ts'
import { getSecret } from '../../src/database/secrets.ts'
import { claimJob } from '../../src/jobs/queue/claims.ts'
import { createJob } from '../../src/jobs/queue/queue.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { backUp, restoreFrom } from './backups.ts'
import { fillDatabase, readTruth } from './full-database.ts'

test('every table and sequence of the database is in a backup, or left out for a reason', async () => {
  const { pool } = await createTestDatabase()
  const { rows } = await pool.query<{ name: string; kind: string }>(
    `SELECT relname AS name, relkind AS kind FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S', 'm', 'f')`,
  )
  const names = (kinds: string) => rows.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name)
  assert.deepEqual(names('rpmf').sort(), [...TABLES.map(({ name }) => name), ...Object.keys(LEFT_OUT)].sort())
  assert.deepEqual(names('S').sort(), [...SEQUENCES].sort())
})

test('a restored database holds every row as it was: naughty strings, deleted records, jobs, keys, secrets', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await fillDatabase(from.pool)
  const before = await readTruth(from.pool)
  const counted = await restoreFrom(to.pool, await backUp(from.pool), 1000)
  const after = await readTruth(to.pool)
  for (const { name } of TABLES) {
    assert.equal(counted[name], before[name]!.length)
    if (name !== 'jobs') assert.deepEqual(after[name], before[name], name)
  }
  assert.ok(before.contacts!.length > 400 && before.job_warnings!.length > 0 && before.secrets!.length === 1)
  assert.deepEqual(await readTruth(from.pool), before, 'a backup changes nothing')
})

test('jobs come back as they were; those in the hand of a worker can be taken up by another', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await fillDatabase(from.pool)
  await restoreFrom(to.pool, await backUp(from.pool))
  const jobs = `SELECT uuid, status, attempts, claim, checkpoint, progress, job_response, size, turn, created_at FROM jobs ORDER BY id`
  const before = (await from.pool.query(jobs)).rows
  const returned: Record<string, string> = { in_queue: 'open', processing: 'open', retrying: 'retry_in_queued' }
  const expected = before.map(job =>
    returned[job.status] === undefined
      ? job
      : { ...job, status: returned[job.status], attempts: job.attempts - 1, claim: null },
  )
  assert.deepEqual((await to.pool.query(jobs)).rows, expected)
  const claimed = []
  for (;;) {
    const job = await claimJob(to.pool, 1, { jobTypes: ['insert_csv_file'] })
    if (job === null) break
    claimed.push(job)
  }
  assert.equal(claimed.length, 5)
  assert.ok(claimed.every(({ checkpoint }) => (checkpoint as { line: number }).line === 7))
  const highest = Math.max(...before.map(job => job.claim ?? 0))
  assert.ok(
    claimed.every(({ claim }) => claim > highest),
    'no claim of the old life comes again',
  )
})

test('keys and secrets work as before, beside those that a first start made', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  const { key, revoked } = await fillDatabase(from.pool)
  const first = await createKey(from.pool, 'first key')
  const own = await createKey(to.pool, 'own', { admin: true })
  await getSecret(to.pool, 'signed-urls')
  await getSecret(to.pool, 'of a later version')
  const later = await getSecret(to.pool, 'of a later version')
  const ring = await openKeyRing(to.pool)
  after(() => ring.close())
  // Of a version without admin keys: the key of the first start becomes one, as in the migration. The oldest one may be anybody's.
  await from.pool.query(`DELETE FROM migrations WHERE name = '0007_console.sql'`)
  await restoreFrom(to.pool, await backUp(from.pool))
  await ring.refresh()
  assert.equal(ring.verify(key)?.name, 'front end')
  assert.equal(ring.verify(first.key)?.name, 'first key')
  assert.equal(ring.verify(own.key)?.name, 'own')
  assert.deepEqual(
    (await listKeys(to.pool)).map(({ admin }) => admin),
    [false, false, true, true],
  )
  assert.equal(ring.verify(revoked), null)
  const ids = (await listKeys(to.pool)).map(({ id, name }) => [id, name])
  assert.deepEqual(ids, [
    [1, 'front end'],
    [2, 'lost'],
    [3, 'first key'],
    [4, 'own'],
  ])
  assert.deepEqual(await getSecret(to.pool, 'signed-urls'), await getSecret(from.pool, 'signed-urls'))
  assert.deepEqual(await getSecret(to.pool, 'of a later version'), later)
})

test('a restore ends all sessions, and no key becomes an admin key because it is the oldest one that is left', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await createKey(from.pool, 'front end')
  const lost = await createKey(from.pool, 'first key')
  await revokeKey(from.pool, lost.id)
  for (const { pool } of [from, to]) {
    const session = await openSessionWithCode(pool, await createSignInCode(pool), { remember: true })
    assert.equal(session?.admin, true)
  }
  await from.pool.query(`DELETE FROM migrations WHERE name = '0007_console.sql'`)
  await restoreFrom(to.pool, await backUp(from.pool))
  assert.deepEqual(
    (await listKeys(to.pool)).map(({ name, admin, session }) => [name, admin, session]),
    [
      ['front end', false, false],
      ['first key', false, false],
    ],
  )
})

test('numbers go on after those of the backup: ids of records and jobs, places of the feed', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await fillDatabase(from.pool)
  // Given out, and in no row any more.
  await from.pool.query(`SELECT nextval('contacts_id_seq') FROM generate_series(1, 1000)`)
  await restoreFrom(to.pool, await backUp(from.pool))
  const highest = async (pool: typeof from.pool, name: string) =>
    (await pool.query(`SELECT last_value AS last FROM ${name}`)).rows[0].last as number
  const feed = await highest(from.pool, 'changes_seq_seq')
  const uuid = randomUUID()
  const { seq } = await upsert(to.pool, {
    companies: [{ uuid, values: { name: 'Late' } }],
    contacts: [{ uuid, values: { first_name: 'late' } }],
  })
  assert.ok(seq > feed + 1)
  for (const table of ['companies', 'contacts'])
    assert.ok(
      (await to.pool.query(`SELECT id FROM ${table} WHERE uuid = $1`, [uuid])).rows[0].id >
        (await highest(from.pool, `${table}_id_seq`)),
    )
  const job = await createJob(to.pool, { jobType: 'x', data: {}, retryCount: 0, retryIntervalSeconds: 1 })
  assert.ok(job.id > (await highest(from.pool, 'jobs_id_seq')))
})

test('an empty database can be moved, too', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  const rows = await restoreFrom(to.pool, await backUp(from.pool), 1)
  assert.deepEqual(rows, Object.fromEntries(TABLES.map(({ name }) => [name, 0])))
})
