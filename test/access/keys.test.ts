import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ensureFirstKey } from '../../src/access/first-key.ts'
import { createKey, ensureKey, listKeys, openKeyRing, revokeKey } from '../../src/access/keys.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createTestDatabase } from '../helpers/database.ts'

const shared = { always: false }

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'connectra-keys-'))
  after(() => rmSync(directory, { recursive: true }))
  return directory
}

const { pool } = await createTestDatabase()

/** Resolves once the ring has read a change that the key table announced. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('A created key is valid, and cannot be recovered from the database', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'laptop')
  assert.match(made.key, /^ck_[\w-]{43}$/)
  await ring.refresh()
  const holder = { id: String(made.id), name: 'laptop', admin: false, session: false, expiresAt: null }
  assert.deepEqual(ring.verify(made.key), holder)
  assert.equal(ring.verify(`${made.key}x`), null)
  assert.equal(ring.verify(''), null)
  const { rows } = await pool.query('SELECT row_to_json(k)::text AS all FROM api_keys k')
  assert.ok(rows.every(row => !row.all.includes(made.key.slice(7, -4))))
  assert.equal(made.key.startsWith(made.prefix) && made.key.endsWith(made.lastFour), true)
})

test('A running server picks up new and revoked keys by itself', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'phone')
  await until(() => ring.verify(made.key) !== null)
  const revoked = await revokeKey(pool, made.id)
  assert.equal(revoked?.name, 'phone')
  assert.ok(revoked?.revokedAt)
  await until(() => ring.verify(made.key) === null)
  assert.equal(await revokeKey(pool, made.id), null)
})

test('An existing key is kept unchanged, and a revoked one stays revoked', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  await ensureKey(pool, 'first start', 'ck_fixed-key-of-a-data-directory')
  await ensureKey(pool, 'second start', 'ck_fixed-key-of-a-data-directory')
  const named = (await listKeys(pool)).filter(key => key.name.endsWith('start'))
  assert.equal(named.length, 1)
  await revokeKey(pool, named[0]!.id)
  await ensureKey(pool, 'third start', 'ck_fixed-key-of-a-data-directory')
  await ring.refresh()
  assert.equal(ring.verify('ck_fixed-key-of-a-data-directory'), null)
})

test('Keys from the environment are valid in addition to those in the database', async t => {
  const ring = await openKeyRing(pool, ['secret-of-the-environment'])
  t.after(() => ring.close())
  const holder = { id: 'environment-1', name: 'environment', admin: true, session: false, expiresAt: null }
  assert.deepEqual(ring.verify('secret-of-the-environment'), holder)
})

test('A ring learns of a revocation even after its connection was cut', async t => {
  const ring = await openKeyRing(pool)
  t.after(() => ring.close())
  const made = await createKey(pool, 'tablet')
  await until(() => ring.verify(made.key) !== null)
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN api_keys'
    OR (query LIKE '%api_keys%' AND pid <> pg_backend_pid() AND datname = current_database())`)
  await revokeKey(pool, made.id)
  await until(() => ring.verify(made.key) === null)
})

test('Of several nodes that start at once, one creates the first key; later ones create none', async () => {
  const { pool } = await createTestDatabase()
  const directories = Array.from({ length: 5 }, dataDirectory)
  const found = await Promise.all(directories.map(directory => ensureFirstKey(directory, pool, shared)))
  const place = found.findIndex(key => key !== null)
  const { key, path, created } = found[place]!
  assert.equal(created, true)
  assert.equal(readFileSync(path, 'utf8'), `${key}\n`)
  assert.equal(found.filter(other => other !== null).length, 1)
  assert.deepEqual(
    (await listKeys(pool)).map(({ admin }) => admin),
    [true],
  )

  assert.deepEqual(await ensureFirstKey(directories[place]!, pool, shared), { path, key, created: false })
  await revokeKey(pool, (await listKeys(pool))[0]!.id)
  for (const directory of [directories[place]!, dataDirectory()])
    assert.equal(await ensureFirstKey(directory, pool, shared), null)
  assert.equal((await listKeys(pool)).length, 1)
})

test('The key in a file is added to a database without keys, but not to one that has others', async () => {
  const { pool } = await createTestDatabase()
  const [directory, other] = [dataDirectory(), dataDirectory()]
  for (const [place, home] of [directory, other].entries())
    writeFileSync(join(home, 'api-key'), `ck_chosen-by-the-operator-${place}\n`)
  // Also after a start that was killed between the file and the database.
  assert.equal((await ensureFirstKey(directory, pool, shared))?.created, false)
  assert.deepEqual(
    (await listKeys(pool)).map(({ name, lastFour }) => [name, lastFour]),
    [['first key', 'or-0']],
  )
  assert.equal(await ensureFirstKey(other, pool, shared), null)
  assert.equal((await listKeys(pool)).length, 1)
  writeFileSync(join(other, 'api-key'), 'short')
  await assert.rejects(ensureFirstKey(other, pool, shared), /does not contain an API key/)
})

test('A data directory of its own database always has a key', async () => {
  const { pool } = await createTestDatabase()
  await createKey(pool, 'of a backup')
  const found = await ensureFirstKey(dataDirectory(), pool, { always: true })
  assert.equal(found?.created, true)
  assert.deepEqual(
    (await listKeys(pool)).map(({ name }) => name),
    ['of a backup', 'first key'],
  )
})

test('In a database of a version without admin keys the oldest key becomes one, and that version goes on working', async () => {
  const { pool } = await createTestDatabase()
  await pool.query(`
    DROP TABLE sign_in_codes, console_views;
    ALTER TABLE api_keys DROP COLUMN admin, DROP COLUMN expires_at, DROP COLUMN session;
    DELETE FROM migrations WHERE name = '0007_console.sql'`)
  /** As that version creates a key. */
  const add = (name: string) =>
    pool.query(
      `INSERT INTO api_keys (name, hash, prefix, last_four) VALUES ($1::text, sha256($1::text::bytea), '', '')`,
      [name],
    )
  await add('first')
  await add('second')
  assert.deepEqual(await migrate(pool), ['0007_console.sql'])
  await add('later')
  const keys = (await listKeys(pool)).map(({ name, admin, expiresAt }) => [name, admin, expiresAt])
  assert.deepEqual(keys, [
    ['first', true, null],
    ['second', false, null],
    ['later', false, null],
  ])
  const { rows } = await pool.query(`SELECT compatible_with FROM migrations WHERE name = '0007_console.sql'`)
  assert.deepEqual(rows, [{ compatible_with: '0006_compatible_versions.sql' }])
})
