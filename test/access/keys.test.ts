import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ensureFirstKey } from '../../src/access/first-key.ts'
import { openKeyRing } from '../../src/access/key-ring.ts'
import { createKey, ensureAdminKey, hasAdminKey, listKeys } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { createSignInCode, openSessionWithCode } from '../../src/access/sessions.ts'
import { migrate } from '../../src/database/migrate.ts'
import { watchOutage } from '../../src/database/unavailable.ts'
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
  const id = String(made.id)
  const holder = { id, name: 'laptop', admin: false, session: false, owner: id, expiresAt: null }
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
  await ensureAdminKey(pool, 'first start', 'ck_fixed-key-of-a-data-directory')
  await ensureAdminKey(pool, 'second start', 'ck_fixed-key-of-a-data-directory')
  const named = (await listKeys(pool)).filter(key => key.name.endsWith('start'))
  assert.equal(named.length, 1)
  await revokeKey(pool, named[0]!.id)
  await ensureAdminKey(pool, 'third start', 'ck_fixed-key-of-a-data-directory')
  await ring.refresh()
  assert.equal(ring.verify('ck_fixed-key-of-a-data-directory'), null)
})

test('Keys from the environment are valid in addition to those in the database', async t => {
  const keys = ['secret-of-the-environment', 'another-of-the-environment']
  const ring = await openKeyRing(pool, keys)
  t.after(() => ring.close())
  const id = ring.verify(keys[0]!)!.id
  assert.match(id, /^environment-[0-9a-f]{12}$/)
  const holder = { id, name: 'environment', admin: true, session: false, owner: id, expiresAt: null }
  assert.deepEqual(ring.verify(keys[0]!), holder)
  assert.notEqual(ring.verify(keys[1]!)!.id, id)
  // The views of a key must not become those of another one when the order in the setting changes.
  const restarted = await openKeyRing(pool, keys.toReversed())
  t.after(() => restarted.close())
  for (const key of keys) assert.deepEqual(restarted.verify(key), ring.verify(key))
})

test('A ring learns of a revocation even after its connection was cut', async t => {
  const lines: string[] = []
  const outage = watchOutage({ info: (_, line) => void lines.push(line), warn() {}, error() {} })
  const ring = await openKeyRing(pool, [], 'connectra', outage)
  t.after(() => ring.close())
  const made = await createKey(pool, 'tablet')
  await until(() => ring.verify(made.key) !== null)
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN api_keys'
    OR (query LIKE '%api_keys%' AND pid <> pg_backend_pid() AND datname = current_database())`)
  await revokeKey(pool, made.id)
  await until(() => ring.verify(made.key) === null)
  await until(() => lines.length > 0)
  // Another part that had lost the database, too.
  outage.ended()
  assert.deepEqual(lines, ['the database answers again'])
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

test('Sessions do not keep the first start from creating a key', async () => {
  const { pool } = await createTestDatabase()
  await openSessionWithCode(pool, await createSignInCode(pool), { remember: false })
  assert.equal((await ensureFirstKey(dataDirectory(), pool, shared))?.created, true)
})

test('The valid key in the file of a data directory becomes an admin key, whatever its name; a revoked one stays revoked', async () => {
  for (const always of [true, false]) {
    const { pool } = await createTestDatabase()
    const directory = dataDirectory()
    const { key, id } = await createKey(pool, 'of a version without admin keys')
    writeFileSync(join(directory, 'api-key'), key)
    assert.equal(await hasAdminKey(pool), false)
    assert.equal((await ensureFirstKey(directory, pool, { always }))?.key, key)
    assert.equal(await hasAdminKey(pool), true)
    await revokeKey(pool, id)
    assert.equal(await ensureFirstKey(directory, pool, { always }), null)
    assert.equal(await hasAdminKey(pool), false)
    assert.equal((await listKeys(pool)).length, 1)
  }
})

/** Names of keys, and whether they are revoked, as in a version without admin keys; which of them are admin keys after the update. */
const UPDATES = [
  { keys: ['web', 'first key', 'first key'], revoked: [], admins: [2] },
  // API_KEYS was set at the first start.
  { keys: ['web', 'mobile'], revoked: [], admins: [] },
  { keys: ['first key', 'web', 'first key'], revoked: [1], admins: [3] },
  { keys: ['first key', 'web'], revoked: [1], admins: [] },
]

for (const { keys, revoked, admins } of UPDATES)
  test(`In a database of a version without admin keys the first key becomes one: ${keys.join(', ')}, revoked ${revoked}`, async () => {
    const { pool } = await createTestDatabase()
    await pool.query(`
      DROP TABLE sign_in_codes, console_views;
      ALTER TABLE api_keys DROP COLUMN admin, DROP COLUMN expires_at, DROP COLUMN session, DROP COLUMN created_by;
      DELETE FROM migrations WHERE name = '0007_console.sql'`)
    /** As that version creates a key. */
    const add = (name: string, place: number) =>
      pool.query(
        `INSERT INTO api_keys (name, hash, prefix, last_four) VALUES ($1::text, sha256(($1 || $2::text)::bytea), '', '')`,
        [name, place],
      )
    for (const [place, name] of keys.entries()) await add(name, place)
    await pool.query('UPDATE api_keys SET revoked_at = now() WHERE id = ANY ($1)', [revoked])
    assert.deepEqual(await migrate(pool), ['0007_console.sql'])
    // That version goes on working.
    await add('later', keys.length)
    const listed = await listKeys(pool)
    assert.deepEqual(
      listed.flatMap(({ id, admin }) => (admin ? [id] : [])),
      admins,
    )
    assert.ok(listed.every(({ expiresAt, session, createdBy }) => expiresAt === null && !session && createdBy === null))
    const { rows } = await pool.query(`SELECT compatible_with FROM migrations WHERE name = '0007_console.sql'`)
    assert.deepEqual(rows, [{ compatible_with: '0006_compatible_versions.sql' }])
  })
