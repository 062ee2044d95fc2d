/** Values of a filter: which are listed first, pasted lists, and e-mail addresses that are copied. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Query } from '../../console/src/api/query.ts'
import { keepPlaces, listValues } from '../../console/src/explore/filters/panel/choose-rows.ts'
import { joinValues, MAX_VALUES, splitLines } from '../../console/src/explore/filters/paste-values.ts'
import { describeEmails, listEmails } from '../../console/src/explore/selection/list-emails.ts'

const rows = ['Germany', 'France', 'Spain'].map((name, index) => ({
  value: name.toLowerCase(),
  display_value: name,
  count: 30 - index,
}))
const listed = (pinned: readonly string[], chosen: readonly string[]) =>
  listValues(pinned, chosen, rows).map(({ value, found }) => `${value} ${found?.count ?? '?'}`)

test('chosen values come first, also those that are rare, and each value comes once', () => {
  assert.deepEqual(listed(['spain', 'malta'], ['spain', 'malta']), ['spain 28', 'malta ?', 'germany 30', 'france 29'])
  assert.deepEqual(listed(['FRANCE'], ['FRANCE']), ['FRANCE 29', 'germany 30', 'spain 28'])
})

test('a value that is ticked, or no longer ticked, stays where it is', () => {
  assert.deepEqual(listed([], ['spain']), ['germany 30', 'france 29', 'spain 28'])
  assert.deepEqual(listed(['spain'], []), ['spain 28', 'germany 30', 'france 29'])
})

test('pasted values are listed although they are rare', () => {
  assert.deepEqual(listed(['spain'], ['spain', 'malta']), ['spain 28', 'malta ?', 'germany 30', 'france 29'])
})

test('values whose counts change stay where they are, and those that are gone have 0, while there is room', () => {
  const before = listValues([], [], rows)
  const kept = (now: readonly (readonly [string, number])[], room: number, isWhole: boolean) => {
    const found = now.map(([value, count]) => ({ value, display_value: value, count }))
    return keepPlaces(before, listValues([], [], found), room, isWhole).map(
      one => `${one.value} ${one.found?.count ?? '?'}`,
    )
  }
  const now = [
    ['malta', 9],
    ['spain', 8],
    ['germany', 1],
  ] as const
  assert.deepEqual(kept(now, 8, true), ['germany 1', 'france 0', 'spain 8', 'malta 9'])
  assert.deepEqual(kept(now, 3, true), ['germany 1', 'spain 8', 'malta 9'])
  assert.deepEqual(kept(now, 8, false), ['germany 1', 'spain 8', 'malta 9'])
  assert.deepEqual(kept([], 8, true), ['germany 0', 'france 0', 'spain 0'])
})

test('a pasted list is not cut silently', () => {
  assert.equal(splitLines(Array.from({ length: 12_000 }, (_, line) => `value ${line}`).join('\n')).length, 12_000)
})

test('a filter has at most 10,000 values, and how many were left out is known', () => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index))
  assert.deepEqual(joinValues(['a'], ['b', 'a']), { values: ['a', 'b'], excess: 0 })
  const joined = joinValues(many(0, 6000), many(5000, 7000))
  assert.deepEqual([joined.values.length, joined.excess], [MAX_VALUES, 2000])
  assert.equal(joined.values.at(-1), '9999')
})

test('e-mail addresses are listed once each, and duplicates are not counted as missing', async () => {
  const emails = Array.from({ length: 250 }, (_, index) => `person${index % 240}@example.com`)
  const asked: Query[] = []
  const search = async (query: Query) => {
    asked.push(query)
    const from = query.cursor ? Number(query.cursor[0]) : 0
    return emails.slice(from, from + 100).map((email, at) => ({ uuid: '', email, cursor: [String(from + at + 1)] }))
  }
  const list = await listEmails({ search: 'x' }, search)
  assert.deepEqual([list.emails.length, list.contacts, asked.length], [240, 250, 3])
  assert.deepEqual(asked[0]!.where, { and: [{ search: 'x' }, { exists: { must: ['email'] } }] })
  assert.equal(
    describeEmails(list, 251),
    '240 e-mail addresses copied; 1 contact has none; 10 duplicates were left out.',
  )
  assert.equal(describeEmails({ emails: ['a'], contacts: 1 }, 1), '1 e-mail address copied.')
  assert.equal(
    describeEmails({ emails: ['a'], contacts: 2 }, 4),
    '1 e-mail address copied; 2 contacts have none; 1 duplicate was left out.',
  )
})
