import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { selectBucket } from '../../../src/files/object-store.ts'
import { openS3Store } from '../../../src/files/s3/s3-store.ts'
import { openSource } from '../../../src/files/source.ts'
import { StoreUnavailable } from '../../../src/files/unavailable.ts'
import { zipOf } from '../../helpers/zip.ts'
import { bytesOf, chunks, testStore, textOf } from '../store-contract.ts'
import { openStoreAt, PREFIX } from './open-stores.ts'
import { startS3Server } from './s3-server.ts'

const PART = 1 << 16
const LARGE = 5 * PART + 1234

const server = await startS3Server(['files', 'archive'])
after(() => server.close())
const tuning = { partBytes: PART, stalledAfter: 300 }
const store = openStoreAt(server, ['files', 'archive'], tuning)
const objects = server.buckets.get('files')!

testStore(
  'S3',
  { store, unfinished: async () => [...server.uploads.values()].map(({ key }) => key) },
  { largeBytes: LARGE },
)

const unavailable = (reason: string) => ({ constructor: StoreUnavailable, code: 'ERR_UNAVAILABLE', reason })

/** An address at which nothing listens. */
async function closedAddress(): Promise<string> {
  const closed = await startS3Server([])
  await closed.close()
  return closed.url
}

async function upload(name: string): Promise<{ key: string; content: Buffer }> {
  const key = `uploads/${name}.csv`
  const content = bytesOf(LARGE)
  await store.put(key, chunks(content))
  return { key, content }
}

test('a signed URL takes one PUT with any Content-Type, and gives the file as a download', async () => {
  const key = 'uploads/8d2ff1c8-7f9b-4b0e-9c56-5d6e2a0f3f10_März (1).csv'
  const { url, expiresIn } = await store.uploadUrl(key)
  assert.equal(expiresIn, 7 * 86_400, 'S3 allows no longer time')
  assert.ok(url.startsWith(`${server.url}/files/`))
  for (const headers of [{}, { 'content-type': 'text/csv' }, { 'content-type': 'application/json' }])
    assert.equal((await fetch(url, { method: 'PUT', body: 'a,b\n', headers })).status, 200)
  assert.equal(await textOf(store, key), 'a,b\n')
  const download = await fetch((await store.downloadUrl(key)).url)
  assert.equal(await download.text(), 'a,b\n')
  assert.equal(download.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.match(
    download.headers.get('content-disposition')!,
    /^attachment; filename="M_rz \(1\)\.csv"; filename\*=UTF-8''M/,
  )
})

test('a signed URL is refused for another method or key, without a length, and once it is changed', async () => {
  const { url } = await store.uploadUrl('uploads/signed.csv')
  const status = async (to: string, init: RequestInit = { method: 'PUT', body: 'x' }) => (await fetch(to, init)).status
  assert.equal(await status(url.replace('signed.csv', 'other.csv')), 403)
  assert.equal(await status(url.replace(/Expires=\d+/, 'Expires=60')), 403)
  assert.equal(await status(url, { method: 'DELETE' }), 403)
  assert.equal(await status((await store.downloadUrl('uploads/signed.csv')).url), 403)
  const body = Readable.toWeb(Readable.from([Buffer.from('x')]))
  assert.equal(await status(url, { method: 'PUT', body, duplex: 'half' } as RequestInit), 411)
  assert.equal(await store.size('uploads/signed.csv'), null)
})

test('signed URLs have the address at which clients reach S3', async () => {
  const elsewhere = openStoreAt(server, ['files'], {}, 'https://files.example.com:8443')
  assert.equal(new URL((await elsewhere.uploadUrl('uploads/a.csv')).url).origin, 'https://files.example.com:8443')
  assert.equal(new URL((await elsewhere.downloadUrl('uploads/a.csv')).url).origin, 'https://files.example.com:8443')
  assert.equal(await elsewhere.size('uploads/a.csv'), 13)
})

test('the origin of signed URLs is known without credentials', async () => {
  const options = { region: 'eu-central-1', endpoint: null, publicEndpoint: null, forcePathStyle: false }
  const originOf = async (bucket: string, more: Partial<typeof options> | object = {}) => {
    const { buckets } = openS3Store({ ...options, ...more, buckets: [bucket], prefix: '', urlSeconds: 60 })
    const { uploadOrigin, uploadUrl } = buckets.get(bucket)!
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env
    const signed = new URL((await uploadUrl('uploads/a.csv')).url).origin
    delete process.env.AWS_ACCESS_KEY_ID
    delete process.env.AWS_SECRET_ACCESS_KEY
    try {
      assert.equal(await uploadOrigin!(), signed)
    } finally {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret })
    }
    return signed
  }
  assert.equal(await originOf('one'), 'https://one.s3.eu-central-1.amazonaws.com')
  assert.equal(await originOf('with.dots'), 'https://s3.eu-central-1.amazonaws.com')
  const local = { endpoint: 'http://127.0.0.1:9000' }
  assert.equal(await originOf('one', { ...local, forcePathStyle: true }), 'http://127.0.0.1:9000')
  const elsewhere = { endpoint: 'https://storage.example:9000', publicEndpoint: 'https://files.example.com:8443' }
  assert.equal(await originOf('one', elsewhere), 'https://one.files.example.com:8443')
})

