import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openDirectoryStore } from '../../src/files/directory.ts'

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

async function text(key: string, range?: { start: number; end?: number }, version?: string): Promise<string> {
  return Buffer.concat(await (await store.get(key, range, version)).toArray()).toString()
}

async function* chunks(...parts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield Buffer.from(part)
  }
}

async function temporaryFiles(): Promise<string[]> {
  return await readdir(join(directory, 'tmp'))
}

test('a replaced object has another version, and reading the old one is an error', async () => {
  const key = 'uploads/versioned.csv'
  assert.equal(await store.version(key), null)
  await store.put(key, chunks('first'))
  const version = (await store.version(key))!
  assert.equal(await text(key, undefined, version), 'first')
  await store.put(key, chunks('other'))
  assert.notEqual(await store.version(key), version)
  await assert.rejects(store.get(key, undefined, version), {
    code: 'ERR_CONFLICT',
    message: /was replaced while it was read/,
  })
  await assert.rejects(store.put(key, chunks('third'), { isNew: true }), { code: 'ERR_CONFLICT' })
  assert.equal(await text(key), 'other')
})

test('a stored file can be read, completely or by range', async () => {
  assert.equal(await store.put('uploads/a.csv', chunks('hello, ', 'wörld')), 13)
  assert.equal(await store.size('uploads/a.csv'), 13)
  assert.equal(await text('uploads/a.csv'), 'hello, wörld')
  assert.equal(await text('uploads/a.csv', { start: 7 }), 'wörld')
  assert.equal(await text('uploads/a.csv', { start: 0, end: 4 }), 'hello')
  assert.equal(await text('uploads/a.csv', { start: 13 }), '')
  assert.equal(await text('uploads/a.csv', { start: 5, end: 4 }), '')
})

test('files are listed by the prefix of their keys', async () => {
  for (const key of ['exports/a-1_x.csv', 'exports/a-2_x.csv', 'exports/b-1_x.csv']) await store.put(key, chunks('x'))
  assert.deepEqual([...(await store.list('exports/a-'))].sort(), ['exports/a-1_x.csv', 'exports/a-2_x.csv'])
  assert.deepEqual(await store.list('rejects/'), [])
  for (const prefix of ['', 'tmp/', '../', 'exports'])
    await assert.rejects(store.list(prefix), { code: 'ERR_INVALID_VALUE' })
})

test('an empty file can be stored', async () => {
  assert.equal(await store.put('uploads/empty.csv', chunks()), 0)
  assert.equal(await store.size('uploads/empty.csv'), 0)
  assert.equal(await text('uploads/empty.csv'), '')
})

test('a file that is interrupted or too large never appears and leaves nothing behind', async () => {
  await assert.rejects(store.put('uploads/broken.csv', chunks('half', new Error('gone'))), /gone/)
  await assert.rejects(store.put('uploads/large.csv', chunks('12345', '67890'), { maxBytes: 9 }), {
    code: 'ERR_PAYLOAD_TOO_LARGE',
  })
  const controller = new AbortController()
  async function* aborted(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    controller.abort()
    yield Buffer.from('y')
  }
  await assert.rejects(store.put('uploads/aborted.csv', aborted(), { signal: controller.signal }), {
    name: 'AbortError',
  })
  for (const key of ['uploads/broken.csv', 'uploads/large.csv', 'uploads/aborted.csv'])
    assert.equal(await store.size(key), null)
  assert.deepEqual(await temporaryFiles(), [])
})

test('a reader of a file that is replaced still reads the file it opened', async () => {
  const first = 'a'.repeat(600_000)
  await store.put('uploads/replaced.csv', chunks(first))
  const reader = await store.get('uploads/replaced.csv')
  await store.put('uploads/replaced.csv', chunks('second'))
  assert.equal(Buffer.concat(await reader.toArray()).toString(), first)
  assert.equal(await text('uploads/replaced.csv'), 'second')
})

test('after a failed replacement the old file is still there', async () => {
  await store.put('uploads/kept.csv', chunks('old'))
  await assert.rejects(store.put('uploads/kept.csv', chunks('new', new Error('gone'))))
  assert.equal(await text('uploads/kept.csv'), 'old')
})

test('a missing file is not found, and deleting it is not an error', async () => {
  await assert.rejects(store.get('uploads/none.csv'), { code: 'ERR_NOT_FOUND' })
  assert.equal(await store.size('uploads/none.csv'), null)
  await store.put('uploads/short-lived.csv', chunks('x'))
  await store.delete('uploads/short-lived.csv')
  await store.delete('uploads/short-lived.csv')
  assert.equal(await store.size('uploads/short-lived.csv'), null)
})

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
  for (const key of ['../a', 'uploads/../../a', '/etc/passwd', 'tmp/a', 'uploads/a/b']) {
    await assert.rejects(store.put(key, chunks('x')), { code: 'ERR_INVALID_VALUE' })
    await assert.rejects(store.get(key), { code: 'ERR_INVALID_VALUE' })
    await assert.rejects(store.delete(key), { code: 'ERR_INVALID_VALUE' })
    await assert.rejects(store.uploadUrl(key), { code: 'ERR_INVALID_VALUE' })
  }
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
