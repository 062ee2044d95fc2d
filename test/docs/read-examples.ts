/**
 * The examples of a document in Markdown: a block ```http with a request, then the block of its reply (```json, ```csv or
 * ```ndjson), which may be marked as "shortened". A sentence between the two may say how many records match.
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
const REPLIES = new Set(['json', 'csv', 'ndjson'])
/** Blocks that are no examples of requests. */
const OTHERS = new Set(['sh', 'text'])
const HITS = /(?:\bNo|[\d,]+) (?:contact|company|contacts|companies) match(?:es)?\b/

export function readExamples(markdown: string): Example[] {
  const examples: Example[] = []
  let request: { readonly line: number; readonly text: string; readonly end: number } | null = null
  for (const match of markdown.matchAll(FENCED)) {
    const [block, language, note, content] = match as unknown as [string, string, string, string]
    const line = markdown.slice(0, match.index).split('\n').length
    const here = `line ${line}, ${language}`
    const end = match.index + block.length
    if (language === 'http') {
      assert.ok(request === null, `${here}: the request before it has no reply`)
      request = { line, text: content, end }
    } else if (REPLIES.has(language)) {
      assert.ok(request !== null, `${here}: a reply without a request`)
      const start = end - content.length - '```'.length
      const reply = { text: content, start, end: start + content.length, language, shortened: note === 'shortened' }
      const hits = findHits(markdown, request.end, match.index)
      examples.push({ line: request.line, request: request.text, hits, reply })
      request = null
    } else assert.ok(OTHERS.has(language), `${here}: a block that no test knows`)
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
  assert.match(first!, /^(GET|POST|PUT) \/\S*$/, first)
  const entries = headers.map(header => header.split(/:\s*/, 2) as [string, string])
  return { method: method!, path: path!, headers: Object.fromEntries(entries), body: rest.join('\n\n') }
}
