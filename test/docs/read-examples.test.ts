import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hitsText, readCommand, readExamples, readRequest } from './read-examples.ts'

function block(language: string, content: string): string {
  return `\`\`\`${language}\n${content}\n\`\`\`\n\n`
}

const REQUEST = block('http', 'POST /contacts/\nX-Test: yes\n\n{"limit": 1}')

test('An example is a request, its reply and how many records match', () => {
  const document = `${REQUEST}1,200 contacts match:\n\n${block('json shortened', '{}')}${block('sh', 'curl x')}`
  const [example, ...others] = readExamples(document)
  assert.deepEqual(others, [])
  assert.equal(example!.line, 1)
  assert.equal(example!.hits!.text, '1,200 contacts match')
  assert.equal(document.slice(example!.reply.start, example!.reply.end), '{}\n')
  assert.equal(example!.reply.shortened, true)
  assert.deepEqual(readRequest(example!.request), {
    method: 'POST',
    path: '/contacts/',
    headers: { 'X-Test': 'yes' },
    body: '{"limit": 1}\n',
  })
})

test('A command and its output are an example', () => {
  const [example] = readExamples(block('sh', 'npx connectra keys list') + block('text', 'none'))
  assert.deepEqual(readCommand(example!.request), ['keys', 'list'])
})

test('A block that no test would run is refused', () => {
  const json = block('json', '{}')
  for (const document of [
    json,
    REQUEST,
    REQUEST + REQUEST,
    REQUEST + json + json,
    REQUEST + block('text', 'x'),
    block('yaml', 'x'),
  ])
    assert.throws(() => readExamples(document), assert.AssertionError, document)
})

test('Numbers of records are written as sentences say them', () => {
  assert.deepEqual(
    [0, 1, 2, 1200].map(count => hitsText(count, 'company')),
    ['No company matches', '1 company matches', '2 companies match', '1,200 companies match'],
  )
})
