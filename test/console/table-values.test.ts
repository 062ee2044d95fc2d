import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editableText, formatValue, isSameValue, parseText } from '../../console/src/explore/columns/format-value.ts'

test('numbers have separators, identifiers do not', () => {
  assert.equal(formatValue(1234567, 'integer')!.text, '1,234,567')
  assert.equal(formatValue(1234567, 'key')!.text, '1234567')
  assert.equal(formatValue(0, 'integer')!.text, '0')
})

test('nothing is shown for nothing', () => {
  for (const value of [null, '', []]) assert.equal(formatValue(value, 'text'), null)
})

test('only http addresses are links', () => {
  const link = formatValue('https://www.linkedin.com/in/ada/', 'url')!
  assert.deepEqual([link.text, link.href], ['linkedin.com/in/ada', 'https://www.linkedin.com/in/ada/'])
  for (const value of ['javascript:alert(1)', ' https://a.example', 'acme.example', 'data:text/html,x'])
    assert.equal(formatValue(value, 'url')!.href, null)
  assert.equal(formatValue('https://a.example', 'text')!.href, null)
})

test('of a long list some items are shown, and how many are not', () => {
  const keywords = Array.from({ length: 1000 }, (_, index) => `keyword ${index}`)
  const cell = formatValue(keywords, 'list')!
  assert.ok(cell.text.startsWith('keyword 0, keyword 1') && cell.text.length <= 80)
  assert.equal(cell.text.split(', ').length + cell.more, 1000)
  assert.ok(cell.title.length <= 2001)
  assert.deepEqual(formatValue(['only'], 'list'), { text: 'only', title: 'only', more: 0, href: null })
})

test('long text is cut, but not within a character', () => {
  const cell = formatValue(`${'a'.repeat(299)}😀${'b'.repeat(40_000)}`, 'text')!
  assert.equal(cell.text, `${'a'.repeat(299)}…`)
  assert.ok(cell.title.length <= 2001)
})

test('a date that is none does not break the table', () => {
  assert.match(formatValue('2026-01-15T10:30:00.000Z', 'date')!.text, /2026/)
  assert.equal(formatValue('soon', 'date')!.text, 'soon')
})

test('what is typed becomes a value, and a value what can be typed', () => {
  assert.equal(parseText('  ', 'text'), null)
  assert.equal(parseText(' Ada ', 'text'), 'Ada')
  assert.deepEqual(parseText('Oil, Gas, and Mining\n\n Retail ', 'list'), ['Oil, Gas, and Mining', 'Retail'])
  assert.equal(parseText('1,200', 'integer'), 1200)
  assert.equal(parseText('5.2M', 'integer'), '5.2M', 'the server reads it')
  assert.equal(parseText('1,2', 'integer'), '1,2', 'it is not 12')
  assert.equal(parseText('0123', 'phone'), '0123')
  for (const value of ['Ada', ['a, b', 'c'], null] as const)
    assert.ok(isSameValue(parseText(editableText(value), typeof value === 'object' && value ? 'list' : 'text'), value))
})
