import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/pool.ts'
import { acceptStore, checkStore, directoryPlace, openStore } from '../../src/store.ts'
import { backUp, restoreFrom } from '../backup/backups.ts'
import { createTestDatabase } from '../helpers/database.ts'

const root = mkdtempSync(join(tmpdir(), 'connectra-store-'))
after(() => rmSync(root, { recursive: true, force: true }))

async function open(pool: Database, name: string): Promise<void> {
  await openStore(readConfig({ DATA_DIR: join(root, name) }), pool, () => '')
}

function refusal(name: string, why: string) {
  const place = join(root, name, 'files')
  return {
    code: 'ERR_CONFLICT',
    message: `${place} does not contain the files of this database: it ${why}. All processes of a database need the same files: set DATA_DIR to the directory that the others use, and check that its disk is mounted; or set S3_BUCKET if they use S3. If the files were moved or deleted on purpose, run \`connectra accept-files\` to use ${place} from now on`,
  }
}

test('processes of one database need the same files; the others are refused and create nothing', async () => {
  const { pool } = await createTestDatabase()
  await Promise.all([open(pool, 'one'), open(pool, 'one')])
  await assert.rejects(open(pool, 'two'), refusal('two', 'has no file store-id'))
  assert.equal(existsSync(join(root, 'two')), false)
  const { pool: other } = await createTestDatabase()
  await open(other, 'three')
  await assert.rejects(open(pool, 'three'), refusal('three', 'belongs to another database'))
  await open(pool, 'one')
})

test('files that move keep their id; a directory that was emptied is accepted when told to', async () => {
  const { pool } = await createTestDatabase()
  await open(pool, 'before')
  cpSync(join(root, 'before'), join(root, 'moved'), { recursive: true })
  await open(pool, 'moved')
  rmSync(join(root, 'moved/files'), { recursive: true })
  await assert.rejects(open(pool, 'moved'), refusal('moved', 'has no file store-id'))
  await assert.rejects(
    checkStore(directoryPlace(join(root, 'moved/files')), pool),
    refusal('moved', 'has no file store-id'),
  )
  await acceptStore(directoryPlace(join(root, 'moved/files')), pool)
  await open(pool, 'moved')
  await assert.rejects(open(pool, 'before'), refusal('before', 'belongs to another database'))
})

test('a restored database takes the files that were copied to it, whether before or after the restore', async () => {
  const [{ pool: from }, { pool: fresh }, { pool: used }] = [
    await createTestDatabase(),
    await createTestDatabase(),
    await createTestDatabase(),
  ]
  await open(from, 'from')
  const backup = await backUp(from)
  const id = readFileSync(join(root, 'from/files/store-id'), 'utf8')
  await open(used, 'used')
  for (const [pool, name] of [
    [fresh, 'fresh'],
    [used, 'used'],
  ] as const) {
    await restoreFrom(pool, backup)
    cpSync(join(root, 'from/files'), join(root, name, 'files'), { recursive: true })
    await open(pool, name)
    assert.equal(readFileSync(join(root, name, 'files/store-id'), 'utf8'), id)
    await assert.rejects(open(pool, 'elsewhere'), refusal('elsewhere', 'has no file store-id'))
  }
})
