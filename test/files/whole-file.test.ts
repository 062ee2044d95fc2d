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
