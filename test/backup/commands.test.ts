import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { InvalidArgumentError } from 'commander'
import { connectra, launch, type Server, serve, temporaryDirectory, usedDirectory } from '../app/processes.ts'
import { runCommand } from '../app/run-command.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { fillDatabase, readTruth } from './full-database.ts'

const companies = Array.from({ length: 200 }, (_, place) => ({ name: `Company ${place}`, city: 'vienna' }))

async function count(server: Server): Promise<unknown> {
  return (await server.post('/companies/count', {})).body.count
}

test('a server moves to another directory: its records, keys and signed URLs go on there', async () => {
  const [home, elsewhere] = [usedDirectory(), temporaryDirectory()]
  const file = join(home, 'connectra.backup')
  const old = await serve(home)
  assert.equal((await old.post('/companies/batch-upsert', companies)).status, 200)
  const made = await connectra(['backup', file], { DATA_DIR: home })
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stderr, /^wrote 200 companies, 0 contacts, 0 jobs, 1 API key to \S+, \d+ kB, \d+\.\d s\n$/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const reply = await fetch(`${old.url}/common/upload-url?filename=a.csv`, { headers: { 'X-API-Key': old.key } })
  const { upload_url: upload } = (await reply.json()) as { upload_url: string }
  old.process.kill('SIGTERM')
  await old.end()

  const checked = await connectra(['restore', '--check', file], {})
  assert.equal(checked.code, 0, checked.stderr)
  assert.match(checked.stdout, /is complete and undamaged: 200 companies/)
  const restored = await connectra(['restore', '--init', file], { DATA_DIR: elsewhere })
  assert.equal(restored.code, 0, restored.stderr)
  assert.match(restored.stdout, /^restored 200 companies, 0 contacts, 0 jobs, 1 API key, \d+\.\d s\n$/)
  const again = await connectra(['restore', file], { DATA_DIR: elsewhere })
  assert.equal(again.code, 1)
  assert.match(again.stderr, /^connectra: the database is not empty, there are rows in companies: [^\n]*\n$/)

  const server = await serve(elsewhere)
  assert.equal(await count(server), 200)
  const withOldKey = await fetch(`${server.url}/common/contact/filters`, { headers: { 'X-API-Key': old.key } })
  assert.equal(withOldKey.status, 200)
  const { pathname, search } = new URL(upload)
  const put = await fetch(`${server.url}${pathname}${search}`, { method: 'PUT', body: 'a,b\n' })
  assert.equal(put.status, 200)
})

test('a running server whose database is restored finds the records by itself', async () => {
  const [home, elsewhere] = [temporaryDirectory(), usedDirectory()]
  const file = join(home, 'connectra.backup')
  const { pool, url } = await createTestDatabase()
  await fillDatabase(pool)
  const made = await runCommand(['backup', file], { DATABASE_URL: url })
  assert.equal(made.code, 0, made.stderr)
  const server = await serve(elsewhere)
  const restored = await connectra(['restore', '-'], { DATA_DIR: elsewhere }, readFileSync(file))
  assert.equal(restored.code, 0, restored.stderr)
  assert.match(
    restored.stdout,
    /\nrestart the servers that use this database, so that they sign URLs with the restored secret\n$/,
  )
  const { rows } = await pool.query('SELECT count(*) FROM companies WHERE deleted_at IS NULL')
  await waitUntil('the index is built anew', async () => (await count(server)) === rows[0].count)
})

test('a file that is there is not replaced unless it is wanted, and then not before the new one is whole', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'connectra.backup')
  const { url } = await createTestDatabase()
  writeFileSync(file, 'precious')
  const refused = await connectra(['backup', file], { DATABASE_URL: url })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^connectra: \S+ already exists: choose another name, or overwrite it with --force\n$/)
  assert.equal(readFileSync(file, 'utf8'), 'precious')
  const absent = new URL(url)
  absent.pathname += '_not_there'
  await assert.rejects(runCommand(['backup', '--force', file], { DATABASE_URL: absent.href }), {
    code: 'ERR_UNAVAILABLE',
  })
  assert.equal(readFileSync(file, 'utf8'), 'precious')
  const done = await runCommand(['backup', '--force', file], { DATABASE_URL: url })
  assert.equal(done.code, 0, done.stderr)
  assert.deepEqual(readdirSync(directory), ['connectra.backup'])
  truncateSync(file, statSync(file).size - 1)
  const checked = await connectra(['restore', '--check', file], {})
  assert.equal(checked.code, 1)
  assert.match(checked.stderr, /^connectra: the backup is damaged or incomplete \(wrong checksum\): [^\n]*\n$/)
  // For this error the process exits with 2.
  await assert.rejects(runCommand(['restore', '--check', directory], {}), error => {
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, / is a directory, not a file/)
    return true
  })
  await assert.rejects(runCommand(['backup', join(directory, 'no/such/folder')], { DATABASE_URL: url }), {
    message: /^there is no directory \S+$/,
  })
})

test('a backup that is stopped leaves nothing behind; one that is killed no file that looks whole', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'connectra.backup')
  const { pool, url } = await createTestDatabase()
  await fillDatabase(pool)
  const holder = await pool.connect()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    // Its first statement waits for this.
    await holder.query('BEGIN; LOCK TABLE secrets IN ACCESS EXCLUSIVE MODE')
    const { child, output } = launch(['backup', file], { DATABASE_URL: url })
    await waitUntil('it waits', async () => {
      const { rowCount } = await holder.query('SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass', [
        'secrets',
      ])
      return rowCount! > 0
    })
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
    await holder.query('ROLLBACK')
    const left = readdirSync(directory)
    if (signal === 'SIGKILL') assert.match(left.join(), /^connectra\.backup\.\d+\.part$/)
    else {
      assert.equal(output.stderr, 'connectra: interrupted\n')
      assert.equal(output.code, 1)
      assert.deepEqual(left, [])
    }
  }
  holder.release()
  const done = await runCommand(['backup', file], { DATABASE_URL: url })
  assert.equal(done.code, 0, done.stderr)
})

test('a restore that is stopped or killed in the middle leaves the database as it was', async () => {
  const [from, to] = [await createTestDatabase(), await createTestDatabase()]
  await fillDatabase(from.pool)
  const file = join(temporaryDirectory(), 'connectra.backup')
  assert.equal((await runCommand(['backup', file], { DATABASE_URL: from.url })).code, 0)
  const backup = readFileSync(file)
  const before = await readTruth(to.pool)
  const feed = (await to.pool.query('SELECT * FROM changes')).rows
  const sessions = async (condition: string) =>
    (await to.pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND ${condition}`)).rowCount!
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const { child, output } = launch(['restore', '-'], { DATABASE_URL: to.url })
    child.stdin!.on('error', () => {})
    child.stdin!.write(backup.subarray(0, backup.length - 40))
    await waitUntil('rows are stored', async () => (await sessions(`query LIKE 'COPY%'`)) > 0)
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
    if (signal === 'SIGTERM') assert.equal(output.stderr, 'connectra: interrupted\n')
    await waitUntil('its connection is gone', async () => (await sessions(`query LIKE 'COPY%'`)) === 0)
    assert.deepEqual(await readTruth(to.pool), before)
    assert.deepEqual((await to.pool.query('SELECT * FROM changes')).rows, feed)
  }
  const done = await runCommand(['restore', file], { DATABASE_URL: to.url })
  assert.equal(done.code, 0, done.stderr)
  assert.deepEqual((await readTruth(to.pool)).contacts, (await readTruth(from.pool)).contacts)
})
