import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../src/database/open-database.ts'

test('a database that cannot be reached is one line, then one call for each further attempt', async () => {
  const lines: string[] = []
  const attempts: boolean[] = []
  const opened = openDatabase({
    databaseUrl: 'postgresql://nobody:secret@127.0.0.1:1/nothing',
    dataDir: '/nowhere',
    connections: 4,
    command: 'test',
    share: false,
    create: false,
    patience: 1_200,
    say: line => lines.push(line),
    onAttempt: over => attempts.push(over),
    signal: new AbortController().signal,
  })
  const message = 'the database at 127.0.0.1:1/nothing cannot be used (connect ECONNREFUSED 127.0.0.1:1)'
  await assert.rejects(opened, { code: 'ERR_UNAVAILABLE', message: `${message}: check DATABASE_URL` })
  assert.deepEqual(lines, [`${message}: check DATABASE_URL; trying for 1 s`])
  assert.deepEqual(attempts, [false, false, true])
})
