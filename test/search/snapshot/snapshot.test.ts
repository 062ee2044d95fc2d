import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSnapshotLock } from '../../../src/search/embedded/snapshot/lock.ts'
import { filesOf, findSnapshot, readManifest } from '../../../src/search/embedded/snapshot/manifest.ts'
import { createTestDatabase } from '../../helpers/database.ts'
import { startTestServer } from '../../helpers/server.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { openFlakyServer } from '../flaky-server.ts'
import {
  assertAnswers,
  BUILT,
  change,
  DISCARDED,
  EAGER,
  fill,
  openLogged,
  READ,
  snapshotDirectory,
  WRITTEN,
} from './snapshots.ts'

/** Every file with its size, modification time and inode. */
function listing(directory: string): string[] {
  return readdirSync(directory).map(name => {
    const { size, mtimeMs, ino } = statSync(join(directory, name))
    return `${name} ${size} ${mtimeMs} ${ino}`
  })
}

test('a restarted index starts from its snapshot and gives the same answers', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  const first = openLogged(url, directory)
  await first.saw(WRITTEN)
  await fill(pool, 300)
  const seq = await change(pool, 30)
  await assertAnswers(first.engine, pool, seq)
  await first.engine.close()
  const second = openLogged(url, directory)
  await assertAnswers(second.engine, pool, seq)
  assert.match(second.messages[0]!, READ)
  assert.ok(!second.messages.some(message => BUILT.test(message)), second.messages.join())
  assert.deepEqual(second.warnings, [])
})

test('only its owner can read the snapshot', async () => {
  const { url } = await createTestDatabase()
  const directory = snapshotDirectory()
  await openLogged(url, directory).saw(WRITTEN)
  assert.equal(statSync(directory).mode & 0o777, 0o700)
  for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
})

test('an index that starts from a snapshot catches up with later writes', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  await fill(pool, 300)
  const first = openLogged(url, directory)
  await first.saw(WRITTEN)
  await first.engine.close()
  await fill(pool, 50)
  const seq = await change(pool, 60)
  const second = openLogged(url, directory)
  await assertAnswers(second.engine, pool, seq)
  assert.match(second.messages[0]!, READ)
  assert.ok(!second.messages.some(message => BUILT.test(message)))
  // Also with records that die in a segment read from the snapshot.
  await assertAnswers(second.engine, pool, await change(pool, 60))
})

test('a snapshot is used only after the database has confirmed its position; until then health and searches are 503', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  const seq = await fill(pool, 50)
  const first = openLogged(url, directory)
  await first.saw(WRITTEN)
  await first.engine.close()
  const flaky = await openFlakyServer(url)
  await flaky.down()
  const second = openLogged(flaky.url, directory)
  await second.saw(READ)
  await second.saw(/^the change feed was interrupted$/)
  const server = await startTestServer({}, { engine: second.engine })
  const health = await server.get('/health')
  assert.equal(health.body.parts.index.status, 'starting')
  const refused = await server.post('/contacts/count', {})
  for (const { status, headers } of [health, refused]) {
    assert.equal(status, 503)
    assert.ok(Number(headers.get('retry-after')) >= 1)
  }
  await flaky.up()
  await second.engine.ready()
  assert.equal((await server.get('/health')).status, 200)
  assert.equal((await server.post('/contacts/count', {})).body.count, 50)
  await assertAnswers(second.engine, pool, seq)
  assert.ok(!second.messages.some(message => BUILT.test(message)))
})

for (const [what, sql] of [
  ['was restored (its position has another token)', 'UPDATE changes SET token = gen_random_uuid()'],
  ['no longer has its position', 'DELETE FROM changes WHERE seq < (SELECT max(seq) FROM changes)'],
] as const)
  test(`a snapshot is discarded when the database ${what}`, async () => {
    const { pool, url } = await createTestDatabase()
    const directory = snapshotDirectory()
    await fill(pool, 100)
    const first = openLogged(url, directory)
    await first.saw(WRITTEN)
    await first.engine.close()
    // Not announced in the feed, so that only reading all records shows it.
    await pool.query('DELETE FROM contacts WHERE id % 2 = 0')
    const seq = await fill(pool, 10)
    await pool.query(sql)
    const second = openLogged(url, directory)
    await assertAnswers(second.engine, pool, seq)
    assert.equal(second.messages.filter(message => DISCARDED.test(message)).length, 1)
    await second.saw(BUILT)
    await second.saw(WRITTEN)
    await second.engine.close()
    const third = openLogged(url, directory)
    await assertAnswers(third.engine, pool, seq)
    assert.ok(!third.messages.some(message => BUILT.test(message)))
  })

