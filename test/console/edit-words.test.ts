import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeChange, describeRestored } from '../../console/src/explore/record/edit-words.ts'

test('a message names the values before and after, shortly', () => {
  assert.equal(
    describeChange('Title', 'Software Engineer', 'BBB Engineer', 'text'),
    'Title: “Software Engineer” → “BBB Engineer”',
  )
  assert.equal(describeChange('Employees', null, 12_000, 'integer'), 'Employees: empty → “12,000”')
  assert.equal(describeChange('Keywords', ['a', 'b'], [], 'list'), 'Keywords: “a, b” → empty')
  const url = 'https://www.example.com/people/ada-byron'
  assert.equal(describeRestored('Website', url, 'url'), `Website is “${url}” again.`)
  assert.equal(describeRestored('Title', 'x'.repeat(200), 'text'), `Title is “${'x'.repeat(40)}…” again.`)
})
