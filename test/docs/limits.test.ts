import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { ConnectraError, type ErrorCode } from '../../src/errors.ts'
import { DEFAULT_QUERY_LIMITS } from '../../src/vql/limits.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_REACH } from '../../src/vql/parse-page.ts'
import { MAX_SLOP } from '../../src/vql/parse-text-match.ts'

const DOCUMENTS = ['querying', 'identity', 'jobs', 'importing', 'exporting', 'operations']

async function readDocument(name: string): Promise<string> {
  return await readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')
}

test('querying.md has the limits of the code', async () => {
  const document = await readDocument('querying')
  const values = [
    MAX_LIMIT,
    MAX_REACH,
    DEFAULT_QUERY_LIMITS.clauses,
    DEFAULT_QUERY_LIMITS.values,
    DEFAULT_QUERY_LIMITS.characters,
    DEFAULT_QUERY_LIMITS.words,
    DEFAULT_QUERY_LIMITS.fuzzyWords,
    DEFAULT_QUERY_LIMITS.textLength,
    DEFAULT_QUERY_LIMITS.depth,
    DEFAULT_QUERY_LIMITS.orders,
    MAX_SLOP,
    readConfig({}).exportMaxRows,
  ]
  const [, limits] = /^## Limits\n(.*?)^## /ms.exec(document)!
  const shown = [...limits!.matchAll(/^\|.*\| ([\d,]+) \|$/gm)].map(match => match[1])
  assert.deepEqual(
    shown,
    values.map(value => value.toLocaleString('en')),
  )
  assert.ok(document.includes(`${DEFAULT_LIMIT} by default and at most ${MAX_LIMIT}`))
})

test('Every error code in the documents exists', async () => {
  for (const name of DOCUMENTS)
    for (const [code] of (await readDocument(name)).matchAll(/\bERR_[A-Z_]+\b/g))
      assert.equal(typeof new ConnectraError(code as ErrorCode, '').status, 'number', `${name}.md: ${code}`)
})
