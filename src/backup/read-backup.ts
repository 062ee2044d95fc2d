/** Reads the stream of a backup. Every byte is checked, and nothing counts as valid before the end. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { ConnectraError } from '../errors.ts'
import {
  type Block,
  type BlockKind,
  countRows,
  DIGEST_BYTES,
  damaged,
  FORMAT,
  type Header,
  isHeader,
  magic,
  type TableEnd,
  unpackBlocks,
} from './format.ts'

/** Receives a backup while it is read. Nothing it does may be permanent before `readBackup` has resolved. */
export interface Taker {
  header(header: Header): Promise<void>
  /** Reads `data`, in COPY's text format, to its end. Returns how many rows were stored. */
  table(name: string, columns: readonly string[], data: AsyncIterable<Buffer>): Promise<number>
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Is called after every piece with the rows and the bytes of the file that were read. */
  readonly onProgress: (rows: number, bytes: number) => void
}

/** Rejects with ERR_INVALID_VALUE if anything is missing, added or changed, and with the errors of `taker`. */
export async function readBackup(
  source: Readable,
  taker: Taker,
  options: ReadOptions,
): Promise<Record<string, number>> {
  const file = { bytes: 0, whole: false }
  let rows: Record<string, number> = {}
  try {
    await pipeline(
      source,
      portions => unseal(portions as AsyncIterable<Buffer>, file),
      createZstdDecompress({ chunkSize: 256 * 1024 }),
      async stream => {
        rows = await takeAll(unpackBlocks(stream as AsyncIterable<Buffer>), taker, count =>
          options.onProgress(count, file.bytes),
        )
      },
      { signal: options.signal },
    )
  } catch (error) {
    const code = String((error as { code?: unknown }).code)
    if (code.startsWith('ZSTD_') || code.startsWith('ERR_ZLIB')) throw damaged('it cannot be decompressed', error)
    throw error
  }
  if (!file.whole) throw damaged('unexpected data at the end')
  return rows
}

/** Reads a backup to its end and discards it; rejects like `readBackup`. */
export async function verifyBackup(source: Readable, options: ReadOptions): Promise<Record<string, number>> {
  return await readBackup(source, { header: async () => {}, table: (_name, _columns, data) => countAll(data) }, options)
}

async function countAll(data: AsyncIterable<Buffer>): Promise<number> {
  let rows = 0
  for await (const piece of data) rows += countRows(piece)
  return rows
}

/** The bytes between the first line and the digest. Sets `file.whole` at the end if the digest matches. */
async function* unseal(source: AsyncIterable<Buffer>, file: { bytes: number; whole: boolean }): AsyncGenerator<Buffer> {
  const digest = createHash('sha256').update(magic())
  let begun = false
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    file.bytes += chunk.length
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (!begun) {
      if (rest.length < MOST_MAGIC) continue
      rest = rest.subarray(magicLength(rest))
      begun = true
    }
    if (rest.length <= DIGEST_BYTES) continue
    const body = rest.subarray(0, -DIGEST_BYTES)
    rest = rest.subarray(-DIGEST_BYTES)
    digest.update(body)
    yield body
  }
  if (!begun) rest = rest.subarray(magicLength(rest))
  if (!digest.digest().equals(rest)) throw damaged('wrong checksum')
  file.whole = true
}

const MAGIC = /^connectra backup (\d{1,9})\n/
const MOST_MAGIC = 'connectra backup 999999999\n'.length

function magicLength(start: Buffer): number {
  const found = MAGIC.exec(start.toString('latin1', 0, MOST_MAGIC))
  if (!found)
    throw new ConnectraError(
      'ERR_INVALID_VALUE',
      'the file is not a backup: `connectra restore` needs a file written by `connectra backup`',
    )
  if (Number(found[1]) !== FORMAT)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `the backup has format ${found[1]}, but this version of Connectra reads format ${FORMAT}: use the version that wrote it, or a newer one`,
    )
  return found[0].length
}

async function takeAll(
  blocks: AsyncGenerator<Block>,
  taker: Taker,
  onProgress: (rows: number) => void,
): Promise<Record<string, number>> {
  const rows: Record<string, number> = {}
  const header = parseJson(await nextBlock(blocks, ['header']))
  if (!isHeader(header)) throw damaged('invalid header')
  await taker.header(header)
  let before = 0
  for (const { name, columns } of header.tables) {
    const table = { rows: 0 }
    const data = tableData(blocks, name, table, () => onProgress(before + table.rows))
    const taken = await taker.table(name, columns, data)
    if (taken !== table.rows) throw damaged(`only ${taken} of ${table.rows} rows of ${name} are valid`)
    rows[name] = taken
    before += taken
  }
  if (!(await blocks.next()).done) throw damaged('unexpected data after the last table')
  return rows
}

async function* tableData(
  blocks: AsyncGenerator<Block>,
  name: string,
  table: { rows: number },
  onPiece: () => void,
): AsyncGenerator<Buffer> {
  const digest = createHash('sha256')
  let bytes = 0
  for (;;) {
    const block = await nextBlock(blocks, ['data', 'end'])
    if (block.kind === 'end') {
      const end = parseJson(block) as TableEnd | null
      if (end?.rows !== table.rows || end.bytes !== bytes || end.sha256 !== digest.digest('hex'))
        throw damaged(`wrong checksum of the table ${name}`)
      return
    }
    digest.update(block.content)
    bytes += block.content.length
    table.rows += countRows(block.content)
    yield block.content
    onPiece()
  }
}

async function nextBlock(blocks: AsyncGenerator<Block>, kinds: readonly BlockKind[]): Promise<Block> {
  const { value, done } = await blocks.next()
  if (done) throw damaged('it ends too early')
  if (!kinds.includes(value.kind)) throw damaged('blocks out of order')
  return value
}

/** Its CRC is right, so `writeBackup` wrote it, or somebody forged it who is allowed to restore, and so to write, anything. */
function parseJson({ content }: Block): unknown {
  try {
    return JSON.parse(content.toString())
  } catch (error) {
    throw damaged('a block is not JSON', error)
  }
}