test('each bucket has its own files, all below the prefix', async () => {
  await selectBucket(store, 'archive').put('uploads/only-here.csv', chunks('x'))
  assert.equal(await store.size('uploads/only-here.csv'), null)
  assert.equal(await selectBucket(store, 'files').size('uploads/only-here.csv'), null)
  assert.deepEqual([...server.buckets.get('archive')!.keys()], [`${PREFIX}uploads/only-here.csv`])
  assert.equal(selectBucket(store, null), store)
  assert.throws(() => selectBucket(store, 'other'), { code: 'ERR_INVALID_VALUE', message: /use files, archive$/ })
  objects.set(`${PREFIX}uploads/folder/of another program`, objects.get(`${PREFIX}uploads/a.csv`)!)
  assert.deepEqual(await store.list('uploads/folder'), [])
})

test('a request that is throttled or breaks is repeated', async () => {
  server.fail({ on: /^PUT .*uploads\/again/, reply: { status: 503, code: 'SlowDown' } })
  server.fail({ on: /^GET .*uploads\/again/, reply: { status: 500, code: 'InternalError' } })
  assert.equal(await store.put('uploads/again.csv', chunks('x')), 1)
  assert.equal(await textOf(store, 'uploads/again.csv'), 'x')
})

test('a storage that does not respond, or keeps throttling, is unavailable, and nothing is left behind', async () => {
  for (const [on, reply, reason] of [
    [/^PUT .*partNumber=3/, { status: 503, code: 'SlowDown' }, 'SlowDown'],
    [/^POST .*uploadId=/, { status: 500, code: 'InternalError' }, 'InternalError'],
    [/^POST .*uploads/, { status: 503, code: 'ServiceUnavailable' }, 'ServiceUnavailable'],
  ] as const) {
    server.fail({ on, times: 3, reply })
    await assert.rejects(store.put('uploads/never.csv', chunks(bytesOf(LARGE))), unavailable(reason))
    assert.equal(await store.size('uploads/never.csv'), null)
    assert.equal(server.uploads.size, 0)
  }
  const gone = openStoreAt({ ...server, url: await closedAddress() }, ['files'])
  await assert.rejects(gone.size('uploads/a.csv'), unavailable('ECONNREFUSED'))
  await assert.rejects(gone.get('uploads/a.csv'), unavailable('ECONNREFUSED'))
  await assert.rejects(gone.list('uploads/'), unavailable('ECONNREFUSED'))
  await assert.rejects(gone.probe(), unavailable('ECONNREFUSED'))
})

