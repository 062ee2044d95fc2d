import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { ALL, CONTACTS } from './contacts.ts'
import { connectra, launch, postgresOf, serve, temporaryDirectory, until, usedDirectory } from './processes.ts'

test('a row that cannot be taken is counted, and the rejects are named', async () => {
  const dataDir = usedDirectory()
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
  const environment = { DATA_DIR: usedDirectory() }
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
    /^ {2}E-Mail +email +set by `mapping`$/m,
    /^ {2}Shoe Size +- +not a known header$/m,
    /^ {2}the mapping names the column "Fax", which is not in the file$/m,
    /^ {2}line 2: contact [-0-9a-f]{36} would be created\n {4}first_name: Ada \| last_name: Lovelace \| email: ada@example\.com$/m,
    /^ {2}line 2: company [-0-9a-f]{36} would be created\n {4}name: Analytical Engines \| normalized_domain: example\.com$/m,
    /^ {4}warning: # Employees: .*"many" is not a single number/m,
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
  assert.match(bad.stderr, /^-: ERR_INVALID_CSV: no column is recognised/m)

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
  const dataDir = usedDirectory()
  const { code, stderr } = await connectra(['import', '-'], { DATA_DIR: dataDir }, 'colour,shape\nred,round\n')
  assert.equal(code, 1)
  assert.match(stderr, /ERR_INVALID_CSV: /)
  assert.equal(postgresOf(dataDir), null)
})

test('whoever reads the output may stop: an import is whole all the same, an export ends without a word', async () => {
  const dataDir = usedDirectory()
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

test('an interrupted import waits in the queue, and a server takes it up from its checkpoint', async () => {
  const dataDir = usedDirectory()
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
