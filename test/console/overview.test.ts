import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describePart } from '../../console/src/health/describe-part.ts'
import { canBeEmpty, FIELDS_EXPECTED } from '../../console/src/overview/conditions.ts'
import { countDays, listDays } from '../../console/src/overview/count-days.ts'
import { queryableNames } from '../../src/fields.ts'

const NOW = Date.parse('2026-03-01T00:30:00.000Z')

test('days end with today and cross months', () => {
  assert.deepEqual(listDays(3, NOW), ['2026-02-27', '2026-02-28', '2026-03-01'])
})

test('records are counted by day with few requests, and never with more than there are days', async () => {
  const days = listDays(30, NOW)
  for (const created of [[], ['2026-03-01'], ['2026-02-10', '2026-02-10', '2026-02-11'], days]) {
    let requests = 0
    const counts = await countDays(days, async (first, last) => {
      requests++
      return created.filter(day => day >= first && day <= last).length
    })
    assert.deepEqual(
      counts,
      days.map(day => created.filter(other => other === day).length),
    )
    assert.ok(requests <= (created.length === 0 ? 1 : created.length === 1 ? 6 : days.length), `${requests} requests`)
  }
})

test('a place is held for every field whose completeness is shown', () => {
  for (const service of ['contact', 'company'] as const) {
    const fields = queryableNames(service).filter(name => canBeEmpty(service, name))
    assert.equal(fields.length, FIELDS_EXPECTED[service], service)
  }
})

test('each part of the server is described in words, also one that is not known yet', () => {
  const index = describePart('index', {
    status: 'ok',
    state: 'catching up',
    seq: 1234,
    lag: { changes: 1500, seconds: 2.5 },
  })
  assert.equal(index.status, 'Catching up')
  assert.deepEqual(index.details, [
    ['Changes applied', '1,234'],
    ['Delay', '1,500 changes, the oldest 2.5 s old'],
  ])
  assert.match(describePart('database', { status: 'down' }).advice!, /npx connectra doctor/)
  assert.equal(describePart('database', { status: 'ok' }).advice, null)
  assert.match(describePart('migrations', { status: 'starting', pending: ['0007_x.sql'] }).meaning, /^1 change of/)
  assert.equal(describePart('worker', { status: 'off' }).tone, 'neutral')
  const files = describePart('files', { status: 'down', reason: 'no reply' })
  assert.deepEqual([files.title, files.tone, files.details], ['Files', 'bad', [['Reason', 'no reply']]])
  assert.deepEqual(describePart('disk_space', { status: 'low', free_bytes: 10 }), {
    title: 'Disk space',
    tone: 'warn',
    status: 'Low',
    meaning: 'It is not ready.',
    advice: 'See the log of the server.',
    details: [['Free bytes', '10']],
  })
})
