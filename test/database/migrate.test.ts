import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { assertCompatible, migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { openPool } from '../../src/database/pool.ts'
import { knownCountries, regionOf } from '../../src/records/values/countries.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const { pool } = await createTestDatabase()
const OWN = join(import.meta.dirname, '../../migrations')

test('a migrated database needs no migration', async () => {
  assert.deepEqual(await pendingMigrations(pool), [])
  assert.deepEqual(await migrate(pool), [])
})

test('a version runs on the database of a newer one if every migration it does not know says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  after(() => rmSync(folder, { recursive: true }))
  cpSync(OWN, folder, { recursive: true })
  const newer = pathToFileURL(`${folder}/`)
  const add = (name: string, sql: string) => writeFileSync(join(folder, name), sql)
  const newest = readdirSync(OWN).sort().at(-1)!
  add('9000_expand.sql', `-- Adds a table.\n-- compatible with: ${newest}\nCREATE TABLE extra (id int);`)
  assert.deepEqual(await migrate(pool, newer), ['9000_expand.sql'])
  assert.deepEqual(await migrate(pool), [])
  await assertCompatible(pool)

  add('9001_needs_extra.sql', '-- compatible with: 9000_expand.sql\nALTER TABLE extra ADD name text;')
  add('9002_contract.sql', 'DROP TABLE extra;')
  assert.deepEqual(await migrate(pool, newer), ['9001_needs_extra.sql', '9002_contract.sql'])
  const refused = {
    code: 'ERR_CONFLICT',
    message:
      'the database was migrated by a newer version of Connectra (9001_needs_extra.sql, 9002_contract.sql), with which this version cannot run: run that version',
  }
  await assert.rejects(migrate(pool), refused)
  await assert.rejects(assertCompatible(pool), refused)
  await pool.query(`DELETE FROM migrations WHERE name LIKE '900%'`)
})

test('the migrations that say with which others they are compatible name existing ones', () => {
  for (const name of readdirSync(OWN)) {
    const oldest = /^-- compatible with: (.*)$/m.exec(readFileSync(join(OWN, name), 'utf8'))?.[1]
    assert.ok(oldest === undefined || existsSync(join(OWN, oldest)), name)
  }
})

test('announce returns the seq of the last change row; each row has at most 10,000 UUIDs', async () => {
  const { rows } = await pool.query(
    `SELECT announce(ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 25000)), '{}') AS seq`,
  )
  const changes = await pool.query('SELECT seq, cardinality(uuids) AS uuids FROM changes ORDER BY seq')
  assert.deepEqual(
    changes.rows.map(row => row.uuids),
    [0, 10000, 10000, 5000],
  )
  assert.equal(rows[0].seq, changes.rows.at(-1).seq)
})

const CODES: Readonly<Record<string, string | null>> = {
  // Codes, in any case and with dots.
  us: 'US',
  'U.S.A.': 'US',
  USA: 'US',
  UK: 'GB',
  gbr: 'GB',
  XK: 'XK',
  el: 'GR',
  NA: 'NA',
  // English names.
  'United States of America': 'US',
  'the united states': 'US',
  'Great Britain': 'GB',
  'Trinidad & Tobago': 'TT',
  'Bosnia and Herzegovina': 'BA',
  'Korea, Republic of': 'KR',
  'Congo, the Democratic Republic of the': 'CD',
  "Cote d'Ivoire": 'CI',
  'Côte d’Ivoire': 'CI',
  'Ivory Coast': 'CI',
  Türkiye: 'TR',
  Turkey: 'TR',
  Holland: 'NL',
  'Czech Republic': 'CZ',
  'Swiss Confederation': 'CH',
  georgia: 'GE',
  // Names in other languages, with and without accents.
  Deutschland: 'DE',
  ÖSTERREICH: 'AT',
  Osterreich: 'AT',
  'Vereinigte Staaten': 'US',
  'États-Unis': 'US',
  'etats unis': 'US',
  Allemagne: 'DE',
  España: 'ES',
  'Estados Unidos': 'US',
  Alemanha: 'DE',
  'Regno Unito': 'GB',
  'Stati Uniti': 'US',
  Duitsland: 'DE',
  'Verenigde Staten': 'US',
  Tyskland: 'DE',
  Sverige: 'SE',
  Danmark: 'DK',
  Norge: 'NO',
  Niemcy: 'DE',
  'Stany Zjednoczone': 'US',
  Polska: 'PL',
  日本: 'JP',
  Россия: 'RU',
  '  Germany ': 'DE',
  // Not a country.
  Atlantis: null,
  Europe: null,
  'united states of europe': null,
  Bavaria: null,
  München: null,
  '49': null,
  '-': null,
  'n/a': null,
  'N.A.': null,
}

test('the code of a country is found under any usual name, code or spelling, as in the program', async () => {
  const names = [...Object.keys(CODES), ...knownCountries().keys()]
  const { rows } = await pool.query(
    'SELECT name, country_code_of(name) AS code FROM unnest($1::text[]) WITH ORDINALITY t(name, place) ORDER BY place',
    [names],
  )
  for (const [place, { name, code }] of rows.entries()) {
    assert.equal(name, names[place])
    assert.equal(code, regionOf(name), name)
    if (name in CODES) assert.equal(code, CODES[name], name)
  }
})

test('rows have the code of their country, which follows it', async () => {
  const row = async (sql: string) => (await pool.query(sql)).rows[0].country_code
  const uuid = `'11111111-1111-4111-8111-111111111111'`
  for (const table of ['companies', 'contacts']) {
    assert.equal(
      await row(`INSERT INTO ${table} (uuid, country) VALUES (${uuid}, 'Norge') RETURNING country_code`),
      'NO',
    )
    assert.equal(await row(`UPDATE ${table} SET country = 'atlantis' RETURNING country_code`), null)
    assert.equal(await row(`UPDATE ${table} SET country = NULL RETURNING country_code`), null)
    assert.equal(await row(`UPDATE ${table} SET country = 'uk' RETURNING country_code`), 'GB')
  }
})

test('of several processes that start at once on an empty database, one migrates and the others wait', async () => {
  const { pool, url } = await createTestDatabase()
  await pool.query('ALTER TABLE migrations RENAME TO migrations_later')
  const other = await pool.connect()
  await other.query('BEGIN; SELECT pg_advisory_xact_lock(4852711)')
  // On one connection, which has found that there is no such table before it waits.
  const waiting = openPool(url, { max: 1 })
  const migrated = migrate(waiting)
  await waitUntil('it waits', async () => {
    const { rowCount } = await pool.query(
      `SELECT FROM pg_locks JOIN pg_database AS here ON here.oid = database AND datname = current_database()
       WHERE locktype = 'advisory' AND objid = 4852711 AND NOT granted`,
    )
    return rowCount === 1
  })
  await other.query('ALTER TABLE migrations_later RENAME TO migrations; COMMIT')
  other.release()
  assert.deepEqual(await migrated, [])
  await waiting.end()
})
