/**
 * The examples of a document in Markdown: a block ```http with a request, then the block of its reply (```json, ```csv or
 * ```ndjson), which may be marked as "shortened". A sentence between the two may say how many records match. Likewise a
 * block ```sh with a command `npx connectra …`, then the block ```text of its output.
 */
import assert from 'node:assert/strict'

/** A part of the document, from `start` to `end`. */
interface Span {
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface Example {
  /** Of the request, from 1. */
  readonly line: number
  /** Without the fences: the request line, headers, an empty line, the body. */
  readonly request: string
  /** How many records match, as the document says: "12 contacts match". */
  readonly hits: Span | null
  readonly reply: Span & { readonly language: string; readonly shortened: boolean }
}

const FENCED = /^```(\S*)[ ]*([^\n]*)\n(.*?)^```$/gms
/** Languages of requests, with those of their replies. */
const REPLIES: Readonly<Record<string, readonly string[]>> = { http: ['json', 'csv', 'ndjson'], sh: ['text'] }
const COMMAND = 'npx connectra '
const HITS = /(?:\bNo|[\d,]+) (?:contact|company|contacts|companies) match(?:es)?\b/

export function readExamples(markdown: string): Example[] {
  const examples: Example[] = []
  let request: {
    readonly language: string
    readonly line: number
    readonly text: string
    readonly end: number
  } | null = null
  for (const match of markdown.matchAll(FENCED)) {
    const [block, language, note, content] = match as unknown as [string, string, string, string]
    const line = markdown.slice(0, match.index).split('\n').length
    const here = `line ${line}, ${language}`
    const end = match.index + block.length
    if (request === null) {
      assert.ok(language in REPLIES, `${here}: a reply without a request`)
      // Other commands are not examples.
      if (language === 'http' || content.startsWith(COMMAND)) request = { language, line, text: content, end }
    } else {
      assert.ok(REPLIES[request.language]!.includes(language), `${here}: not the reply of line ${request.line}`)
      const start = end - content.length - '```'.length
      const reply = { text: content, start, end: start + content.length, language, shortened: note === 'shortened' }
      const hits = findHits(markdown, request.end, match.index)
      examples.push({ line: request.line, request: request.text, hits, reply })
      request = null
    }
  }
  assert.ok(request === null, 'the last request has no reply')
  return examples
}

function findHits(markdown: string, from: number, to: number): Span | null {
  const match = HITS.exec(markdown.slice(from, to))
  if (match === null) return null
  const start = from + match.index
  return { text: match[0], start, end: start + match[0].length }
}

/** The arguments of a command; null for a request. */
export function readCommand(text: string): readonly string[] | null {
  return text.startsWith(COMMAND) ? text.slice(COMMAND.length).trim().split(/\s+/) : null
}

/** "12 contacts match". */
export function hitsText(count: number, service: 'contact' | 'company'): string {
  if (count === 1) return `1 ${service} matches`
  if (count === 0) return `No ${service} matches`
  return `${count.toLocaleString('en')} ${service === 'contact' ? 'contacts' : 'companies'} match`
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function readRequest(text: string): Request {
  const [head, ...rest] = text.split('\n\n')
  const [first, ...headers] = head!.trim().split('\n')
  const [method, path] = first!.split(' ')
  assert.match(first!, /^(GET|POST|PUT) (?:\/|https?:)\S*$/, first)
  const entries = headers.map(header => header.split(/:\s*/, 2) as [string, string])
  return { method: method!, path: path!, headers: Object.fromEntries(entries), body: rest.join('\n\n') }
}
