import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { decode } from '../../src/csv/encoding.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { MAX_RECORD } from '../../src/csv/parse.ts'
import { openCsv, resumeCsv } from '../../src/csv/read.ts'
import { rowReader } from '../../src/csv/row.ts'
import { openSource } from '../../src/files/source.ts'
import { anyText } from '../helpers/any-text.ts'
import { rounds } from '../helpers/rounds.ts'
import { openTestStore } from '../helpers/store.ts'
import { HOSTILE } from './hostile.ts'

const directory = await mkdtemp(join(tmpdir(), 'connectra-test-'))
const store = await openTestStore(directory)
after(() => rm(directory, { recursive: true }))

const KEY = 'uploads/hostile.csv'
const MEGABYTES = 1 << 20
/** Memory that reading may use besides the file, including garbage not yet collected. */
const MEMORY = 350 * MEGABYTES

async function open(content: Uint8Array) {
  await store.put(KEY, Readable.from([content]))
  return await openSource(store, KEY)
}

/** Reads the whole file. Returns what it found, or the code of the error that refused it. */
async function readAll(content: Uint8Array): Promise<string> {
  const source = await open(content).catch(error => error)
  if (source instanceof Error) return codeOf(source)
  try {
    const file = await openCsv(decode(source.bytes))
    const readRow = rowReader(readHeader(file.header.cells))
    let rows = 0
    let offset = file.start.offset
    for await (const records of file.records)
      for (const { cells, end } of records) {
        rows++
        readRow(cells)
        assert.ok(end.offset > offset)
        offset = end.offset
        assert.ok(cells.reduce((sum, cell) => sum + cell.length, 0) <= MAX_RECORD)
      }
    return `${rows} rows`
  } catch (error) {
    return codeOf(error)
  } finally {
    source.close()
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error)
}

for (const [name, content] of Object.entries(HOSTILE))
  test(`${name}: is read or refused in bounded time and memory`, async () => {
    const started = performance.now()
    const before = process.memoryUsage.rss()
    let highest = before
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss())
    }, 20)
    const result = await readAll(content)
    clearInterval(watch)
    assert.match(result, /^(\d+ rows|ERR_INVALID_CSV)$/)
    assert.ok(performance.now() - started < 20_000)
    assert.ok(highest - before < MEMORY, `${(highest - before) / MEGABYTES} MB`)
  })

const fragment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('"', ',', ';', '\n', '\r\n', '\r', '\t', ' ', '""', '",', '"\n', '\ufeff', '\0'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('Email', 'First Name', 'Ada', 'Zoë 李 🙂', 'sep=;', 'Grand Totals (2 records)', '=1+1'),
  },
  { weight: 1, arbitrary: anyText() },
)
const text = fc
  .tuple(
    fc.constantFrom('', 'Email,First Name,Notes\n', 'Email;Notes\r\n', 'Notes:\n\n"Email"\tCity\n'),
    fc.array(fragment, { maxLength: 60 }),
  )
  .map(([header, parts]) => header + parts.join(''))
const content = fc.oneof(
  text.map(one => Buffer.from(one)),
  text.map(one => Buffer.from(`\ufeff${one}`, 'utf16le')),
  text.map(one => Buffer.from(one, 'latin1')),
  fc.tuple(text, text).map(([one, other]) => Buffer.concat([Buffer.from(one), Buffer.from(other, 'latin1')])),
  fc.uint8Array({ maxLength: 3000 }).map(bytes => Buffer.from(bytes)),
)

test('any upload is read or refused, whether plain, compressed or cut off', async () => {
  await fc.assert(
    fc.asyncProperty(content, fc.boolean(), fc.option(fc.nat(100)), async (bytes, compressed, cut) => {
      const file = compressed ? gzipSync(bytes) : bytes
      const result = await readAll(cut === null ? file : file.subarray(0, Math.ceil((file.length * cut) / 100)))
      assert.match(result, /^(\d+ rows|ERR_INVALID_CSV)$/)
    }),
    { numRuns: rounds(100, 500) },
  )
})

test('reading resumed at any record gives the remaining records', async () => {
  await fc.assert(
    fc.asyncProperty(content, fc.boolean(), async (bytes, compressed) => {
      const file = compressed ? gzipSync(bytes) : bytes
      const source = await open(file)
      const opened = await openCsv(decode(source.bytes)).catch(() => null)
      const all = opened === null ? [] : (await Array.fromAsync(opened.records)).flat()
      source.close()
      for (const at of new Set([0, Math.floor(all.length / 2), all.length - 1])) {
        const place = at === 0 ? opened?.start : all[at - 1]?.end
        if (opened === null || place === undefined) continue
        const again = await open(file)
        const rest = resumeCsv(decode(again.bytes), opened.header, place)
        assert.deepEqual((await Array.fromAsync(rest.records)).flat(), all.slice(at))
        again.close()
      }
    }),
    { numRuns: rounds(30, 150) },
  )
})