test('segments are written once, and files that the manifest does not need are removed', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  await fill(pool, 3000)
  const { engine, saw } = openLogged(url, directory, EAGER)
  await saw(WRITTEN)
  const largest = (names: string[]) => names.sort((a, b) => Number(b.split(' ')[1]) - Number(a.split(' ')[1]))[0]
  const before = largest(listing(directory))
  writeFileSync(join(directory, 'notes.txt'), 'a person left this')
  writeFileSync(join(directory, '00000000-0000-4000-8000-000000000000.segment'), 'a killed writer left this')
  let seq = 0
  for (let round = 0; round < 30; round++) {
    seq = await change(pool, 9)
    assert.ok(await engine.waitFor(seq, 20_000))
  }
  await waitUntil('the last change is written', async () => (await readManifest(directory))?.position.seq === seq)
  await engine.close()
  const manifest = (await readManifest(directory))!
  assert.deepEqual(
    readdirSync(directory).sort(),
    [...filesOf(manifest).keys(), 'manifest.json', 'notes.txt', 'snapshot-id'].sort(),
  )
  assert.equal(largest(listing(directory)), before)
  assert.ok((await findSnapshot(directory))!.bytes > 0)
})

test('nothing is written when nothing has changed', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  const seq = await fill(pool, 100)
  const first = openLogged(url, directory, EAGER)
  await first.saw(WRITTEN)
  await first.engine.close()
  const before = listing(directory)
  const second = openLogged(url, directory, EAGER)
  await assertAnswers(second.engine, pool, seq)
  await second.engine.close()
  assert.deepEqual(listing(directory), before)
})

test('the directory may be deleted at any time', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  await fill(pool, 100)
  const first = openLogged(url, directory, EAGER)
  await first.saw(WRITTEN)
  rmSync(directory, { recursive: true })
  const seq = await change(pool, 10)
  await waitUntil('it is written again', async () => (await readManifest(directory))?.position.seq === seq)
  await first.engine.close()
  const second = openLogged(url, directory)
  await assertAnswers(second.engine, pool, seq)
  assert.match(second.messages[0]!, READ)
})

test('of several engines on one directory only one writes; the next takes over when it ends', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  await fill(pool, 100)
  const first = openLogged(url, directory, EAGER)
  await first.saw(WRITTEN)
  const second = openLogged(url, directory, EAGER)
  await second.engine.ready()
  await assertAnswers(second.engine, pool, await change(pool, 10))
  await second.saw(/^another process writes the search index snapshot$/)
  assert.ok(!second.messages.some(message => WRITTEN.test(message)))
  await first.engine.close()
  const seq = await change(pool, 10)
  await second.saw(WRITTEN)
  await waitUntil('all is written', async () => (await readManifest(directory))?.position.seq === seq)
  assert.deepEqual(second.warnings, [])
})

test('the lock of a directory goes by the id in one of its files, not by its path or inode', async () => {
  const { pool } = await createTestDatabase()
  const [here, there] = [snapshotDirectory(), snapshotDirectory()]
  const idOf = (directory: string) => readFileSync(join(directory, 'snapshot-id'), 'utf8')
  const locks = Array.from({ length: 4 }, (_, place) => createSnapshotLock(pool, place === 1 ? there : here))
  const [first, elsewhere, second, third] = locks
  for (const directory of [here, there]) mkdirSync(directory)
  assert.deepEqual([await first!.hold(), await elsewhere!.hold()], ['taken', 'taken'])
  assert.notEqual(idOf(here), idOf(there))
  assert.deepEqual([await first!.hold(), await second!.hold()], ['held', 'others'])
  // As two volumes that are equal in everything but this file.
  const id = idOf(here)
  writeFileSync(join(here, 'snapshot-id'), idOf(there))
  assert.equal(await second!.hold(), 'others')
  writeFileSync(join(here, 'snapshot-id'), id.slice(0, 9))
  assert.equal(await second!.hold(), 'taken')
  // The same directory at another path.
  renameSync(here, `${here}-moved`)
  const moved = createSnapshotLock(pool, `${here}-moved`)
  assert.equal(await moved.hold(), 'others')
  mkdirSync(here)
  const taken = await Promise.all([first!.hold(), third!.hold()])
  assert.deepEqual(taken.sort(), ['others', 'taken'])
  assert.deepEqual(readdirSync(here), ['snapshot-id'])
  for (const lock of [...locks, moved]) lock.release()
})

test('if no snapshot can be written, that is logged once, and searches and changes continue', async () => {
  const { pool, url } = await createTestDatabase()
  const directory = snapshotDirectory()
  writeFileSync(directory, 'a file')
  const { engine, warnings, messages, saw } = openLogged(url, directory, EAGER)
  await saw(/^the search index snapshot cannot be written; searches and changes continue$/)
  for (let round = 0; round < 10; round++) await assertAnswers(engine, pool, await fill(pool, 10))
  const logged = messages.filter(message => /cannot be written/.test(message))
  assert.equal(logged.length, 1)
  assert.match(warnings.at(-1)!.reason, /it is a file/)
  rmSync(directory)
  await saw(/^the search index snapshot can be written again$/)
  await engine.close()
})
