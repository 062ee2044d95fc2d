import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { connectra, launch, postgresOf, serve, temporaryDirectory, until } from './processes.ts'

const CONTACTS = `First Name,Last Name,Email,Company,Person Linkedin Url,Country
Ada,Lovelace,ada@example.com,Analytical Engines,https://linkedin.com/in/ada,United Kingdom
Grace,Hopper,grace@example.com,Eckert-Mauchly,https://linkedin.com/in/grace,United States
`
const ALL = JSON.stringify({ select_columns: ['uuid', 'first_name', 'email'], order_by: [{ order_by: 'email' }] })

test('keys are made, listed and revoked while a server runs, which follows at once', async () => {
  const dataDir = temporaryDirectory()
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
      ['ada', 'ada@example.com'],
      ['grace', 'grace@example.com'],
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
  assert.match(rest.stdout, /^uuid,first_name,email\n[^,]+,grace,grace@example\.com\n$/)
  const packed = join(dataDir, 'out.ndjson.gz')
  const form = ['--format', 'ndjson', '--gzip', '--out', packed]
  const lines = await connectra(['export', '--service', 'contact', '--vql', ALL, ...form], environment)
  assert.equal(lines.code, 0, lines.stderr)
  const { first_name, email } = JSON.parse(gunzipSync(readFileSync(packed)).toString())
  assert.deepEqual([first_name, email], ['grace', 'grace@example.com'])
})

test('whoever reads the output may stop: an import is whole all the same, an export ends without a word', async () => {
  const dataDir = temporaryDirectory()
  const environment = { DATA_DIR: dataDir }
  const file = join(dataDir, 'contacts.csv')
  writeFileSync(file, CONTACTS)
  const unread = async (args: readonly string[]) => {
    const { child, output } = launch(args, environment)
    child.stdout!.destroy()
    await until(() => output.code !== null, 60_000)
    return output
  }
  assert.deepEqual(await unread(['import', file, file]), { code: 0, stdout: '', stderr: '' })
  const stopped = await unread(['export', '--service', 'contact', '--vql', ALL, '--out', '-'])
  assert.deepEqual(stopped, { code: 1, stdout: '', stderr: '' })
  assert.deepEqual(readdirSync(join(dataDir, 'files/exports')), [])
  const rest = await connectra(['export', '--service', 'contact', '--vql', ALL, '--out', '-'], environment)
  assert.equal(rest.stdout.trim().split('\n').length, 3)
})

test('with a server running the same commands use its PostgreSQL, and searches show what they did', async () => {
  const dataDir = temporaryDirectory()
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
  await until(() => server.output().split('the search index is built').length > 2, 30_000)
  await counts(0)
})

test('reindex has a server that is stopped build its index anew at its next start, which otherwise begins with the snapshot', async () => {
  const dataDir = temporaryDirectory()
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
  assert.match(await start(), /the search index is built/)
  const again = await start()
  assert.match(again, /the snapshot of the search index is read/)
  assert.doesNotMatch(again, /building the search index/)
  const reindexed = await connectra(['reindex'], environment)
  assert.equal(reindexed.code, 0, reindexed.stderr)
  assert.match(await start(), /the search index is built/)
})

test('a row that cannot be taken is counted, and the rejects are named', async () => {
  const dataDir = temporaryDirectory()
  const { code, stdout, stderr } = await connectra(
    ['import', '-'],
    { DATA_DIR: dataDir },
    `first_name,last_name,email\nAda,Lovelace,ada@example.com\n${'x'.repeat(3000)},Long,long@example.com\n`,
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /2 rows read, 1 stored, 1 rejected/)
  const rejects = /rejected rows: (.*)$/m.exec(stdout)![1]!
  assert.match(readFileSync(rejects, 'utf8'), /ERR_VALUE_TOO_LONG/)
})

