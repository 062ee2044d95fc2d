import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../src/database/pool.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { pool } = await createTestDatabase()
await pool.query('CREATE TABLE notes (text text)')

async function notes() {
  return (await pool.query<{ text: string }>('SELECT text FROM notes ORDER BY text')).rows.map(row => row.text)
}

test('a transaction is committed when its work resolves and rolled back when it throws', async () => {
  const note = (text: string) => `INSERT INTO notes VALUES ('${text}')`
  assert.equal(await transaction(pool, async connection => (await connection.query(note('a'))).rowCount), 1)
  const failing = transaction(pool, async connection => {
    await connection.query(note('b'))
    throw new Error('no')
  })
  await assert.rejects(failing, { message: 'no' })
  assert.deepEqual(await notes(), ['a'])
})

test('work may send the COMMIT with its last statement; it commits once', async () => {
  const notices: string[] = []
  await transaction(pool, async connection => {
    connection.on('notice', notice => notices.push(String(notice.message)))
    await connection.query(`INSERT INTO notes VALUES ('c'); COMMIT`)
  })
  assert.deepEqual(notices, [])
  assert.ok((await notes()).includes('c'))
})

test('a failure that work ignores does not look like a commit', async () => {
  const swallowed = transaction(pool, async connection => {
    await connection.query(`INSERT INTO notes VALUES ('d')`)
    await connection.query('SELECT 1 / 0').catch(() => {})
  })
  await assert.rejects(swallowed, /rolled back/)
  assert.ok(!(await notes()).includes('d'))
})

test('after a serialisation failure, work runs again', async () => {
  let runs = 0
  await transaction(pool, async connection => {
    runs++
    await connection.query(`INSERT INTO notes VALUES ('e${runs}')`)
    if (runs < 3) await connection.query(`DO $$ BEGIN RAISE 'collision' USING ERRCODE = '40001'; END $$`)
  })
  assert.equal(runs, 3)
  assert.deepEqual(
    (await notes()).filter(text => text.startsWith('e')),
    ['e3'],
  )
})
