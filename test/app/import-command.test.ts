import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { tookLine } from '../../src/commands/import-lines.ts'
import { findEmbeddedServer } from '../../src/database/embedded-server.ts'
import type { ImportReport } from '../../src/jobs/import/report.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { ALL, CONTACTS } from './contacts.ts'
import { connectra, launch, postgresOf, serve, temporaryDirectory, until, usedDirectory } from './processes.ts'
import { runCommand } from './run-command.ts'

test('a row that cannot be taken is counted, the rejects are named, and a hostile header is shown escaped', async () => {
  const dataDir = usedDirectory()
  const { code, stdout, stderr } = await connectra(
    ['import', '-'],
    { DATA_DIR: dataDir },
    `first_name,last_name,email,\x1b]0;owned\x07\u202E\nAda,Lovelace,ada@example.com\n${'x'.repeat(3000)},Long,long@example.com\n`,
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^ {2}ignored columns: \\u001b\]0;owned\\u0007\\u202e$/m)
  assert.match(stdout, /2 rows read, 1 stored, 1 rejected/)
  const rejects = /rejected rows: (.*)$/m.exec(stdout)![1]!
  assert.match(readFileSync(rejects, 'utf8'), /ERR_VALUE_TOO_LONG/)
})

test('a dry run shows what each column and row would become, counts as the import then does, and stores nothing', async () => {
  const { url } = await createTestDatabase()
  const environment = { DATABASE_URL: url, DATA_DIR: temporaryDirectory() }
  const file = join(environment.DATA_DIR, 'rows.csv')
  const importing = async (content: string, ...options: string[]) => {
    writeFileSync(file, content)
    const outcome = await runCommand(['import', ...options, file], environment)
    return { ...outcome, stdout: outcome.stdout.replaceAll(file, '-'), stderr: outcome.stderr.replaceAll(file, '-') }
  }
  const rows = `First Name,Last Name,E-Mail,Shoe Size,# Employees,Company
Ada,Lovelace,ada@example.com,38,many,Analytical Engines
,,,,5,
,,,,,
`
  const dry = await importing(rows, '--dry-run', '--mapping', '{"E-Mail": "email", "Fax": null}')
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

  const again = await importing(rows, '--dry-run', '--json')
  assert.deepEqual(JSON.parse(again.stdout).counts.contacts, { created: 1, updated: 0, unchanged: 0 })
  const bad = await importing('colour,shape\nred,round\n', '--dry-run')
  assert.equal(bad.code, 1)
  assert.match(bad.stderr, /^-: ERR_INVALID_CSV: no column is recognised/m)

  const done = await importing(rows)
  assert.equal(done.code, 0, done.stderr)
  for (const line of [
    /^-: 3 rows read, 1 stored \(1 with warnings\), 1 rejected$/m,
    /^ {2}companies: 1 created, 0 updated, 0 unchanged$/m,
    /^ {2}contacts: 1 created, 0 updated, 0 unchanged$/m,
    /^ {2}warning: 1 ERR_INVALID_VALUE, first on line 2: /m,
    /^ {2}empty: 1 row$/m,
    /^ {2}ignored columns: Shoe Size$/m,
    /^ {2}took (less than 0\.1 s|\d+\.\d s, \d+ rows?\/s)$/m,
  ])
    assert.match(done.stdout, line)
  const warnings = /^ {2}warnings: (.*)$/m.exec(done.stdout)![1]!
  assert.match(readFileSync(warnings, 'utf8'), /^2,# Employees,employees,ERR_INVALID_VALUE,many,/m)
})

test('an import that stores no row exits 1 and says why; headers of the mapping that the file lacks are reported', async () => {
  const { url } = await createTestDatabase()
  const dataDir = temporaryDirectory()
  const file = join(dataDir, 'contacts.csv')
  const importing = async (content: string, ...options: string[]) => {
    writeFileSync(file, content)
    return await runCommand(['import', ...options, file], { DATABASE_URL: url, DATA_DIR: dataDir })
  }
  const header = 'first_name,email,city\n'
  const cases = [
    [header, 'the file has a header but no rows', '0 rows read, 0 stored, 0 rejected'],
    [`${header},,Bonn\n`, 'every row was rejected', '1 row read, 0 stored, 1 rejected'],
    [`${header},,\n`, 'every row is empty', '1 row read, 0 stored, 0 rejected'],
    [`${header},,\n,,Bonn\n`, 'every row is empty or was rejected', '2 rows read, 0 stored, 1 rejected'],
  ] as const
  for (const [content, why, counts] of cases) {
    const { code, stdout, stderr } = await importing(content)
    assert.deepEqual([code, stderr], [1, `${file}: nothing was imported: ${why}\n`])
    assert.ok(stdout.startsWith(`${file}: ${counts}\n`), stdout)
  }
  const dry = await importing(header, '--dry-run')
  assert.deepEqual(
    [dry.code, dry.stderr],
    [1, `${file}: nothing would be imported: the file has a header but no rows\n`],
  )

  const row = `${header}Ada,ada@example.com,\n`
  const stored = await importing(row, '--mapping', '{"E-Mail": "email", "Fax": null}')
  assert.equal(stored.code, 0, stored.stderr)
  assert.match(stored.stdout, /^ {2}the mapping names the column "Fax", which is not in the file$/m)
  assert.doesNotMatch(stored.stdout, /"E-Mail"/)

  writeFileSync(file, Buffer.concat([Buffer.from(header), Buffer.from([0xd5, 0xc5, 0x2c, 0x2c, 0xb1, 0xb1, 0x0a])]))
  const unclear = await runCommand(['import', file], { DATABASE_URL: url, DATA_DIR: dataDir })
  assert.match(unclear.stderr, /ERR_INVALID_CSV: the encoding of the file is not clear \(perhaps gbk/)
  const chinese = await runCommand(['import', '--encoding', 'gbk', '--dry-run', '--json', file], {
    DATABASE_URL: url,
    DATA_DIR: dataDir,
  })
  assert.equal(JSON.parse(chinese.stdout).rows[0].contact.values.first_name, '张')
  await assert.rejects(importing(row, '--encoding', 'utf-7'), {
    message: /^--encoding: encoding "utf-7" is not known: /,
  })

  const uuid = 'a1b2c3d4-e5f6-7890-abcd-ef1234567890'
  const { stdout } = await importing(`uuid,first_name,email,Phone\n${uuid},Ada,ada@example.com,+4930123456\n`)
  assert.match(stdout, /^ {2}"uuid" was not read, because other columns do not have the names of fields: "Phone"$/m)
  await assert.rejects(importing(row, '-', '-'), { message: '- is standard input, which can be read only once' })
})

test('a short import has no rate', () => {
  const report = (seconds: number, rate: number) => ({ seconds, rows_per_second: rate }) as ImportReport
  assert.equal(tookLine(report(0.04, 25)), 'took less than 0.1 s')
  assert.equal(tookLine(report(1.24, 1)), 'took 1.2 s, 1 row/s')
  assert.equal(tookLine(report(61, 1297)), 'took 1:01, 1,297 rows/s')
})

test('an import that fails exits 1 and says why', async () => {
  const dataDir = usedDirectory()
  const { code, stderr } = await connectra(['import', '-'], { DATA_DIR: dataDir }, 'colour,shape\nred,round\n')
  assert.equal(code, 1)
  assert.match(stderr, /ERR_INVALID_CSV: /)
  assert.equal(postgresOf(dataDir), null)
})

test('whoever reads the output may stop: an import is whole all the same, an export ends without a word', async () => {
  const { pool, url } = await createTestDatabase()
  const dataDir = temporaryDirectory()
  const environment = { DATABASE_URL: url, DATA_DIR: dataDir }
  const file = join(dataDir, 'contacts.csv')
  writeFileSync(file, CONTACTS)
  const unread = async (args: readonly string[]) => {
    const { child, output } = launch(args, environment)
    child.stdout!.destroy()
    await until(() => output.code !== null, 60_000)
    return output
  }
  const whole = await unread(['import', file, file])
  assert.deepEqual([whole.code, whole.stdout], [0, ''])
  assert.doesNotMatch(whole.stderr, /connectra:/)
  const stopped = await unread(['export', '--service', 'contact', '--vql', ALL, '--out', '-'])
  // A slow one shows its progress, but no error.
  assert.deepEqual([stopped.code, stopped.stdout], [1, ''])
  assert.doesNotMatch(stopped.stderr, /connectra:/)
  assert.deepEqual(readdirSync(join(dataDir, 'files/exports')), [])
  assert.deepEqual((await pool.query('SELECT count(*)::int AS stored FROM contacts')).rows, [{ stored: 2 }])
})

const MANY = 12_000
const manyContacts = () =>
  `first_name,last_name,email\n${Array.from({ length: MANY }, (_, index) => `First${index},Last${index},person${index}@example.com\n`).join('')}`

test('Ctrl-C cancels an import and says what it stored; pressed again, it exits at once', async () => {
  const { pool, url } = await createTestDatabase()
  const dataDir = temporaryDirectory()
  const environment = { DATABASE_URL: url, DATA_DIR: dataDir }
  const file = join(dataDir, 'many.csv')
  writeFileSync(file, manyContacts())
  // The first batch is stored, and the next one waits for the lock.
  await pool.query(`
    CREATE FUNCTION wait_after_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF EXISTS (SELECT FROM contacts) THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER waits BEFORE INSERT ON contacts FOR EACH STATEMENT EXECUTE FUNCTION wait_after_first()`)
  const holder = await pool.connect()
  const blocked = async () => {
    const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 1`
    return (await holder.query(waiting)).rowCount === 1
  }
  const statuses = async () =>
    (await holder.query<{ status: string }>('SELECT status FROM jobs ORDER BY id')).rows.map(({ status }) => status)
  await holder.query('SELECT pg_advisory_lock(1)')

  const first = launch(['import', file, file], environment)
  await waitUntil('the second batch waits', blocked)
  first.child.kill('SIGINT')
  await waitUntil('the job is cancelled', async () => (await statuses())[0] === 'failed')
  await holder.query('SELECT pg_advisory_unlock(1)')
  await until(() => first.output.code !== null, 30_000)
  assert.equal(first.output.code, 1)
  assert.equal(first.output.stdout, '')
  // A slow machine shows the progress before it.
  assert.equal(
    first.output.stderr.slice(first.output.stderr.indexOf(`${file}: cancelled`)),
    `${file}: cancelled after 10,000 rows read, 10,000 stored, 0 rejected
  ERR_CANCELLED: the job was cancelled; everything it had already stored is kept
not imported: ${file}
`,
  )
  const { rows } = await holder.query('SELECT count(*)::int AS stored FROM contacts')
  assert.deepEqual(rows, [{ stored: 10_000 }])
  assert.deepEqual(readdirSync(join(dataDir, 'files/uploads')), [])

  await holder.query('SELECT pg_advisory_lock(1)')
  const second = launch(['import', file], environment)
  await waitUntil('the first batch waits', blocked)
  const pressing = setInterval(() => second.child.kill('SIGINT'), 100)
  // Its worker would wait eight seconds for the batch.
  await until(() => second.output.code !== null, 7_000).finally(() => clearInterval(pressing))
  assert.equal(second.output.code, 1)
  assert.match(second.output.stderr, /^connectra: exited before everything was closed\n$/m)
  assert.deepEqual(await statuses(), ['failed', 'failed'])
  holder.release(true)
})

test('an import whose command was killed waits in the queue, and a server continues it from its checkpoint', async () => {
  const dataDir = usedDirectory()
  const file = join(dataDir, 'many.csv')
  writeFileSync(file, manyContacts())
  const { child, output } = launch(['import', file], { DATA_DIR: dataDir })
  await waitUntil('the job is running', async () => {
    const running = await findEmbeddedServer(dataDir).catch(() => null)
    if (running === null) return false
    const client = new pg.Client({ connectionString: running.url('connectra') })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query(`SELECT FROM jobs WHERE status = 'processing'`)).rowCount === 1
    } catch {
      return false
    } finally {
      await client.end()
    }
  })
  child.kill('SIGKILL')
  await until(() => child.signalCode !== null, 30_000)
  const server = await serve(dataDir)
  await waitUntil(`all contacts are stored ${output.stderr}`, async () => {
    const { body } = await server.post('/contacts/count', {})
    return body.count === MANY
  })
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
