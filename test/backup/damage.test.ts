import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { type Header, magic, packBlock } from '../../src/backup/format.ts'
import { verifyBackup } from '../../src/backup/read-backup.ts'
import { ConnectraError, type ErrorCode } from '../../src/errors.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { backUp, restoreFrom } from './backups.ts'
import { fillDatabase, readTruth } from './full-database.ts'

const reading = { signal: new AbortController().signal, onProgress() {} }

function refusal(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ConnectraError, String((error as Error).stack))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}

/** The file of these blocks, with a checksum that is right. */
function sealed(blocks: readonly (readonly [Parameters<typeof packBlock>[0], Buffer | object])[]): Buffer {
  const packed = blocks.flatMap(([kind, content]) => [
    ...packBlock(kind, Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))),
  ])
  const body = Buffer.concat([magic(), zstdCompressSync(Buffer.concat(packed))])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

async function smallBackup(): Promise<Buffer> {
  const { pool } = await createTestDatabase()
  await fillDatabase(pool)
  return await backUp(pool)
}

test('a byte changed, missing or added anywhere is found', async () => {
  const backup = await smallBackup()
  await verifyBackup(Readable.from([backup]), reading)
  const start = magic().length
  const places = [
    ...Array.from({ length: start }, (_, place) => place),
    ...Array.from({ length: 120 }, (_, step) => start + Math.floor(((backup.length - start) * step) / 120)),
    ...Array.from({ length: 40 }, (_, step) => backup.length - 1 - step),
  ]
  for (const place of places) {
    const flipped = Buffer.from(backup)
    flipped[place]! ^= 1 << (place % 8)
    for (const bad of [
      flipped,
      backup.subarray(0, place),
      Buffer.concat([backup.subarray(0, place), backup.subarray(place + 1)]),
      Buffer.concat([backup.subarray(0, place), Buffer.of(7), backup.subarray(place)]),
    ])
      await assert.rejects(
        verifyBackup(Readable.from([bad]), reading),
        error => error instanceof ConnectraError && /^the (backup|file is not a backup)/.test(error.message),
        `at ${place}`,
      )
  }
  const doubled = Buffer.concat([backup, backup])
  await assert.rejects(verifyBackup(Readable.from([doubled]), reading), refusal('ERR_INVALID_VALUE', /is damaged/))
})

test('of a damaged backup nothing is restored, and a whole one can be restored then', async () => {
  const backup = await smallBackup()
  const { pool } = await createTestDatabase()
  const before = await readTruth(pool)
  const feed = (await pool.query('SELECT * FROM changes')).rows
  const flipped = Buffer.from(backup)
  flipped[backup.length >> 1]! ^= 1
  const lastByte = Buffer.from(backup)
  lastByte[backup.length - 1]! ^= 1
  for (const bad of [flipped, lastByte, backup.subarray(0, -1), Buffer.concat([backup, Buffer.of(0)])])
    await assert.rejects(
      restoreFrom(pool, bad),
      refusal('ERR_INVALID_VALUE', /damaged or incomplete .* restore another/),
    )
  await assert.rejects(restoreFrom(pool, Buffer.alloc(0)), refusal('ERR_INVALID_VALUE', /^the file is not a backup/))
  const csv = Buffer.from('first_name,last_name\nada,lovelace\n'.repeat(100))
  await assert.rejects(restoreFrom(pool, csv), refusal('ERR_INVALID_VALUE', /^the file is not a backup/))
  const newer = Buffer.concat([Buffer.from('connectra backup 2\n'), backup.subarray(magic().length)])
  await assert.rejects(
    restoreFrom(pool, newer),
    refusal('ERR_CONFLICT', /has format 2, .* use the version that wrote it/),
  )
  assert.deepEqual(await readTruth(pool), before)
  assert.deepEqual((await pool.query('SELECT * FROM changes')).rows, feed)
  assert.ok((await restoreFrom(pool, backup)).contacts! > 400)
})

test('a file made with a right checksum can neither name what is not there nor leave out its end', async () => {
  const { pool } = await createTestDatabase()
  const header: Header = {
    version: '9.9.9',
    created_at: '2026-01-01T00:00:00.000Z',
    postgres: 180004,
    migrations: ['0001_initial.sql'],
    sequences: {},
    tables: [{ name: 'secrets', columns: ['name', 'value'] }],
  }
  const row = Buffer.from('one\t\\\\x00\n')
  const end = { rows: 1, bytes: row.length, sha256: createHash('sha256').update(row).digest('hex') }
  const damage = refusal('ERR_INVALID_VALUE', /is damaged/)
  const cases: [Buffer, (error: unknown) => boolean][] = [
    [sealed([]), damage],
    [sealed([['end', end]]), damage],
    [sealed([['header', Buffer.from('{')]]), damage],
    [sealed([['header', header]]), damage],
    [sealed([['header', Buffer.from('null')]]), damage],
    [sealed([['header', { ...header, tables: [null] }]]), damage],
    [sealed([['header', { ...header, tables: [{ name: 'secrets', columns: ['name', 'name'] }] }]]), damage],
    [sealed([['header', { ...header, migrations: {} }]]), damage],
    [sealed([['header', { ...header, sequences: { jobs_id_seq: '1); --' } }]]), damage],
    [
      sealed([
        ['header', header],
        ['end', Buffer.from('null')],
      ]),
      damage,
    ],
    [
      sealed([
        ['header', header],
        ['data', row],
      ]),
      damage,
    ],
    [
      sealed([
        ['header', header],
        ['data', row],
        ['end', { ...end, rows: 2 }],
      ]),
      damage,
    ],
    [
      sealed([
        ['header', header],
        ['data', row],
        ['end', { ...end, sha256: '' }],
      ]),
      damage,
    ],
    [
      sealed([
        ['header', header],
        ['data', row],
        ['end', end],
        ['end', end],
      ]),
      damage,
    ],
    [
      sealed([['header', { ...header, migrations: ['0001_initial.sql', '9999_later.sql'] }]]),
      refusal(
        'ERR_CONFLICT',
        /by Connectra 9\.9\.9 and needs a newer database schema \(9999_later\.sql\): restore it with that version or a newer/,
      ),
    ],
    [
      sealed([['header', { ...header, tables: [{ name: 'pg_authid', columns: [] }] }]]),
      refusal('ERR_CONFLICT', /table pg_authid/),
    ],
    [
      sealed([['header', { ...header, tables: [{ name: 'secrets', columns: ['name", value) FROM STDIN; --'] }] }]]),
      refusal('ERR_CONFLICT', /column secrets\.name/),
    ],
    [
      sealed([
        ['header', header],
        ['data', Buffer.concat([row, row])],
        ['end', end],
      ]),
      refusal('ERR_INVALID_VALUE', /rejects a row of secrets: duplicate key|is damaged/),
    ],
  ]
  for (const [file, refused] of cases) await assert.rejects(restoreFrom(pool, file), refused)
  const good = sealed([
    ['header', header],
    ['data', row],
    ['end', end],
  ])
  assert.deepEqual(await restoreFrom(pool, good), { secrets: 1 })
})
