/**
 * The file of a backup:
 *
 *   "connectra backup 1\n"      identifies the file, and the version of this format
 *   blocks, as one zstd stream  a header; then for each table of the header, in that order, data blocks and an end block
 *   32 bytes                    the SHA-256 of everything before: without it the file is incomplete
 *
 * A block consists of its kind (1 byte), the length of its content and the CRC-32 of its content (4 bytes each, big-endian), and the
 * content: JSON, or a piece of COPY's text format, which every version of PostgreSQL can read.
 */
import { crc32 } from 'node:zlib'
import { ConnectraError } from '../errors.ts'

export const FORMAT = 1
export const DIGEST_BYTES = 32
/** zstd's default: compresses 124 MB to 43 MB in 0.9 s of CPU time. gzip at level 6: to 44 MB in 3.2 s (300,000 contacts, 60,000 companies). */
export const COMPRESSION_LEVEL = 3

export interface Header {
  /** The version of Connectra that wrote it. */
  readonly version: string
  /** ISO 8601. */
  readonly created_at: string
  /** `server_version_num`. */
  readonly postgres: number
  /** The migrations of the database, in order. */
  readonly migrations: readonly string[]
  /** The last value of each sequence, 0 for none: the backup contains no later value. */
  readonly sequences: Readonly<Record<string, number>>
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[]
}

/** Checks the shape only: the names in it may still be anything. */
export function isHeader(json: unknown): json is Header {
  if (!isObject(json)) return false
  const { version, created_at, postgres, migrations, sequences, tables } = json
  return (
    typeof version === 'string' &&
    typeof created_at === 'string' &&
    Number.isSafeInteger(postgres) &&
    areTexts(migrations) &&
    isObject(sequences) &&
    Object.values(sequences).every(Number.isSafeInteger) &&
    Array.isArray(tables) &&
    tables.every(table => isObject(table) && typeof table.name === 'string' && areTexts(table.columns)) &&
    tables.every(({ columns }) => new Set(columns).size === columns.length)
  )
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function areTexts(json: unknown): json is string[] {
  return Array.isArray(json) && json.every(text => typeof text === 'string')
}

/** What the data of a table must add up to. */
export interface TableEnd {
  readonly rows: number
  readonly bytes: number
  /** Of the data, in hexadecimal. */
  readonly sha256: string
}

export type BlockKind = 'header' | 'data' | 'end'

export interface Block {
  readonly kind: BlockKind
  readonly content: Buffer
}

const KINDS: Readonly<Record<BlockKind, number>> = { header: 0x48, data: 0x44, end: 0x45 }
const PREFIX_BYTES = 9
/** The most bytes a reader has to hold at a time. */
const MAX_CONTENT = 4 * 1024 * 1024

export function magic(): Buffer {
  return Buffer.from(`connectra backup ${FORMAT}\n`)
}

export function damaged(what: string, cause?: unknown): ConnectraError {
  return new ConnectraError(
    'ERR_INVALID_VALUE',
    `the backup is damaged or incomplete (${what}): it cannot be used, restore another one`,
    { cause },
  )
}

export function* packBlock(kind: BlockKind, content: Buffer): Generator<Buffer> {
  for (let at = 0; at === 0 || at < content.length; at += MAX_CONTENT) {
    const piece = content.subarray(at, at + MAX_CONTENT)
    const prefix = Buffer.alloc(PREFIX_BYTES)
    prefix.writeUInt8(KINDS[kind], 0)
    prefix.writeUInt32BE(piece.length, 1)
    prefix.writeUInt32BE(crc32(piece), 5)
    yield Buffer.concat([prefix, piece])
  }
}

/** The blocks of a stream, whose chunks may be cut anywhere. Anything that is not an undamaged block is an error. */
export async function* unpackBlocks(stream: AsyncIterable<Buffer>): AsyncGenerator<Block> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= PREFIX_BYTES) {
      const kind = (Object.keys(KINDS) as BlockKind[]).find(name => KINDS[name] === rest[0])
      const length = rest.readUInt32BE(1)
      if (kind === undefined || length > MAX_CONTENT) throw damaged('invalid block')
      if (rest.length < PREFIX_BYTES + length) break
      const content = rest.subarray(PREFIX_BYTES, PREFIX_BYTES + length)
      if (crc32(content) !== rest.readUInt32BE(5)) throw damaged('wrong checksum of a block')
      rest = rest.subarray(PREFIX_BYTES + length)
      yield { kind, content }
    }
  }
  if (rest.length > 0) throw damaged('it ends in the middle of a block')
}

/** How many rows end in a piece of COPY's text. COPY writes a line feed within a value as `\n`. */
export function countRows(data: Buffer): number {
  let rows = 0
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) rows++
  return rows
}
