import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase } from '../../helpers/database.ts'
import { rounds } from '../../helpers/rounds.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { assertAnswers, BUILT, change, fill, openLogged, READ, snapshotDirectory, WRITTEN } from './snapshots.ts'

const KILLS = rounds(3, 8)
/** In milliseconds. About ten snapshots are written in this time. */
const LONGEST_LIFE = 200

test('a process that is killed while writing snapshots leaves a readable one, or none', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  let seq = await fill(pool, 2000)
  for (let kill = 0; kill < KILLS; kill++) {
    const messages: string[] = []
    const child = fork(new URL('./process.ts', import.meta.url), [url, directory])
    child.on('message', message => messages.push(String(message)))
    const exited = once(child, 'exit')
    await waitUntil('the index is ready', () => messages.some(message => BUILT.test(message) || READ.test(message)))
    let changing = true
    const changes = (async () => {
      while (changing) seq = await change(pool, 40)
    })()
    // A random moment is the point of this test.
    await delay(Math.random() * LONGEST_LIFE)
    child.kill('SIGKILL')
    await exited
    changing = false
    await changes

    const next = openLogged(url, directory)
    await next.engine.ready()
    assert.ok(next.engine.position()!.seq >= seq, 'a write that was committed before the start is missing')
    await assertAnswers(next.engine, pool, seq)
    assert.deepEqual(next.warnings, [])
    const wrote = messages.some(message => WRITTEN.test(message) || READ.test(message))
    if (wrote) assert.match(next.messages[0]!, READ)
    await next.engine.close()
  }
})
