/** Runs the examples of a document in Markdown and compares their replies, or writes them into it (`npm run docs`). */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connectra, temporaryDirectory } from '../app/processes.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { formatJson, shortened } from './format-json.ts'
import { createPlaceholders } from './placeholders.ts'
import { type Example, hitsText, type Request, readCommand, readExamples, readRequest } from './read-examples.ts'
import { send } from './send.ts'
import { startTourServer, type TourServer } from './tour-server.ts'

/** Set by `npm run docs`: replies are written instead of compared. */
export const WRITING = process.env.CONNECTRA_DOCS === 'write'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Registers a test for each example of the document; they run in its order, on a server with the data of the tour. */
export async function testDocument(path: string): Promise<void> {
  const url = new URL(`../../${path}`, import.meta.url)
  const markdown = await readFile(url, 'utf8')
  const server = await startTourServer()
  const placeholders = createPlaceholders(server)
  const edits: Edit[] = []

  for (const example of readExamples(markdown)) {
    test(`${path}:${example.line} ${example.request.split('\n', 1)[0]}`, async () => {
      const text = placeholders.reveal(example.request)
      const command = readCommand(text)
      const result = command === null ? await reply(server, readRequest(text)) : await runCommand(server, command)
      const found: Edit[] = []
      if (result !== undefined) found.push({ ...example.reply, text: replyText(placeholders.hide(result), example) })
      if (example.hits !== null) found.push({ ...example.hits, text: await countHits(server, readRequest(text)) })
      if (WRITING) edits.push(...found)
      else for (const { start, end, text } of found) assert.equal(markdown.slice(start, end), text)
    })
  }
  if (WRITING) test(`${path} is written`, async () => await writeFile(url, edited(markdown, edits)))
}

async function reply(server: TourServer, { method, path, headers, body }: Request): Promise<unknown> {
  const isSigned = /^(?:\/files\/|https?:)/.test(path)
  const json = isSigned || body === '' ? body || undefined : JSON.parse(body)
  const reply = await send(server, { method, path, headers, body: json })
  if (isSigned) assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body
}

function replyText(reply: unknown, { reply: { language, shortened: isShortened } }: Example): string {
  assert.equal(typeof reply === 'string', language !== 'json', `the reply is ${JSON.stringify(reply)}`)
  return typeof reply === 'string' ? reply : `${formatJson(isShortened ? shortened(reply) : reply)}\n`
}

/** Afterwards searches show what the command did. */
async function runCommand({ database, engine, stack }: TourServer, command: readonly string[]): Promise<string> {
  const environment = { ...stack, DATABASE_URL: database.url, DATA_DIR: temporaryDirectory() }
  const { code, stdout, stderr } = await connectra(command, environment)
  assert.equal(code, 0, stderr)
  const { rows } = await database.pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')
  await waitUntil('the index has what the command did', () => engine.applied()!.seq >= rows[0]!.seq)
  return stdout
}

const SEARCH = /^\/(contacts|companies)\/(?:export)?$/

/** "12 contacts match". */
async function countHits(server: TourServer, { path, body }: Request): Promise<string> {
  const [, plural] = SEARCH.exec(path) ?? []
  assert.ok(plural, 'only searches and exports have hits')
  const { where } = JSON.parse(body) as { where?: unknown }
  const { count } = (await server.post(`/${plural}/count`, { where })).body
  return hitsText(count, plural === 'contacts' ? 'contact' : 'company')
}

function edited(text: string, edits: readonly Edit[]): string {
  const lastFirst = [...edits].sort((a, b) => b.start - a.start)
  return lastFirst.reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text)
}
