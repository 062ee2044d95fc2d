import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, test } from 'node:test'
import { describePathError } from '../../src/files/path-errors.ts'
import { writeWholeFile } from '../../src/files/whole-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'connectra-whole-'))
after(() => rmSync(directory, { recursive: true }))
const path = (name: string) => join(directory, name)
const REPLACE = { replace: true, mode: 0o600 }

const writes = (text: string) => async (destination: Writable) => await pipeline(Readable.from([text]), destination)

test('the file appears only when it is complete, and a failure leaves nothing behind', async () => {
  await writeWholeFile(path('a'), REPLACE, async destination => {
    assert.throws(() => statSync(path('a')))
    await writes('new')(destination)
  })
  assert.equal(readFileSync(path('a'), 'utf8'), 'new')
  assert.equal(statSync(path('a')).mode & 0o777, 0o600)
  const failing = async (destination: Writable) => {
    destination.write('half')
    throw new Error('no more')
  }
  await assert.rejects(writeWholeFile(path('a'), REPLACE, failing), /^Error: no more$/)
  await assert.rejects(writeWholeFile(path('b'), REPLACE, failing), /^Error: no more$/)
  assert.deepEqual(readdirSync(directory), ['a'])
  assert.equal(readFileSync(path('a'), 'utf8'), 'new')
})

test('a symbolic link is kept, and its target is replaced', async () => {
  writeFileSync(path('target'), 'old')
  symlinkSync('target', path('link'))
  await writeWholeFile(path('link'), REPLACE, writes('new'))
  assert.equal(readFileSync(path('target'), 'utf8'), 'new')
  assert.ok(readdirSync(directory, { withFileTypes: true }).some(entry => entry.isSymbolicLink()))
})

test('anything that is not a regular file, such as a directory or a device, is rejected and kept', async () => {
  mkdirSync(path('folder'))
  for (const name of [path('folder'), '/dev/null'])
    await assert.rejects(writeWholeFile(name, REPLACE, writes('new')), {
      code: 'ERR_CONFLICT',
      message: /is not a regular file/,
    })
  assert.ok(statSync('/dev/null').isCharacterDevice())
})

test('a file that exists is kept unless it may be replaced', async () => {
  writeFileSync(path('kept'), 'old')
  await assert.rejects(writeWholeFile(path('kept'), { replace: false, mode: 0o600 }, writes('new')), {
    code: 'ERR_CONFLICT',
    message: `${path('kept')} already exists: choose another name, or overwrite it with --force`,
  })
  assert.equal(readFileSync(path('kept'), 'utf8'), 'old')
})

test('errors about paths are in plain words', async () => {
  await assert.rejects(writeWholeFile(path('missing/a'), REPLACE, writes('new')), {
    code: 'ERR_UNAVAILABLE',
    message: `there is no directory ${path('missing')}`,
  })
  const error = (code: string) => Object.assign(new Error(`${code}: …`), { code, path: '/a/b' })
  assert.equal(describePathError(error('ENOENT'), 'read'), 'there is no file /a/b')
  assert.equal(describePathError(error('EACCES'), 'read', 'b'), 'no permission to read b')
  assert.equal(describePathError(error('EPERM'), 'write'), 'no permission to write /a/b')
  assert.equal(describePathError(error('ENOTDIR'), 'read'), 'a part of the path /a/b is a file, not a directory')
  for (const other of [error('ECONNREFUSED'), new Error('no more'), { code: 'ENOENT' }])
    assert.equal(describePathError(other, 'use'), null)
})
