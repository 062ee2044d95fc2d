/**
 * Reads JSON as `JSON.parse` does, and remembers where each value stands. `JSON.parse` says where an error is in a different way in
 * each browser, and takes a key that occurs twice without a word: a condition would be lost.
 */
export interface JsonNode {
  readonly start: number
  readonly end: number
  readonly members?: readonly JsonMember[]
  readonly items?: readonly JsonNode[]
}

interface JsonMember {
  readonly key: string
  readonly keyStart: number
  readonly node: JsonNode
}

export class JsonProblem extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonProblem'
    this.offset = offset
  }
}

const MAX_DEPTH = 100
const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /(?:true|false|null)(?![\w$])/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON does not allow them in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

/** Throws JsonProblem. */
export function readJsonTree(text: string): JsonNode {
  let place = 0

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = place
    const [found] = pattern.exec(text) ?? []
    if (found === undefined) return null
    place += found.length
    return found
  }

  function peek(): string | undefined {
    take(SPACE)
    return text[place]
  }

  function fail(message: string, offset = place): never {
    throw new JsonProblem(message, offset)
  }

  function readValue(depth: number): JsonNode {
    if (depth > MAX_DEPTH) fail('This is nested too deeply.')
    const first = peek()
    const start = place
    if (first === undefined) fail('A value is missing at the end.')
    if (first === '{') return readObject(depth)
    if (first === '[') return readList(depth)
    if (first === '"') readString()
    else if (take(WORD) === null && take(NUMBER) === null) fail(`A value cannot begin with ${shown(first)}.`)
    return { start, end: place }
  }

  function readString(): string {
    const start = place
    const string = take(STRING)
    if (string === null) fail('This text has no closing quote, or a line break or a wrong backslash in it.', start)
    return JSON.parse(string) as string
  }

  function readObject(depth: number): JsonNode {
    const start = place++
    const members: JsonMember[] = []
    const seen = new Set<string>()
    while (peek() !== '}' || members.length > 0) {
      if (peek() !== '"')
        fail(peek() === '}' ? 'Remove the comma before this }.' : 'A name in double quotes is missing here.')
      const keyStart = place
      const key = readString()
      if (seen.has(key))
        fail(`The name ${shown(key)} occurs twice in one object. Only the last one would count.`, keyStart)
      seen.add(key)
      if (peek() !== ':') fail('A colon is missing here.')
      place++
      members.push({ key, keyStart, node: readValue(depth + 1) })
      if (!goesOn('}')) break
    }
    place++
    return { start, end: place, members }
  }

  function readList(depth: number): JsonNode {
    const start = place++
    const items: JsonNode[] = []
    while (peek() !== ']' || items.length > 0) {
      if (peek() === ']') fail('Remove the comma before this ].')
      items.push(readValue(depth + 1))
      if (!goesOn(']')) break
    }
    place++
    return { start, end: place, items }
  }

  /** After an item: whether a comma says that another one comes. */
  function goesOn(end: string): boolean {
    const next = peek()
    if (next === end) return false
    if (next !== ',') fail(`A comma or ${end} is missing here.`)
    place++
    return true
  }

  const root = readValue(1)
  if (peek() !== undefined) fail('There is more text after the end.')
  return root
}

function shown(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`
}

/** Lines and columns begin with 1. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
