import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from 'commander'
import { createKey } from '../../src/access/keys.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { rounds } from '../helpers/rounds.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { ALL, CONTACTS } from './contacts.ts'
import {
  connectra,
  launch,
  postgresOf,
  type Server,
  serve,
  temporaryDirectory,
  until,
  usedDirectory,
} from './processes.ts'
import { runCommand } from './run-command.ts'

/**
 * The server for the first four tests. The fourth stops it, and counts on the two contacts of the third. The directories of
 * later tests end with all processes that still run.
 */
const served = usedDirectory()
const server = await serve(served)

test('keys are made, listed and revoked while a server runs, which follows at once', async () => {
  const environment = { DATA_DIR: served }
  const status = async (key: string) =>
    (await fetch(`${server.url}/common/contact/filters`, { headers: { 'X-API-Key': key } })).status
  const becomes = (key: string, wanted: number) =>
    waitUntil(`the key is answered with ${wanted}`, async () => (await status(key)) === wanted)

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

test('an admin key is listed as one, and the address of the console signs in to the running server', async () => {
  const environment = { DATA_DIR: served }
  const made = await runCommand(['keys', 'create', '--name', 'operator', '--admin'], environment)
  assert.match(made.stderr, /^created admin key \d+, "operator":\n$/)
  const [header, ...lines] = (await runCommand(['keys', 'list'], environment)).stdout.trimEnd().split('\n')
  assert.match(header!, /^ID +KEY +ADMIN +SESSION +CREATED +EXPIRES +REVOKED +NAME$/)
  assert.match(lines.find(line => line.endsWith(' operator'))!, /^\d+ +ck_\S+ +yes +\d{4}-\d\d-\d\d +operator$/)
  assert.match(lines.find(line => line.endsWith(' first key'))!, / yes /)

  const { stdout, stderr } = await runCommand(['console'], environment)
  assert.doesNotMatch(stderr, /no server/)
  const [, address, code] = /^(\S+)\/#\/sign-in\?code=(si_[\w-]{43})\n$/.exec(stdout)!
  assert.equal(address, server.url)
  const signIn = () => fetch(`${address}/console/session`, { method: 'POST', body: JSON.stringify({ code }) })
  assert.equal((await signIn()).status, 200)
  assert.equal((await signIn()).status, 403)
  assert.match(
    (await runCommand(['keys', 'list'], environment)).stdout,
    / yes +yes +\S+ +\d{4}-\d\d-\d\d +Console session$/m,
  )
})

test('with a server running the same commands use its PostgreSQL, and searches show what they did', async () => {
  const environment = { DATA_DIR: served }
  const count = async () => (await server.post('/contacts/count', {})).body.count
  const counts = (wanted: number) => waitUntil(`there are ${wanted} contacts`, async () => (await count()) === wanted)
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

  const detached = await connectra(['import', '--detach', '-'], environment, CONTACTS)
  assert.equal(detached.code, 0, detached.stderr)
  const uuid = /^-: job ([-0-9a-f]{36})\n$/.exec(detached.stdout)![1]!
  assert.equal(detached.stderr, `follow it with \`connectra jobs show ${uuid}\`\n`)
  await counts(2)
  const jobs = await connectra(['jobs', 'list'], environment)
  assert.match(jobs.stdout, new RegExp(`^${uuid} +completed +insert_csv_file +2 rows +\\d+ s$`, 'm'))

  const health = await connectra(['doctor'], environment)
  assert.equal(health.code, 0, health.stdout + health.stderr)
  assert.match(health.stdout, /^ok {4}index: matches the database: 2 companies and 2 contacts$/m)

  assert.match(health.stdout, /^ok {4}snapshot: .*index, \d+\.\d MB, written .*; safe to delete at any time$/m)

  const broken = await connectra(['doctor'], {
    ...environment,
    PUBLIC_URL: 'http://127.0.0.1:1',
    S3_BUCKET: 'files',
    S3_ENDPOINT: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
  })
  assert.equal(broken.code, 1)
  assert.match(broken.stdout, /^FAIL {2}buckets: the file storage is unavailable \(ECONNREFUSED\)/m)
  for (const name of ['signed URLs', 'files'])
    assert.match(
      broken.stdout,
      new RegExp(`^warn {2}${name}: not checked, because the check of the buckets has failed$`, 'm'),
    )
  assert.match(broken.stdout, /^warn {2}public URL: .* cannot be reached/m)

  const reindexed = await connectra(['reindex'], environment)
  assert.equal(reindexed.code, 0, reindexed.stderr)
  await until(() => server.output().split('search index built').length > 2, 30_000)
  await counts(2)
})

test('reindex has a server that is stopped build its index anew at its next start, which otherwise begins with the snapshot', async () => {
  const stop = async (running: Server) => {
    assert.deepEqual((await running.post('/contacts/count', {})).body.count, 2)
    running.process.kill('SIGTERM')
    assert.equal((await running.end()).code, 0)
    return running.output()
  }
  const start = async () => await stop(await serve(served))
  assert.match(await stop(server), /building the search index from the database/)
  const again = await start()
  assert.match(again, /search index snapshot read/)
  assert.doesNotMatch(again, /building the search index/)
  const reindexed = await connectra(['reindex'], { DATA_DIR: served })
  assert.equal(reindexed.code, 0, reindexed.stderr)
  assert.match(await start(), /building the search index from the database/)
})

test('without a server the commands start PostgreSQL for their time: import, export, delete', async () => {
  const dataDir = usedDirectory()
  const environment = { DATA_DIR: dataDir }
  const file = join(dataDir, 'contacts.csv')
  writeFileSync(file, CONTACTS)

  const imported = await connectra(['import', file], environment)
  assert.equal(imported.code, 0, imported.stderr)
  assert.match(imported.stdout, /contacts\.csv: 2 rows read, 2 stored \(2 with warnings\), 0 rejected/)
  assert.equal(postgresOf(dataDir), null)

  const out = join(dataDir, 'out.csv')
  writeFileSync(out, 'old', { mode: 0o644 })
  const toExcel = ['export', '--service', 'contact', '--vql', ALL, '--excel', '--force', '--out', out]
  const exported = await connectra(toExcel, environment)
  // A slow machine shows the progress before it.
  assert.deepEqual([exported.code, exported.stderr.split('\n').at(-2)], [0, `exported 2 rows to ${out}`])
  const content = readFileSync(out, 'utf8')
  assert.equal(content[0], '\uFEFF')
  const rows = content.slice(1).trimEnd().split('\n')
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

  assert.equal(statSync(out).mode & 0o777, 0o600)

  const uuid = rows[1]!.split(',')[0]!
  const unknown = '00000000-0000-4000-8000-000000000000'
  const deleted = await connectra(['delete', '--service', 'contact', '--uuid', uuid, unknown], environment)
  assert.equal(deleted.code, 1)
  assert.equal(deleted.stdout, `deleted contact ${uuid}\n`)
  assert.equal(deleted.stderr, `contact ${unknown} does not exist\n`)

  const packed = join(dataDir, 'out.ndjson.gz')
  const form = ['--format', 'ndjson', '--gzip', '--out', packed]
  const lines = await connectra(['export', '--service', 'contact', '--vql', ALL, ...form], environment)
  assert.equal(lines.code, 0, lines.stderr)
  const { first_name, email } = JSON.parse(gunzipSync(readFileSync(packed)).toString())
  assert.deepEqual([first_name, email], ['Grace', 'grace@example.com'])
})

test('two commands and a server that start at once on a new directory share its database or wait', async () => {
  const dataDir = join(temporaryDirectory(), 'new')
  const environment = { DATA_DIR: dataDir }
  const [one, two, server] = await Promise.all([
    connectra(['import', '--init', '-'], environment, CONTACTS),
    connectra(['keys', 'create', '--init'], environment),
    serve(dataDir),
  ])
  assert.equal(one.code, 0, one.stderr)
  assert.equal(two.code, 0, two.stderr)
  const reply = await fetch(`${server.url}/contacts/count`, {
    method: 'POST',
    headers: { 'X-API-Key': two.stdout.trim(), 'Content-Type': 'application/json' },
    body: '{}',
  })
  assert.deepEqual(await reply.json(), { success: true, count: 2 })
})

test('where there is no database, a command says what to do and creates nothing', async () => {
  const parent = temporaryDirectory()
  const dataDir = join(parent, 'data')
  const refused = [
    ['export', '--service', 'contact', '--vql', ALL, '--out', join(parent, 'out.csv')],
    ['migrate'],
    ['work'],
  ]
  for (const args of refused)
    assert.deepEqual(await connectra(args, { DATA_DIR: dataDir }), {
      code: 1,
      stdout: '',
      stderr: `connectra: there is no database in ${dataDir}: run the command in the directory in which the server runs, or set DATA_DIR to its data directory. To create a new, empty database there, start the server or add --init\n`,
    })
  const checked = await connectra(['doctor', '--json'], { DATA_DIR: dataDir })
  assert.equal(checked.code, 1)
  const { ok, checks } = JSON.parse(checked.stdout)
  assert.equal(ok, false)
  assert.deepEqual(
    checks.map(({ name, status }: Record<string, string>) => `${name}: ${status}`),
    ['settings: ok', 'data directory: warn', 'database: fail'],
  )
  assert.match(checks[2].message, /^there is no database in /)
  assert.deepEqual(readdirSync(parent), [])
})

test('wrong usage exits 2, and a missing server or an existing file 1, without touching the data directory', async () => {
  const dataDir = temporaryDirectory()
  const wrong = [
    ['frobnicate'],
    ['import', join(dataDir, 'missing.csv')],
    ['import', '--mapping', '{"Mail": "emial"}', '-'],
    ['export', '--service', 'contact', '--vql', '{"select_columns": ["nonsense"]}', '--out', '-'],
    ['export', '--service', 'contact', '--vql', ALL, '--out', join(dataDir, 'missing/contacts.csv')],
    ['export', '--service', 'contact', '--vql', ALL, '--format', 'ndjson', '--excel', '--out', '-'],
  ]
  // The others are refused in the same way: by an error for which the process exits with 2.
  const asProcess = rounds(2, wrong.length)
  for (const args of wrong.slice(0, asProcess)) {
    const { code, stderr } = await connectra(args, { DATA_DIR: dataDir })
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
    assert.doesNotMatch(stderr, / {4}at |ENOENT/)
  }
  for (const args of wrong.slice(asProcess))
    await assert.rejects(runCommand(args, { DATA_DIR: dataDir }), error => {
      assert.ok(error instanceof InvalidArgumentError, `${args.join(' ')}: ${error}`)
      assert.doesNotMatch(error.message, /ENOENT/)
      return true
    })
  const detached = await connectra(['import', '--detach', '-'], { DATA_DIR: dataDir }, CONTACTS)
  assert.equal(detached.code, 1)
  assert.match(detached.stderr, /^connectra: no server is running, /)
  const out = join(dataDir, 'out.csv')
  writeFileSync(out, 'old')
  const refused = await connectra(['export', '--service', 'contact', '--vql', ALL, '--out', out], { DATA_DIR: dataDir })
  assert.equal(refused.code, 1)
  assert.equal(refused.stderr, `connectra: ${out} already exists: choose another name, or overwrite it with --force\n`)
  assert.equal(readFileSync(out, 'utf8'), 'old')
  assert.equal(existsSync(join(dataDir, 'postgres')), false)
})

test('a command whose output cannot be written fails', { skip: !existsSync('/dev/full') }, async () => {
  const { url } = await createTestDatabase()
  const full = openSync('/dev/full', 'w')
  const { child, output } = launch(['keys', 'list'], { DATABASE_URL: url, DATA_DIR: temporaryDirectory() }, full)
  await once(child, 'close')
  closeSync(full)
  assert.deepEqual([output.code, output.stderr], [1, 'connectra: cannot write output: no space left on device\n'])
})

test('no address of the console is printed if no server answers there, or if something else does', async () => {
  const other = createServer((_request, reply) => reply.end('<h1>Another program</h1>'))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { url, pool } = await createTestDatabase()
  const environment = { DATABASE_URL: url, DATA_DIR: temporaryDirectory(), PORT: String(port) }
  for (const settings of [environment, { ...environment, PUBLIC_URL: `http://127.0.0.1:${port}/connectra` }]) {
    const message = /no server answers at http:.*: start it with `connectra serve` first/
    await assert.rejects(runCommand(['console'], settings), { code: 'ERR_UNAVAILABLE', message })
  }
  assert.equal((await pool.query('SELECT FROM sign_in_codes')).rowCount, 0)
  other.close()
})

test('the command line revokes any key, and says what is still valid and what is missing', async () => {
  const { url, pool } = await createTestDatabase()
  const environment = { DATABASE_URL: url, DATA_DIR: temporaryDirectory() }
  const { key, id } = await createKey(pool, 'operator', { admin: true })
  const [web, last] = [await createKey(pool, 'web'), await createKey(pool, 'last', { admin: true })]
  const inSettings = await runCommand(['keys', 'revoke', String(id)], { ...environment, API_KEYS: key })
  assert.equal(inSettings.stdout, `revoked key ${id}, "operator"\n`)
  assert.match(inSettings.stderr, /it is also in API_KEYS, so it stays valid: remove it there/)
  assert.equal((await runCommand(['keys', 'revoke', String(web.id)], environment)).stderr, '')
  assert.match(
    (await runCommand(['keys', 'revoke', String(last.id)], environment)).stderr,
    /no admin key is left: create one with `connectra keys create --admin`/,
  )
})