test('a dry run shows what each column and row would become, counts as the import then does, and stores nothing', async () => {
  const environment = { DATA_DIR: temporaryDirectory() }
  const rows = `First Name,Last Name,E-Mail,Shoe Size,# Employees,Company
Ada,Lovelace,ada@example.com,38,many,Analytical Engines
,,,,5,
,,,,,
`
  const dry = await connectra(
    ['import', '--dry-run', '--mapping', '{"E-Mail": "email", "Fax": null}', '-'],
    environment,
    rows,
  )
  assert.equal(dry.code, 0, dry.stderr)
  const shown = [
    /^-: utf-8, commas, header on line 1$/m,
    /^ {2}contacts and their companies$/m,
    /^ {2}column +read as +why$/m,
    /^ {2}E-Mail +email +said by `mapping`$/m,
    /^ {2}Shoe Size +- +no known column$/m,
    /^ {2}the mapping names the column "Fax", which is not in the file$/m,
    /^ {2}line 2: contact [-0-9a-f]{36} would be created\n {4}first_name: ada \| last_name: lovelace \| email: ada@example\.com$/m,
    /^ {2}line 2: company [-0-9a-f]{36} would be created\n {4}name: Analytical Engines \| normalized_domain: example\.com$/m,
    /^ {4}warning: # Employees: .*"many" is no single number/m,
    /^ {2}line 3: rejected: ERR_MISSING_IDENTITY: /m,
    /^ {2}line 4: empty$/m,
    /^ {2}3 rows read, 1 would be stored \(1 with warnings\), 1 rejected$/m,
    /^ {2}companies: 1 would be created, 0 would be updated, 0 unchanged$/m,
    /^ {2}rejected: 1 ERR_MISSING_IDENTITY, first on line 3: /m,
    /^ {2}Dry run: nothing was stored\. Run it again without --dry-run to import\.$/m,
  ]
  for (const line of shown) assert.match(dry.stdout, line)
  assert.deepEqual(readdirSync(join(environment.DATA_DIR, 'files/uploads')), [])

  const again = await connectra(['import', '--dry-run', '--json', '-'], environment, rows)
  assert.deepEqual(JSON.parse(again.stdout).counts.contacts, { created: 1, updated: 0, unchanged: 0 })
  const bad = await connectra(['import', '--dry-run', '-'], environment, 'colour,shape\nred,round\n')
  assert.equal(bad.code, 1)
  assert.match(bad.stderr, /^-: ERR_INVALID_CSV: no column is known/m)

  const done = await connectra(['import', '-'], environment, rows)
  assert.equal(done.code, 0, done.stderr)
  for (const line of [
    /^-: 3 rows read, 1 stored \(1 with warnings\), 1 rejected$/m,
    /^ {2}companies: 1 created, 0 updated, 0 unchanged$/m,
    /^ {2}contacts: 1 created, 0 updated, 0 unchanged$/m,
    /^ {2}warning: 1 ERR_INVALID_VALUE, first on line 2: /m,
    /^ {2}empty: 1 row$/m,
    /^ {2}ignored columns: Shoe Size$/m,
    /^ {2}took \d+\.\d s, \d+ rows\/s$/m,
  ])
    assert.match(done.stdout, line)
  const warnings = /^ {2}warnings: (.*)$/m.exec(done.stdout)![1]!
  assert.match(readFileSync(warnings, 'utf8'), /^2,# Employees,employees,ERR_INVALID_VALUE,many,/m)
})

test('an import that fails exits 1 and says why', async () => {
  const dataDir = temporaryDirectory()
  const { code, stderr } = await connectra(['import', '-'], { DATA_DIR: dataDir }, 'colour,shape\nred,round\n')
  assert.equal(code, 1)
  assert.match(stderr, /ERR_INVALID_CSV: /)
  assert.equal(postgresOf(dataDir), null)
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

test('an interrupted import waits in the queue, and a server takes it up from its checkpoint', async () => {
  const dataDir = temporaryDirectory()
  const rows = Array.from({ length: 40_000 }, (_, index) => `First${index},Last${index},person${index}@example.com\n`)
  const file = join(dataDir, 'many.csv')
  writeFileSync(file, `first_name,last_name,email\n${rows.join('')}`)
  const { child, output } = launch(['import', file], { DATA_DIR: dataDir })
  await until(
    () => existsSync(join(dataDir, 'files/uploads')) && readdirSync(join(dataDir, 'files/uploads')).length > 0,
    30_000,
  )
  child.kill('SIGINT')
  await until(() => output.code !== null, 30_000)
  assert.equal(output.code, 1)
  assert.equal(postgresOf(dataDir), null)
  const server = await serve(dataDir)
  for (const end = Date.now() + 60_000; ; ) {
    const { body } = await server.post('/contacts/count', {})
    if (body.count === rows.length) break
    assert.ok(Date.now() < end, `${body.count} contacts; ${output.stderr}`)
  }
})

test('an interrupted export is cancelled, also while its index is being built', async () => {
  const { pool, url } = await createTestDatabase()
  const out = join(temporaryDirectory(), 'out.csv')
  const holder = await pool.connect()
  await holder.query('BEGIN; LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE')
  const args = ['export', '--service', 'contact', '--vql', ALL, '--out', out]
  const { child, output } = launch(args, { DATABASE_URL: url, DATA_DIR: temporaryDirectory() })
  await waitUntil('the index waits for the table', async () => {
    const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'contacts'::regclass`
    return (await holder.query(waiting)).rowCount! > 0
  })
  child.kill('SIGINT')
  await until(() => output.code !== null, 8_000)
  await holder.query('ROLLBACK')
  holder.release()
  assert.deepEqual([output.code, output.stderr], [1, 'connectra: interrupted\n'])
  const { rows } = await pool.query(`SELECT status, job_response ->> 'messages' AS messages FROM jobs`)
  assert.deepEqual(rows, [{ status: 'failed', messages: 'Cancelled' }])
  assert.equal(existsSync(out), false)
})
