/** Writes documents. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../cluster/client.ts'
import { OpenSearchError } from '../cluster/client.ts'

export interface Operation {
  readonly index: string
  readonly uuid: string
  /** Null deletes the document. */
  readonly document: object | null
}

/** Characters of a request. */
const LARGEST_REQUEST = 4_000_000
/** Milliseconds. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5_000
const TIMEOUT = 120_000

/**
 * Writes with `version`, the position in the feed from which the documents were read, or before it. A document that the index has
 * in the same or a later version stays: an older write never replaces a newer one. While the cluster is overloaded it waits, so
 * that nobody reads more than can be written.
 */
export async function writeAll(
  client: Client,
  operations: readonly Operation[],
  version: number,
  signal: AbortSignal,
): Promise<void> {
  let lines: string[] = []
  let size = 0
  for (const operation of operations) {
    const line = lineOf(operation, version)
    if (size > 0 && size + line.length > LARGEST_REQUEST) {
      await writeLines(client, lines, signal)
      lines = []
      size = 0
    }
    lines.push(line)
    size += line.length
  }
  if (lines.length > 0) await writeLines(client, lines, signal)
}

function lineOf({ index, uuid, document }: Operation, version: number): string {
  const action = { _index: index, _id: uuid, version, version_type: 'external' }
  if (document === null) return `${JSON.stringify({ delete: action })}\n`
  return `${JSON.stringify({ index: action })}\n${JSON.stringify(document)}\n`
}

interface BulkReply {
  readonly errors: boolean
  readonly items: readonly Readonly<Record<string, Item>>[]
}

interface Item {
  readonly status: number
  readonly error?: { readonly type: string; readonly reason: string }
}

async function writeLines(client: Client, all: readonly string[], signal: AbortSignal): Promise<void> {
  let lines = all
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    lines = await tryLines(client, lines, signal)
    if (lines.length === 0) return
    await delay(pause, undefined, { signal })
  }
}

/** Returns the lines that the cluster was too busy for. */
async function tryLines(client: Client, lines: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const options = { body: lines.join(''), timeoutMs: TIMEOUT, signal, accept: [429] }
  const { status, body } = await client.request<BulkReply>(
    'POST',
    '/_bulk?filter_path=errors,items.*.status,items.*.error',
    options,
  )
  if (status === 429) return lines
  if (!body.errors) return []
  return lines.filter((_, place) => {
    const { status, error } = Object.values(body.items[place]!)[0]!
    // 409: the index has this version or a later one. 404: there was nothing to delete.
    if (status < 300 || status === 409 || (status === 404 && error === undefined)) return false
    if (status === 429) return true
    throw new OpenSearchError(status, error?.type ?? 'error', error?.reason ?? 'a document was not written')
  })
}