test('while a client waits for its reply, a storage that hangs is unavailable within a time that is bounded', async () => {
  const hung = createServer(() => {})
  await once(hung.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    hung.closeAllConnections()
    hung.close()
  })
  const url = `http://127.0.0.1:${(hung.address() as AddressInfo).port}`
  const forRequests = { replyWithin: 300, stalledAfter: 300, brokenAtMost: 0 }
  const store = openStoreAt({ ...server, url }, ['files', 'archive'], { forRequests })
  const started = performance.now()
  for (const one of [store.forRequests, selectBucket(store.forRequests, 'archive')]) {
    await assert.rejects(one.size('uploads/a.csv'), unavailable('no reply'))
    await assert.rejects(one.get('uploads/a.csv'), unavailable('no reply'))
  }
  await assert.rejects(store.probe(), unavailable('no reply'))
  await assert.rejects(store.readText('store-id'), unavailable('no reply'))
  assert.ok(performance.now() - started < 5_000)
  // A download that stalls is not continued.
  const { key } = await upload('hanging')
  server.fail({ on: /^GET .*hanging/, stallAfter: 50_000 })
  const quick = openStoreAt(server, ['files'], { forRequests })
  await assert.rejects(buffer(await quick.forRequests.get(key)), { constructor: StoreUnavailable })
})

test('a download whose connection breaks or stalls continues at the next byte', async () => {
  const { key, content } = await upload('broken')
  server.fail({ on: /^GET .*broken/, cutAfter: 100_000 })
  server.fail({ on: /^GET .*broken/, cutAfter: 1 })
  server.fail({ on: /^GET .*broken/, reply: { status: 503, code: 'SlowDown' } })
  server.fail({ on: /^GET .*broken/, stallAfter: 50_000 })
  assert.ok((await buffer(await store.get(key))).equals(content))
  server.fail({ on: /^GET .*broken/, cutAfter: 70_000 })
  const range = { start: 1000, end: 200_000 }
  assert.ok((await buffer(await store.get(key, range))).equals(content.subarray(1000, 200_001)))
  // The first connection and the four that replace it.
  server.fail({ on: /^GET .*broken/, times: 5, cutAfter: 0 })
  await assert.rejects(buffer(await store.get(key)), { constructor: StoreUnavailable })
})

test('a reader that pauses for longer than a connection may stall loses nothing', async () => {
  const { key, content } = await upload('paused')
  const before = server.requests.length
  const read: Buffer[] = []
  for await (const chunk of await store.get(key)) {
    if (read.length === 0) await new Promise(resolve => setTimeout(resolve, 2 * tuning.stalledAfter))
    read.push(chunk)
  }
  assert.ok(Buffer.concat(read).equals(content))
  assert.equal(server.requests.length, before + 1)
})

test('a download never continues in another version of the object', async () => {
  const { key } = await upload('swapped')
  server.fail({ on: /^GET .*swapped/, cutAfter: 100_000 })
  const stream = await store.get(key)
  await store.put(key, chunks('another file'))
  await assert.rejects(buffer(stream), { code: 'ERR_CONFLICT', message: /was replaced while it was read/, final: true })
})

test('the first bytes of a zip archive do not cost the whole object', async () => {
  const small = await zipOf({ 'a.csv': 'Name,Email\n' })
  // The directory of an archive is at its end, and the last record says where it begins.
  const directory = small.readUInt32LE(small.length - 6)
  const content = Buffer.concat([small.subarray(0, directory), Buffer.alloc(24 << 20), small.subarray(directory)])
  content.writeUInt32LE(directory + (24 << 20), content.length - 6)
  objects.set(`${PREFIX}uploads/large.zip`, { content, etag: '"zip"', modifiedAt: new Date() })
  const before = server.bytesSent()
  const source = await openSource(store, 'uploads/large.zip')
  assert.equal(source.compression, 'zip')
  source.close()
  assert.ok(server.bytesSent() - before < 12 << 20, `${server.bytesSent() - before} bytes were sent`)
})

