import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { ObjectStore } from '../../src/files/object-store.ts'
import { openSource } from '../../src/files/source.ts'
import { rounds } from '../helpers/rounds.ts'
import { openTestStore } from '../helpers/store.ts'
import { zipOf } from '../helpers/zip.ts'

const directory = await mkdtemp(join(tmpdir(), 'connectra-test-'))
const store = await openTestStore(directory)
after(() => rm(directory, { recursive: true }))

const KEY = 'uploads/source.csv'
const CSV = Buffer.from('First Name,Email\nAda,ada@source.example\n'.repeat(2000))

async function read(content: Uint8Array, from: ObjectStore = store) {
  await store.put(KEY, Readable.from([content]))
  let read = 0
  const source = await openSource(from, KEY, bytes => {
    read += bytes
  })
  const bytes = await buffer(source.bytes)
  return { compression: source.compression, bytes, read }
}

function refused(message: RegExp) {
  return { code: 'ERR_INVALID_CSV', message }
}

test('a plain file, its gzip file and its zip archive give the same bytes; the format is detected from the content', async () => {
  const plain = await read(CSV)
  assert.deepEqual([plain.compression, plain.read], [null, CSV.length])
  assert.ok(plain.bytes.equals(CSV))

  const gzipped = gzipSync(CSV)
  const gzip = await read(gzipped)
  assert.deepEqual([gzip.compression, gzip.read], ['gzip', gzipped.length])
  assert.ok(gzip.bytes.equals(CSV))

  for (const options of [{}, { compress: false }, { forceZip64Format: true }]) {
    const zipped = await zipOf({ 'contacts.csv': CSV }, options)
    const zip = await read(zipped)
    assert.equal(zip.compression, 'zip')
    assert.ok(zip.read > zipped.length - 300 && zip.read < zipped.length)
    assert.ok(zip.bytes.equals(CSV))
  }
  for (const short of ['', 'a', 'PK', '\x1f']) assert.equal((await read(Buffer.from(short))).bytes.toString(), short)
})

test('several gzip members are one file, and zero padding is ignored', async () => {
  const members = [gzipSync(CSV), gzipSync(''), gzipSync('Grace,g@source.example\n')]
  const expected = Buffer.concat([CSV, Buffer.from('Grace,g@source.example\n')])
  for (const filling of [Buffer.alloc(0), Buffer.alloc(100_000)])
    assert.ok((await read(Buffer.concat([...members, filling]))).bytes.equals(expected))
})

test('a truncated or damaged gzip file is rejected and never read as a shorter one', async () => {
  const gzipped = gzipSync(CSV)
  const damages = [
    gzipped.subarray(0, 3),
    gzipped.subarray(0, gzipped.length / 2),
    gzipped.subarray(0, -1),
    Buffer.concat([gzipped, Buffer.from('garbage')]),
    Buffer.concat([gzipped, Buffer.alloc(500), gzipped]),
    Buffer.concat([gzipped, gzipped.subarray(0, 20)]),
    Buffer.concat([gzipped.subarray(0, 60), Buffer.alloc(20, 7), gzipped.subarray(80)]),
    Buffer.concat([gzipped.subarray(0, -8), Buffer.alloc(8)]),
  ]
  for (const [index, damage] of damages.entries())
    await assert.rejects(read(damage), refused(/damaged or truncated/), `damage ${index}`)
})

test('files that operating systems add to archives are ignored', async () => {
  const zip = await zipOf({
    '__MACOSX/export/._contacts.csv': 'x',
    '.DS_Store': 'x',
    'export/': '',
    'export/._contacts.csv': 'x',
    'export/contacts.csv': CSV,
    'export/README.txt': 'thank you',
    'Thumbs.db': 'x',
  })
  assert.ok((await read(zip)).bytes.equals(CSV))
  assert.ok((await read(await zipOf({ 'Kontakte 2026': CSV }))).bytes.equals(CSV))
  assert.ok((await read(await zipOf({ 'contacts.TXT': CSV, 'logo.png': 'x' }))).bytes.equals(CSV))
  const outside = (await zipOf({ 'aa/contacts.csv': CSV })).toString('latin1').replaceAll('aa/', '../')
  assert.ok((await read(Buffer.from(outside, 'latin1'))).bytes.equals(CSV))
})

test('an archive without exactly one file of rows is rejected, and the message says what to do', async () => {
  const empty = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)])
  await assert.rejects(read(empty), refused(/contains no CSV file: /))
  await assert.rejects(read(await zipOf({ 'a.pdf': 'x', 'b.png': 'y' })), refused(/no CSV file \("a\.pdf", "b\.png"\)/))
  await assert.rejects(
    read(await zipOf({ 'Connections.csv': CSV, 'Messages.csv': CSV, 'readme.txt': 'x' })),
    refused(/2 CSV files \("Connections\.csv", "Messages\.csv"\): unpack it/),
  )
  await assert.rejects(
    read(await zipOf({ '\x1b[31mred.csv': CSV, 'b.csv': CSV })),
    refused(/\("\\u001b\[31mred\.csv", /),
  )
  await assert.rejects(read(await zipOf({ '[Content_Types].xml': 'x', 'xl/workbook.xml': 'x' })), refused(/Excel/))
  await assert.rejects(read(await zipOf({ mimetype: 'x', 'content.xml': 'x' })), refused(/OpenDocument/))
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`${index}.csv`, '']))
  await assert.rejects(read(await zipOf(many)), refused(/1001 files/))
})

