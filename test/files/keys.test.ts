import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isKey, uploadKey } from '../../src/files/keys.ts'

const UUID = /^uploads\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}_/

function basename(filename: string): string {
  const key = uploadKey(filename)
  assert.match(key, UUID)
  assert.ok(isKey(key), key)
  return key.replace(UUID, '')
}

test('an upload keeps the name of its file', () => {
  assert.equal(basename('contacts.csv'), 'contacts.csv')
  assert.equal(basename('Kontakte März 2026.csv'), 'Kontakte_März_2026.csv')
  assert.equal(basename('联系人.csv'), '联系人.csv')
})

test('a name is reduced to a safe basename', () => {
  assert.equal(basename('../../etc/passwd'), 'passwd')
  assert.equal(basename('C:\\Users\\me\\leads.csv'), 'leads.csv')
  assert.equal(basename('.htaccess'), 'htaccess')
  assert.equal(basename('..'), 'file')
  assert.equal(basename(''), 'file')
  assert.equal(basename('a\0b\r\n.csv'), 'a_b_.csv')
  assert.equal(basename('<script>"\u202E\uD800.csv'), 'script_.csv')
})

test('a long name is shortened and keeps its extension', () => {
  const name = basename(`${'長'.repeat(300)}.csv`)
  assert.ok(Buffer.byteLength(name) <= 150)
  assert.match(name, /^長+\.csv$/u)
  assert.equal(basename(`${'a'.repeat(200)}.csv`), `${'a'.repeat(146)}.csv`)
  assert.equal(basename('𝒳'.repeat(200)), '𝒳'.repeat(37))
})

test('the longest name that a request can have is shortened without delay', () => {
  const before = performance.now()
  for (let times = 0; times < 20; times++) assert.equal(basename(`a${'b'.repeat(16_000)}`).length, 150)
  assert.ok(performance.now() - before < 1_000)
})

test('two uploads with the same name have different keys', () => {
  assert.notEqual(uploadKey('a.csv'), uploadKey('a.csv'))
})

test('a key outside the folders of the store, or that could lead out of them, is not valid', () => {
  for (const key of [
    '',
    'uploads',
    'uploads/',
    '/uploads/a.csv',
    'secrets/a.csv',
    'uploads/../a.csv',
    'uploads/..',
    'uploads/.',
    'uploads/.a',
    'uploads/a/b.csv',
    'uploads//a',
    'uploads\\a',
    'uploads/a\\b',
    'uploads/a\0',
    'uploads/a\n',
    'Uploads/a',
    './uploads/a',
    'uploads/a\uD800',
    `uploads/${'a'.repeat(256)}`,
    `uploads/${'é'.repeat(128)}`,
    7,
    null,
    undefined,
    ['uploads/a'],
  ])
    assert.equal(isKey(key), false, String(key))
  assert.ok(isKey('uploads/a.csv'))
  assert.ok(isKey(`exports/${'a'.repeat(255)}`))
})
