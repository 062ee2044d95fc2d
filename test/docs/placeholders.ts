/** What differs from run to run, or with the place of files, in a reply, and what documents show instead. */
import { createHash } from 'node:crypto'
import type { TestServer } from '../helpers/server.ts'

export interface Placeholders {
  /** A reply as a document shows it. What is hidden can stand in later requests. */
  hide(reply: unknown): unknown
  /** A text of a document with the values of this run. */
  reveal(text: string): string
}

/** Random ones. UUIDs of records follow from their values (version 5) and are shown as they are. */
const RANDOM_UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
const EXPIRES = /(?<=\bexpires=)\d+/g
const SIGNATURE = /(?<=\bsignature=)[\w-]+/g
const KEY = /\bck_[\w-]{43}/g

/** By key of an object. */
const SHOWN: Readonly<Record<string, unknown>> = {
  request_id: '7f0b6a52-3c1d-4e8f-9a54-d2c6e10b8f37',
  seconds: 0.2,
  rows_per_second: 1000,
  oldest_waiting_seconds: 0.1,
  prefix: 'ck_Zk3v',
  last_four: 'x7Qe',
}
/** What `/health` has in addition if the index is in OpenSearch (docs/scaling.md). */
const OF_OPENSEARCH = ['engine', 'leader']
const SHOWN_ORIGIN = 'http://localhost:8000'
const SHOWN_MOMENT = '2026-01-15T10:30:00.000Z'
const SHOWN_EXPIRES = '1768559400'

/** MAX_UPLOAD, in the signed URLs of uploads into a directory. */
const MAX_BYTES = 10 * 2 ** 30

type Origin = Pick<TestServer, 'url' | 'filesUrl' | 'engine'>

/** `given`: further texts of this run, by what documents show. */
export function createPlaceholders(
  { url: origin, filesUrl, engine }: Origin,
  given: Readonly<Record<string, string>> = {},
): Placeholders {
  /** What this run has, by what is shown, and the reverse. */
  const actual = new Map([[SHOWN_ORIGIN, origin], ...Object.entries(given)])
  const shown = new Map([[origin, SHOWN_ORIGIN]])

  function register(value: string, create: () => string): string {
    const known = shown.get(value)
    const text = known ?? create()
    shown.set(value, text)
    actual.set(text, value)
    return text
  }

  /** The same in every run: of the kind and how many there were of it. */
  const digests = { uuid: 0, signature: 0, key: 0 }
  function digest(kind: keyof typeof digests): string {
    return createHash('sha256')
      .update(`${kind} ${++digests[kind]}`)
      .digest('hex')
  }

  /** Documents show the signed URLs of a directory, also for files in S3. */
  function hideS3Url(url: string): string {
    const [key, query] = url.slice(filesUrl.length).split('?') as [string, string]
    const name = hideUuids(key)
    const maxBytes = query.includes('x-id=PutObject') ? MAX_BYTES : 0
    const path = register(url, () => {
      const signature = digest('signature').slice(0, 43)
      return `/files/${name}?expires=${SHOWN_EXPIRES}&max_bytes=${maxBytes}&signature=${signature}`
    })
    return `${SHOWN_ORIGIN}${path}`
  }

  const hideUuids = (text: string) => text.replace(RANDOM_UUID, uuid => register(uuid, () => uuidOf(digest('uuid'))))

  function hideText(text: string): string {
    if (filesUrl !== `${origin}/files/` && text.startsWith(filesUrl)) return hideS3Url(text)
    return hideUuids(text)
      .replaceAll(origin, SHOWN_ORIGIN)
      .replace(MOMENT, moment => register(moment, () => SHOWN_MOMENT))
      .replace(EXPIRES, seconds => register(seconds, () => SHOWN_EXPIRES))
      .replace(SIGNATURE, signature => register(signature, () => digest('signature').slice(0, 43)))
      .replace(KEY, key => register(key, () => `ck_${digest('key').slice(0, 43)}`))
  }

  function hide(reply: unknown): unknown {
    if (typeof reply === 'string') return hideText(reply)
    if (Array.isArray(reply)) return reply.map(hide)
    if (typeof reply !== 'object' || reply === null) return reply
    const shared = Object.entries(reply).filter(([key]) => !(engine.shared && OF_OPENSEARCH.includes(key)))
    const entries = shared.map(([key, value]) => [
      key,
      value !== null && value !== 0 && key in SHOWN ? SHOWN[key] : hide(value),
    ])
    return Object.fromEntries(entries)
  }

  return {
    hide,
    // Longer ones first: a URL contains UUIDs.
    reveal: text =>
      [...actual]
        .sort(([a], [b]) => b.length - a.length)
        .reduce((revealed, [from, to]) => revealed.replaceAll(from, to), text),
  }
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
