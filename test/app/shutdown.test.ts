/** How `serve` ends: by signals, by being killed, or because PostgreSQL has ended. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { createKey } from '../../src/access/keys.ts'
import { findEmbeddedServer } from '../../src/database/embedded-server.ts'
import { openPool } from '../../src/database/pool.ts'
import { createJob, getJob } from '../../src/jobs/queue/queue.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { rounds } from '../helpers/rounds.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { launch, postgresOf, serve, until, usedDirectory } from './processes.ts'

/** The first sequence contains the others. */
const SEQUENCES = [['SIGINT', 'SIGTERM', 'SIGINT'], ['SIGTERM'], ['SIGINT', 'SIGINT']] as const

for (const signals of SEQUENCES.slice(0, rounds(1, SEQUENCES.length))) {
  test(`${signals.join(', ')}: the request in hand is answered, the exit code is 0, PostgreSQL ends in order`, async () => {
    const dataDir = usedDirectory()
    const server = await serve(dataDir)
    // What the request writes to is locked: it is in hand when the signals come, and done only after them.
    const holder = new pg.Client({ connectionString: (await findEmbeddedServer(dataDir))!.url('connectra') })
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE companies IN ACCESS EXCLUSIVE MODE')
    const request = fetch(`${server.url}/companies/batch-upsert`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify([{ name: 'Acme', linkedin_url: 'linkedin.com/company/acme' }]),
    })
    await waitUntil('the request waits for the table', async () => {
      const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'companies'::regclass`
      return (await holder.query(waiting)).rowCount! > 0
    })
    const began = Date.now()
    for (const signal of signals) server.process.kill(signal)
    await until(() => server.output().includes('"stopping"'), 30_000)
    await holder.end()
    assert.equal((await server.end()).code, 0)
    assert.ok(Date.now() - began < 10_000)
    const { status, headers } = await request
    // A connection that stayed open would delay the end until the client closes it.
    assert.deepEqual([status, headers.get('connection')], [200, 'close'])
    assert.equal(postgresOf(dataDir), null)
    assert.match(readFileSync(join(dataDir, 'postgres.log'), 'utf8'), /database system is shut down\n$/)
    assert.match(server.output(), /"stopped"}$/m)
  })
}

test('a SIGTERM in the middle of the start ends it, and leaves nothing', async () => {
  const dataDir = usedDirectory()
  const { child, output } = launch(['serve'], { DATA_DIR: dataDir, PORT: '0' })
  await until(() => postgresOf(dataDir) !== null, 30_000)
  child.kill('SIGTERM')
  await once(child, 'close')
  assert.equal(output.code, 0, output.stderr)
  assert.equal(postgresOf(dataDir), null)
})

test('a SIGKILL takes PostgreSQL along within a second, and the next start has all that was stored', async () => {
  const dataDir = usedDirectory()
  const first = await serve(dataDir)
  await first.post('/companies/batch-upsert', [{ name: 'Acme', linkedin_url: 'https://linkedin.com/company/acme' }])
  first.process.kill('SIGKILL')
  await until(() => postgresOf(dataDir) === null, 1000)
  const second = await serve(dataDir)
  assert.deepEqual((await second.post('/companies/count', {})).body, { success: true, count: 1 })
})

test('when PostgreSQL ends by itself, it is restarted and nothing is lost; after three restarts in a minute the process ends', async () => {
  const dataDir = usedDirectory()
  const server = await serve(dataDir)
  const stored = await server.post('/companies/batch-upsert', [
    { name: 'Acme', linkedin_url: 'https://linkedin.com/company/acme' },
  ])
  assert.equal(stored.status, 200)
  const restarted = async (times: number) =>
    await until(() => server.output().split('PostgreSQL is running again').length === times + 1, 30_000)
  const url = (await findEmbeddedServer(dataDir))!.url('connectra')

  process.kill(postgresOf(dataDir)!, 'SIGKILL')
  const statuses = new Set<number>()
  await waitUntil('writes work again', async () => {
    const { status } = await server.post('/companies/batch-upsert', [
      { name: 'Zenith', linkedin_url: 'https://linkedin.com/company/zenith' },
    ])
    statuses.add(status)
    return status === 200
  })
  assert.deepEqual(
    [...statuses].filter(status => status !== 200 && status !== 503),
    [],
  )
  await restarted(1)
  assert.deepEqual((await server.post('/companies/count', {})).body, { success: true, count: 2 })

  // The key ring, the index and the worker have reconnected: they follow what others write.
  const pool = openPool(url)
  const { key } = await createKey(pool, 'after the restart')
  const found = await softDelete(pool, 'company', [
    (await pool.query<{ uuid: string }>(`SELECT uuid FROM companies WHERE name = 'Acme'`)).rows[0]!.uuid,
  ])
  assert.equal(found.deleted.length, 1)
  const job = await createJob(pool, {
    jobType: 'insert_csv_file',
    data: { s3_key: 'uploads/none.csv' },
    retryCount: 0,
    retryIntervalSeconds: 0,
  })
  await waitUntil('the new key is valid', async () => {
    const reply = await fetch(`${server.url}/common/contact/filters`, { headers: { 'X-API-Key': key } })
    return reply.status === 200
  })
  await waitUntil(
    'the index has the deletion',
    async () => (await server.post('/companies/count', {})).body.count === 1,
  )
  await waitUntil('the job was run', async () => (await getJob(pool, job.uuid)).status === 'failed')
  await pool.end()

  for (const times of [2, 3]) {
    process.kill(postgresOf(dataDir)!, 'SIGQUIT')
    await restarted(times)
  }
  process.kill(postgresOf(dataDir)!, 'SIGQUIT')
  assert.equal((await server.end()).code, 1)
  assert.match(
    server.output(),
    /^connectra: PostgreSQL has stopped unexpectedly, and restarting it three times within a minute did not help: .*immediate shutdown request.* \(see postgres\.log in the data directory\)$/m,
  )
  assert.equal(postgresOf(dataDir), null)
})
