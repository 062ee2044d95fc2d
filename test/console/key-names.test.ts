import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trackKeys } from '../../console/src/shell/key-names.ts'

const NAMES = new Set(['j', 'k', 'e', '/', '?', 'Enter', 'g i', 'g c'])

/** The shortcuts of keys that are pressed one after the other. `every`: milliseconds between them. */
function press(keys: readonly string[], every = 100) {
  const nameOf = trackKeys()
  return keys.map((key, index) => nameOf(key, 5000 + index * every, NAMES)).filter(name => name !== null)
}

test('keys are shortcuts alone and in pairs, also quickly one after the other', () => {
  assert.deepEqual(press(['j', 'j', 'k', 'e', 'g', 'i', '?', 'Enter']), ['j', 'j', 'k', 'e', 'g i', '?', 'Enter'])
  assert.deepEqual(press(['g', 'i'], 1500), [])
  assert.deepEqual(press(['g', 'g', 'c']), ['g c'])
})

test('the letters of a text are none, up to a second after the last one', () => {
  assert.deepEqual(press([...'Software Engineer/j?']), [])
  assert.deepEqual(press([...'xj'], 1500), ['j'])
  assert.deepEqual(press([...'Engi', 'Enter', 'g', 'i']), ['Enter', 'g i'])
  assert.deepEqual(press([...'gxgi']), [])
  // It is part of a capital letter.
  assert.deepEqual(press(['e', 'E', 'Shift', 'g', 'i']), ['e'])
})
