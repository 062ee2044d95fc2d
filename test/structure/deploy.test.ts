import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SETTINGS } from '../../src/config.ts'

const UNIT = readFileSync(join(import.meta.dirname, '../../deploy/connectra.service'), 'utf8')
/** Read by glibc. */
const OTHERS = ['MALLOC_MMAP_THRESHOLD_']

test('the variables in the unit for systemd are settings, and it allows enough time to stop', () => {
  const names = [...UNIT.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line]) =>
    [...line!.matchAll(/(\w+)=/g)].map(([, name]) => name!),
  )
  const known = [...Object.values(SETTINGS).map(({ env }) => env as string), ...OTHERS]
  assert.ok(names.includes('DATA_DIR'))
  assert.deepEqual(
    names.filter(name => !known.includes(name)),
    [],
  )
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(UNIT)?.[1]) >= 10)
})