test('unfinished uploads of a killed process are found and given up', async () => {
  const begun = new URL(`${server.url}/files/${encodeURI(PREFIX)}exports/left.csv?uploads`)
  assert.equal((await fetch(begun, { method: 'POST' })).status, 403, 'only a signed request begins one')
  const hanging = new AbortController()
  const started = Promise.withResolvers<void>()
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytesOf(3 * PART)
    started.resolve()
    await new Promise(resolve => hanging.signal.addEventListener('abort', resolve))
    yield bytesOf(PART)
  }
  const putting = store.put('exports/left.csv', content())
  await started.promise
  const [found, ...others] = await store.unfinished!('exports/')
  assert.deepEqual([found!.key, others.length], ['exports/left.csv', 0])
  assert.ok(Math.abs(Date.now() - found!.startedAt.getTime()) < 60_000)
  await found!.drop()
  await found!.drop()
  hanging.abort()
  await assert.rejects(putting, /NoSuchUpload/)
  assert.equal(await store.size('exports/left.csv'), null)
  assert.deepEqual(await store.unfinished!('exports/'), [])
})

test('wrong settings, credentials and missing rights are reported in plain words', async () => {
  await store.probe()
  assert.equal(
    [...objects.keys()].some(key => key.includes('check')),
    false,
  )
  const { credentials } = server
  const cases: readonly (readonly [Parameters<typeof openStoreAt>[0], string, RegExp])[] = [
    [server, 'missing', /^there is no S3 bucket "missing": create it, or correct S3_BUCKET$/],
    [{ ...server, credentials: { ...credentials, accessKeyId: 'other' } }, 'files', /does not know the AWS access key/],
    [
      { ...server, credentials: { ...credentials, secretAccessKey: 'x' } },
      'files',
      /refuses the signature: correct AWS_S/,
    ],
  ]
  for (const [address, bucket, message] of cases)
    await assert.rejects(openStoreAt(address, [bucket]).probe(), { code: 'ERR_UNAVAILABLE', message })
  const fresh = openStoreAt(server, ['files'])
  for (const [on, right] of [
    [/^GET .*list-type/, 's3:ListBucket'],
    [/^PUT/, 's3:PutObject'],
    [/^GET .*connectra-check-[^=]*x-id=/, 's3:GetObject'],
    [/^DELETE/, 's3:DeleteObject'],
    [/^HEAD/, 's3:ListBucket without a condition on the prefix'],
    [/^GET [^?]*\?(.*&)?uploads/, 's3:ListBucketMultipartUploads'],
  ] as const) {
    server.fail({ on, reply: { status: 403, code: 'AccessDenied' } })
    await assert.rejects(fresh.probe(), { message: new RegExp(`give its credentials the right ${right} \\(`) })
  }
  server.fail({ on: /^GET .*list-type/, reply: { status: 301, code: 'PermanentRedirect' } })
  await assert.rejects(fresh.probe(), { message: /is in another region, .*set S3_REGION/ })
  server.fail({ on: /^HEAD/, reply: { status: 403, code: 'AccessDenied' } })
  await assert.rejects(fresh.size('uploads/a.csv'), {
    message: /refuses access to the bucket "files": run `connectra doctor`/,
  })
})

test('signed URLs are tried as clients use them, also from pages of other origins', async () => {
  const origins = ['https://app.example.com', 'https://other.example.com']
  const { host } = new URL(server.url)
  assert.deepEqual(await store.tryUrls(origins), { host, unreachable: null, refusedOrigins: origins })
  server.allowOrigins(['https://app.example.com'])
  assert.deepEqual((await store.tryUrls(origins)).refusedOrigins, ['https://other.example.com'])
  const elsewhere = openStoreAt(server, ['files'], {}, await closedAddress())
  const { unreachable } = await elsewhere.tryUrls(origins)
  assert.equal(unreachable, 'ECONNREFUSED')
  server.fail({ on: /^GET .*check/, reply: { status: 403, code: 'AccessDenied' } })
  await assert.rejects(store.tryUrls([]), { message: /refuses a signed URL for a GET .*\(status 403, AccessDenied\)/ })
  assert.equal(
    [...objects.keys()].some(key => key.endsWith('connectra-check.csv')),
    false,
  )
})
