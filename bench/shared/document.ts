/** docs/performance.md: each command has a block between two comments, with its charts, its tables, and the command and commit that produced them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseMarkdown, type Table } from './table.ts'

export const DOCS = join(import.meta.dirname, '../../docs')
const DOCUMENT = join(DOCS, 'performance.md')
const END = '<!-- end -->'

export interface Block {
  /** The command that produced the tables, and the commit at which it ran. */
  readonly command: string
  readonly commit: string
  readonly tables: readonly Table[]
}

export function readDocument(): string {
  return readFileSync(DOCUMENT, 'utf8')
}

export function writeDocument(document: string): void {
  writeFileSync(DOCUMENT, document)
}

/** The blocks with tables. A block is empty until its command has run for the first time. */
export function parseBlocks(document: string): Block[] {
  return [...document.matchAll(/^<!-- (npm run bench -- .*) -->\n([\s\S]*?)^<!-- end -->$/gm)]
    .filter(([, , content]) => content!.trim() !== '')
    .map(([, command, content]) => {
      const commit = /^`.*` at commit (\S+)\.$/m.exec(content!)?.[1]
      if (commit === undefined) throw new Error(`docs/performance.md does not name the commit of ${command}`)
      return { command: command!, commit, tables: parseMarkdown(content!) }
    })
}

/** Where the content of a command's block starts and ends. Throws if the document has no block for it. */
export function findBlock(document: string, command: string): readonly [from: number, to: number] {
  const begin = `<!-- ${command} -->\n`
  const from = document.indexOf(begin)
  const to = document.indexOf(END, from)
  if (from < 0 || to < 0)
    throw new Error(`docs/performance.md has no block for this command; add "${begin.trim()}" and "${END}"`)
  return [from + begin.length, to]
}

/** Replaces the content of a command's block. */
export function replaceBlock(document: string, command: string, content: string): string {
  const [from, to] = findBlock(document, command)
  return `${document.slice(0, from)}\n${content}\n\n${document.slice(to)}`
}
