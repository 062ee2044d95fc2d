import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDate } from '../../src/vql/parse-date.ts'

const DAY = 86_400_000

for (const [text, expected] of [
  ['2024-01-15T10:30:00Z', Date.UTC(2024, 0, 15, 10, 30)],
  ['2024-01-15T10:30', Date.UTC(2024, 0, 15, 10, 30)],
  ['2024-01-15 10:30:05', Date.UTC(2024, 0, 15, 10, 30, 5)],
  ['2024-01-15t10:30:05z', Date.UTC(2024, 0, 15, 10, 30, 5)],
  ['2024-01-15T10:30:05.7Z', Date.UTC(2024, 0, 15, 10, 30, 5, 700)],
  ['2024-01-15T10:30:05,123Z', Date.UTC(2024, 0, 15, 10, 30, 5, 123)],
  ['2024-01-15T10:30:05.123000Z', Date.UTC(2024, 0, 15, 10, 30, 5, 123)],
  ['2024-01-15T10:30:05.123456789Z', Date.UTC(2024, 0, 15, 10, 30, 5, 123) + 0.5],
  ['2024-01-15T00:30:00+05:30', Date.UTC(2024, 0, 14, 19, 0)],
  ['2024-01-15T23:30:00-0100', Date.UTC(2024, 0, 16, 0, 30)],
  ['2024-01-15T23:30:00+02', Date.UTC(2024, 0, 15, 21, 30)],
  ['0099-12-31T00:00:00Z', Date.parse('0099-12-31T00:00:00Z')],
] as const) {
  test(`${text} is a moment`, () => {
    assert.deepEqual(parseDate(text), { start: expected, end: expected })
  })
}

test('a date without a time is the whole day in UTC, including leap days', () => {
  for (const text of ['2024-02-29', '1970-01-01', '1969-12-31', '9999-12-31', '0001-01-01']) {
    const start = Date.parse(`${text}T00:00:00.000Z`)
    assert.deepEqual(parseDate(text), { start, end: start + DAY - 1 })
  }
})

test('a text that is not a date, or a day that does not exist, gives null', () => {
  const wrong = ['', '2024', '2024-01', '2024-1-5', '20240115', '2023-02-29', '2024-13-01', '2024-00-10', '2024-01-00']
  const worse = ['2024-04-31', '2024-01-15T24:00:00Z', '2024-01-15T10:60Z', '2024-01-15T10:30:60Z', '2024-01-15T10Z']
  const worst = [
    '2024-01-15T10:30+25:00',
    '2024-01-15T10:30Z[UTC]',
    '15.01.2024',
    '01/15/2024',
    '1705276800',
    '+002024-01-15',
  ]
  for (const text of [...wrong, ...worse, ...worst]) assert.equal(parseDate(text), null, text)
})

test('every moment survives formatting and parsing', () => {
  const dates = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  fc.assert(
    fc.property(dates, date => {
      assert.deepEqual(parseDate(date.toISOString()), { start: date.getTime(), end: date.getTime() })
    }),
  )
})
