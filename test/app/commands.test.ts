import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ALL, CONTACTS } from './contacts.ts'
import { connectra, postgresOf, serve, temporaryDirectory, until, usedDirectory } from './processes.ts'

test('keys are made, listed and revoked while a server runs, which follows at once', async () => {
  const dataDir = usedDirectory()
  const server = await serve(dataDir)
  const environment = { DATA_DIR: dataDir }
  const status = async (key: string) =>
    (await fetch(`${server.url}/common/contact/filters`, { headers: { 'X-API-Key': key } })).status
  const becomes = async (key: string, wanted: number) => {
    let last = 0
    const check = async () => {
      last = await status(key)
    }
    await check()
    for (const end = Date.now() + 30_000; last !== wanted && Date.now() < end; ) await check()
    assert.equal(last, wanted)
  }

  const made = await connectra(['keys', 'create', '--name', 'front end'], environment)
  assert.equal(made.code, 0, made.stderr)
  const key = made.stdout.trim()
  assert.match(key, /^\S{30,}$/)
  await becomes(key, 200)

  const listed = await connectra(['keys', 'list'], environment)
  assert.ok(!listed.stdout.includes(key))
  const id = /^(\d+) .* front end$/m.exec(listed.stdout)![1]!

  assert.equal((await connectra(['keys', 'revoke', id], environment)).code, 0)
  await becomes(key, 401)
  const again = await connectra(['keys', 'revoke', id], environment)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^connectra: key \d+ does not exist or is already revoked[^\n]*\n$/)
})

test('without a server the commands start PostgreSQL for their time: import, export, delete', async () => {
  const dataDir = temporaryDirectory()
  const environment = { DATA_DIR: dataDir }
  const file = join(dataDir, 'contacts.csv')
  writeFileSync(file, CONTACTS)

  const imported = await connectra(['import', file], environment)
  assert.equal(imported.code, 0, imported.stderr)
  assert.match(imported.stdout, /contacts\.csv: 2 rows read, 2 stored, 0 rejected/)
  assert.equal(postgresOf(dataDir), null)

  const out = join(dataDir, 'out.csv')
  const exported = await connectra(['export', '--service', 'contact', '--vql', ALL, '--out', out], environment)
  assert.equal(exported.code, 0, exported.stderr)
  const rows = readFileSync(out, 'utf8').trim().split('\n')
  assert.deepEqual(
    rows.map(row => row.split(',').slice(1)),
    [
      ['first_name', 'email'],
      ['Ada', 'ada@example.com'],
      ['Grace', 'grace@example.com'],
    ],
  )
  assert.deepEqual(readdirSync(join(dataDir, 'files/exports')), [], 'the copy in the store is gone')
  assert.deepEqual(readdirSync(join(dataDir, 'files/uploads')), [])

  const uuid = rows[1]!.split(',')[0]!
  const unknown = '00000000-0000-4000-8000-000000000000'
  const deleted = await connectra(['delete', '--service', 'contact', '--uuid', uuid, unknown], environment)
  assert.equal(deleted.code, 1)
  assert.equal(deleted.stdout, `deleted contact ${uuid}\n`)
  assert.equal(deleted.stderr, `contact ${unknown} does not exist\n`)

  const rest = await connectra(['export', '--service', 'contact', '--vql', ALL, '--out', '-'], environment)
  assert.equal(rest.code, 0, rest.stderr)
  assert.match(rest.stdout, /^uuid,first_name,email\n[^,]+,Grace,grace@example\.com\n$/)
  const packed = join(dataDir, 'out.ndjson.gz')
  const form = ['--format', 'ndjson', '--gzip', '--out', packed]
  const lines = await connectra(['export', '--service', 'contact', '--vql', ALL, ...form], environment)
  assert.equal(lines.code, 0, lines.stderr)
  const { first_name, email } = JSON.parse(gunzipSync(readFileSync(packed)).toString())
  assert.deepEqual([first_name, email], ['Grace', 'grace@example.com'])
})

test('with a server running the same commands use its PostgreSQL, and searches show what they did', async () => {
  const dataDir = usedDirectory()
  const server = await serve(dataDir)
  const environment = { DATA_DIR: dataDir }
  const count = async () => (await server.post('/contacts/count', {})).body.count
  const counts = async (wanted: number) => {
    for (const end = Date.now() + 30_000; (await count()) !== wanted; )
      assert.ok(Date.now() < end, `never ${wanted} contacts`)
  }
  const imported = await connectra(['import', '-'], environment, CONTACTS)
  assert.equal(imported.code, 0, imported.stderr)
  assert.match(imported.stdout, /2 rows read, 2 stored/)
  await counts(2)
  const exported = await connectra(['export', '--service', 'contact', '--vql', ALL, '--out', '-'], environment)
  assert.equal(exported.code, 0, exported.stderr)
  const uuids = exported.stdout
    .trim()
    .split('\n')
    .slice(1)
    .map(row => row.split(',')[0]!)
  assert.equal(uuids.length, 2)
  const deleted = await connectra(['delete', '--service', 'contact', '--uuid', ...uuids], environment)
  assert.equal(deleted.code, 0, deleted.stderr)
  await counts(0)

  const { port } = new URL(server.url)
  const health = await connectra(['doctor'], { ...environment, PORT: port })
  assert.equal(health.code, 0, health.stdout + health.stderr)
  assert.match(health.stdout, /^ok {4}index: matches the database: 2 companies and 0 contacts$/m)

  assert.match(health.stdout, /^ok {4}snapshot: .*index, \d+\.\d MB, written .*; safe to delete at any time$/m)

  const reindexed = await connectra(['reindex'], environment)
  assert.equal(reindexed.code, 0, reindexed.stderr)
  await until(() => server.output().split('search index built').length > 2, 30_000)
  await counts(0)
})

test('reindex has a server that is stopped build its index anew at its next start, which otherwise begins with the snapshot', async () => {
  const dataDir = usedDirectory()
  const environment = { DATA_DIR: dataDir }
  const imported = await connectra(['import', '-'], environment, CONTACTS)
  assert.equal(imported.code, 0, imported.stderr)
  const start = async () => {
    const server = await serve(dataDir)
    assert.deepEqual((await server.post('/contacts/count', {})).body.count, 2)
    server.process.kill('SIGTERM')
    assert.equal((await server.end()).code, 0)
    return server.output()
  }
  assert.match(await start(), /search index built/)
  const again = await start()
  assert.match(again, /search index snapshot read/)
  assert.doesNotMatch(again, /building the search index/)
  const reindexed = await connectra(['reindex'], environment)
  assert.equal(reindexed.code, 0, reindexed.stderr)
  assert.match(await start(), /search index built/)
})

test('wrong usage exits 2 without touching the data directory', async () => {
  const dataDir = temporaryDirectory()
  const wrong = [
    ['frobnicate'],
    ['import', join(dataDir, 'missing.csv')],
    ['import', '--mapping', '{"Mail": "emial"}', '-'],
    ['export', '--service', 'contact', '--vql', '{"select_columns": ["nonsense"]}', '--out', '-'],
    ['export', '--service', 'contact', '--vql', ALL, '--out', join(dataDir, 'missing/contacts.csv')],
  ]
  for (const args of wrong) {
    const { code, stderr } = await connectra(args, { DATA_DIR: dataDir })
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
    assert.ok(!stderr.includes('    at '), stderr)
  }
  assert.equal(existsSync(join(dataDir, 'postgres')), false)
})