test('an archive with a password or an unsupported compression method is rejected, and the message says what to do', async () => {
  const zip = await zipOf({ 'contacts.csv': CSV })
  const directory = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1')
  const encrypted = Buffer.from(zip)
  encrypted[directory + 8]! |= 1
  await assert.rejects(read(encrypted), refused(/"contacts\.csv".* password/))
  const deflate64 = Buffer.from(zip)
  deflate64[directory + 10] = 9
  await assert.rejects(read(deflate64), refused(/method/))
})

test('a truncated or damaged zip archive is rejected and never read as another file', async () => {
  const zip = await zipOf({ 'contacts.csv': Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 251)) })
  const whole = (await read(zip)).bytes
  await fc.assert(
    fc.asyncProperty(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const cut = zip.subarray(0, at)
      if (at > 3) await assert.rejects(read(cut), { code: 'ERR_INVALID_CSV' })
      const damaged = Buffer.from(zip)
      damaged[at]! ^= change
      try {
        // Some bytes do not matter: the name and the time of the file.
        const { bytes, compression } = await read(damaged)
        if (compression === 'zip') assert.ok(bytes.equals(whole))
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ERR_INVALID_CSV', String(error))
      }
    }),
    { numRuns: rounds(20, 150) },
  )
})

test('a file that expands too much is rejected, without using much memory', async () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20))
  await store.put(
    KEY,
    Readable.from(
      (function* () {
        for (let i = 0; i < 40; i++) yield bomb
      })(),
    ),
  )
  const source = await openSource(store, KEY)
  const before = process.memoryUsage().rss
  let expanded = 0
  let highest = before
  await assert.rejects(
    async () => {
      for await (const chunk of source.bytes) {
        expanded += chunk.length
        highest = Math.max(highest, process.memoryUsage.rss())
      }
    },
    refused(/250 times/),
  )
  assert.ok(expanded < 1.1 * 2 ** 30, `${expanded} bytes`)
  assert.ok(highest - before < 200 << 20, `${(highest - before) >> 20} MB`)
})

test('an error of the store is not reported as damage of the file, and reading that is abandoned ends', async () => {
  const failure = new Error('the network is down')
  const zip = await zipOf({ 'contacts.csv': CSV })
  for (const content of [CSV, gzipSync(CSV), zip]) {
    let gets = 0
    const failing: ObjectStore = {
      ...store,
      get: async (key, range) => {
        if (++gets < 2 && content === zip) return await store.get(key, range)
        return Readable.from(
          (async function* () {
            yield content.subarray(0, 10)
            throw failure
          })(),
        )
      },
    }
    await assert.rejects(read(content, failing), failure)
  }
  await assert.rejects(openSource(store, 'uploads/absent.csv'), { code: 'ERR_NOT_FOUND' })

  for (const content of [CSV, gzipSync(CSV), zip]) {
    const stop = new Error('stop')
    await store.put(KEY, Readable.from([content]))
    const stopped = await openSource(store, KEY, () => {
      throw stop
    })
    await assert.rejects(buffer(stopped.bytes), stop)
    const closed = await openSource(store, KEY)
    const reading = closed.bytes[Symbol.asyncIterator]()
    closed.close()
    await reading.next().catch(() => {})
    await reading.return?.()
  }
})

test('closing a source while it is read is an error, and never looks like the end of the file', async () => {
  const large = randomBytes(2 << 20)
  for (const content of [large, gzipSync(large), await zipOf({ 'contacts.csv': large })]) {
    await store.put(KEY, Readable.from([content]))
    const source = await openSource(store, KEY)
    await assert.rejects(
      async () => {
        for await (const _ of source.bytes) source.close()
      },
      { code: 'ERR_STREAM_PREMATURE_CLOSE' },
    )
  }
})

test('closing a source ends a read that hangs', async () => {
  for (const [content, opens] of [
    [CSV, 1],
    [gzipSync(CSV), 1],
    [await zipOf({ 'contacts.csv': CSV }), 3],
  ] as const) {
    await store.put(KEY, Readable.from([content]))
    let gets = 0
    const hanging: ObjectStore = {
      ...store,
      get: async (key, range) => {
        if (++gets < opens) return await store.get(key, range)
        const stream = new Readable({ read() {} })
        stream.push(content.subarray(range?.start ?? 0).subarray(0, 10))
        return stream
      },
    }
    const source = await openSource(hanging, KEY)
    const reading = buffer(source.bytes)
    await setImmediate()
    source.close()
    await assert.rejects(reading, { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  }
})
