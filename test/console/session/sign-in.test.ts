import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOwn, sortKeys, stateOf } from '../../../console/src/keys/sort-keys.ts'
import { filterCommands, listCommands } from '../../../console/src/shell/palette/palette-commands.ts'
import { readCode, readKey } from '../../../console/src/shell/sign-in/sign-in-input.ts'

test('a key is read from what people paste', () => {
  const key = 'ck_0123456789abcdefABCDEF-_'
  for (const pasted of [
    key,
    ` ${key}\n`,
    `"${key}"`,
    `Bearer ${key}`,
    `Authorization: Bearer ${key}`,
    `X-API-Key: ${key}`,
  ])
    assert.equal(readKey(pasted), key, pasted)
  for (const wrong of ['', '  ', 'two words', 'schlüssel', 'ck_1\nck_2']) assert.equal(readKey(wrong), null, wrong)
})

test('a sign-in code is read from its address only', () => {
  assert.equal(readCode('#/sign-in?code=si_a-_B'), 'si_a-_B')
  for (const hash of ['', '#/', '#/sign-in', '#/sign-in?code=', '#/contacts?code=si_a'])
    assert.equal(readCode(hash), null, hash)
})

const DAY = 86_400_000
const key = (id: number, rest: object = {}) => ({
  id,
  name: `key ${id}`,
  prefix: 'ck_ab',
  last_four: `000${id}`,
  admin: false,
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  ...rest,
})

test('keys that are valid come first, the newest of them at the top', () => {
  const now = Date.parse('2026-02-01T00:00:00.000Z')
  const keys = [
    key(1),
    key(2, { revoked_at: '2026-01-05T00:00:00.000Z' }),
    key(3, { expires_at: new Date(now - DAY).toISOString() }),
    key(4, { expires_at: new Date(now + DAY).toISOString() }),
  ]
  assert.deepEqual(
    sortKeys(keys, now).map(found => [found.id, stateOf(found, now)]),
    [
      [4, 'valid'],
      [1, 'valid'],
      [3, 'expired'],
      [2, 'revoked'],
    ],
  )
})

test('a browser recognises its own key, but not by a part that is not shown', () => {
  assert.equal(isOwn(key(1), 'ck_ab…0001'), true)
  assert.equal(isOwn(key(1), 'ck_ab…0002'), false)
  assert.equal(isOwn(key(1), null), false)
  assert.equal(isOwn(key(1, { prefix: '', last_four: '' }), 'short'), false)
})

test('the palette finds a command by the beginnings of its words', () => {
  const done: string[] = []
  const room = {
    path: '/contacts',
    label: 'Contacts',
    icon: 'person',
    shortcut: 'c',
    load: async () => ({}) as never,
  } as const
  const commands = listCommands([room], {
    goTo: path => done.push(path),
    setTheme: theme => done.push(theme),
    openReference: () => done.push('reference'),
    signOut: () => done.push('sign out'),
  })
  const labels = (text: string) => filterCommands(commands, text).map(({ label }) => label)
  assert.equal(labels('').length, commands.length)
  assert.deepEqual(labels('CON'), ['Contacts'])
  assert.deepEqual(labels('theme da'), ['Use the dark theme'])
  assert.deepEqual(labels('log out'), ['Sign out'])
  assert.deepEqual(labels('xyz'), [])
  for (const command of commands) command.run()
  assert.deepEqual(done, ['/contacts', 'light', 'dark', 'system', 'reference', 'sign out'])
})
