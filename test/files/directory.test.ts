import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openDirectoryStore } from '../../src/files/directory.ts'
import { chunks, testStore } from './store-contract.ts'

const directory = await mkdtemp(join(tmpdir(), 'connectra-files-'))
after(() => rm(directory, { recursive: true }))
const options = {
  directory,
  publicUrl: () => 'http://localhost:8000',
  secret: randomBytes(32),
  maxUploadBytes: 1000,
  urlSeconds: 86_400,
}
const store = await openDirectoryStore(options)

async function temporaryFiles(): Promise<string[]> {
  return await readdir(join(directory, 'tmp'))
}

testStore('a directory', { store, unfinished: temporaryFiles }, { largeBytes: 1_000_000 })

test('no key leads out of the directory', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'connectra-outside-'))
  after(() => rm(outside, { recursive: true }))
  await writeFile(join(outside, 'secret'), 'secret')
  await symlink(join(outside, 'secret'), join(directory, 'uploads', 'link'))
  await mkdir(join(directory, 'uploads', 'folder'))
  for (const key of ['uploads/link', 'uploads/folder']) {
    await assert.rejects(store.get(key), { code: 'ERR_NOT_FOUND' })
    assert.equal(await store.size(key), null)
  }
  await store.put('uploads/link', chunks('mine'))
  assert.equal(await readFile(join(outside, 'secret'), 'utf8'), 'secret')
})

test('a symbolic link instead of a folder of the store is rejected', async () => {
  const other = await mkdtemp(join(tmpdir(), 'connectra-files-'))
  after(() => rm(other, { recursive: true }))
  await symlink(tmpdir(), join(other, 'uploads'))
  await assert.rejects(openDirectoryStore({ ...options, directory: other }), /is not a directory/)
})

test('opening removes the incomplete files of killed processes, but no files that are being written', async () => {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'echo $$'])
  const dead = stdout.trim()
  const leftovers = [`${hostname()}~${dead}~token~1`, `${hostname()}~${process.pid}~another-life~1`]
  const living = [`${hostname()}~${process.ppid}~token~1`, 'another-host~1~token~1']
  for (const name of [...leftovers, ...living]) await writeFile(join(directory, 'tmp', name), 'x')
  let reopened = false
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a')
    await openDirectoryStore(options)
    reopened = true
    yield Buffer.from('b')
  }
  assert.equal(await store.put('uploads/slow.csv', slow()), 2)
  assert.ok(reopened)
  assert.deepEqual((await temporaryFiles()).sort(), living.sort())
})

test('both signed URLs point to this server, and each allows only its own method', async () => {
  const upload = await store.uploadUrl('uploads/ä b.csv')
  const url = new URL(upload.url)
  assert.equal(url.origin, 'http://localhost:8000')
  assert.equal(decodeURIComponent(url.pathname), '/files/uploads/ä b.csv')
  assert.equal(upload.expiresIn, 86_400)
  const query = Object.fromEntries(url.searchParams)
  assert.equal(store.verify('PUT', 'uploads/ä b.csv', query).maxBytes, 1000)
  assert.throws(() => store.verify('GET', 'uploads/ä b.csv', query), { code: 'ERR_FORBIDDEN' })
  const download = new URL((await store.downloadUrl('exports/a.csv')).url)
  const granted = Object.fromEntries(download.searchParams)
  assert.equal(store.verify('GET', 'exports/a.csv', granted).key, 'exports/a.csv')
  assert.throws(() => store.verify('PUT', 'exports/a.csv', granted), { code: 'ERR_FORBIDDEN' })
})
