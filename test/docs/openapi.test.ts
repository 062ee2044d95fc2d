import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import * as JsonSchema from 'typebox/schema'
import { createSignInCode } from '../../src/access/sessions.ts'
import { EXAMPLES, type OperationExample } from '../../src/http/examples.ts'
import { formatJson, shortened } from './format-json.ts'
import { createPlaceholders } from './placeholders.ts'
import { WRITING } from './run-document.ts'
import { send } from './send.ts'
import { startTourServer } from './tour-server.ts'

type Content = Record<string, { schema: object; examples?: Record<string, { value: unknown }> }>

interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

const server = await startTourServer()
/** The sign-in code in the examples. */
const CODE = 'si_Vd0Y7mJq2tXcL9bRkPz4sWfHn6uGyEaT1oKiQ8vMx3A'
const placeholders = createPlaceholders(server, { [CODE]: await createSignInCode(server.database.pool) })
const document = server.app.swagger() as unknown as {
  readonly components: object
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
const operations = Object.values(document.paths).flatMap(methods =>
  Object.entries(methods).flatMap(([method, operation]) => (method === 'head' ? [] : [operation])),
)
const allExamples = Object.values(EXAMPLES).flat()
/** S3 takes these requests, if files are there. */
const isInS3 = !server.filesUrl.startsWith(server.url)
const FILE_OPERATIONS = ['putFile', 'getFile']

test('Every operation has an example, and every example an operation', () => {
  const named = new Set(allExamples.map(example => example.operation))
  if (isInS3) for (const operation of FILE_OPERATIONS) named.delete(operation)
  assert.deepEqual([...named].sort(), operations.map(operation => operation.operationId).sort())
})

test('The document has every example: the body of its request and its reply', () => {
  const shown = (content: Content | undefined) =>
    Object.values(content ?? {}).flatMap(media =>
      Object.entries(media.examples ?? {}).map(([name, { value }]) => [name, value] as const),
    )
  for (const operation of operations) {
    const examples = allExamples.filter(example => example.operation === operation.operationId)
    assert.deepEqual(
      new Map(shown(operation.responses['200']?.content)),
      new Map(examples.map(example => [example.name, example.reply])),
      operation.operationId,
    )
    const bodies = examples.filter(example => example.body !== undefined)
    assert.deepEqual(
      new Map(shown(operation.requestBody?.content)),
      new Map(bodies.map(example => [example.name, example.body])),
      operation.operationId,
    )
  }
})

for (const [file, examples] of Object.entries(EXAMPLES)) {
  const written: OperationExample[] = []
  for (const example of examples)
    test(`${example.operation}, ${example.name}: the request succeeds and has the reply of the document`, async () => {
      const body = reveal(example.body)
      if (!isInS3 || !FILE_OPERATIONS.includes(example.operation)) checkBody(example.operation, body)
      const [method, path] = placeholders.reveal(example.request).split(' ') as [string, string]
      // Compares replies in JSON with their schema.
      const headers =
        example.key === undefined ? {} : { 'x-api-key': placeholders.reveal(example.key), authorization: '' }
      const answer = await send(server, { method, path, headers, body })
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      if (answer.body === undefined) return
      const reply = shortened(placeholders.hide(answer.body))
      written.push({ ...example, reply })
      if (!WRITING) assert.deepEqual(reply, example.reply)
    })
  if (WRITING)
    test(`${file}.json is written`, async () => {
      assert.equal(written.length, examples.length)
      const url = new URL(`../../src/http/examples/${file}.json`, import.meta.url)
      await writeFile(url, `${formatJson(written)}\n`)
    })
}

function reveal(body: unknown): unknown {
  return body === undefined ? undefined : JSON.parse(placeholders.reveal(JSON.stringify(body)))
}

function checkBody(operationId: string, body: unknown): void {
  const operation = operations.find(one => one.operationId === operationId)!
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  assert.equal(schema === undefined, body === undefined, 'a body where the document has none, or none where it has one')
  if (schema === undefined) return
  const validator = JsonSchema.Compile({ ...schema, components: document.components } as never)
  assert.ok(validator.Check(body), JSON.stringify(validator.Errors(body)))
}
